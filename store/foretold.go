package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/trial"
)

// foretelling is a trial that asks the candidate alone, about no errors but those
// that it may match. All others stay as they are, so it is enough to count them,
// which hourly_counts has done.
type foretelling struct {
	Tryout
	cut   *trial.Estimator
	near  predicate // errors that the candidate may match
	exact bool      // and does
	of    predicate // errors of the parser whose place it takes, which are not near
}

// lookedAt is how many of the newest errors, of all and of those that are near, are
// sorted in turn, too.
const lookedAt = 100

// foretelling returns the trial's fast form; false when it has none, or the errors
// of its window are not counted.
func (t Tryout) foretelling() (foretelling, bool) {
	w := t.Window
	cut, ok := t.Trial.Estimator()
	if !ok || w.Limit > 0 || !w.From.Equal(hourOf(w.From)) {
		return foretelling{}, false
	}
	f := foretelling{Tryout: t, cut: cut, near: w.where()}
	f.exact = f.isExact()
	f.near.sql += " AND " + f.isNear(&f.near)
	if old := cut.Replaced(); old != nil {
		f.near = f.near.and("e.parser <> ?", old.Name())
		f.of = w.where().and("e.parser = ? AND e.reason = ?", old.Name(), old.Reason())
	}
	return f, true
}

// isExact reports whether the database can tell on which errors the condition holds.
func (f foretelling) isExact() bool {
	_, ok := new(predicate).holding(f.cut.Condition())
	return ok
}

// isNear is SQL that tells of each error whether it is near, with parameters of p.
func (f foretelling) isNear(p *predicate) string {
	if f.exact {
		sql, _ := p.holding(f.cut.Condition())
		return sql
	}
	return p.having(f.cut.Condition().Requires())
}

// run sorts the errors. False when it turns out that all have to be read after
// all, because some don't have the facts or the verdict that they would be given now.
func (f foretelling) run(ctx context.Context, tx *sqlx.Tx) (*trial.Counter, bool, error) {
	all, told, err := f.dayCounts(ctx, tx)
	if err != nil || !told {
		return nil, false, err
	}
	near, err := f.sortNear(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	near.CountRest(all)
	if told, err = f.look(ctx, tx, f.Window.where(), near); told {
		told, err = f.look(ctx, tx, f.near, near)
	}
	return near.Counter, told, err
}

// dayCounts counts all errors of the window. False when some have a verdict that the
// live ruleset does not give.
func (f foretelling) dayCounts(ctx context.Context, tx *sqlx.Tx) (map[trial.DayKey]int, bool, error) {
	var counts []struct {
		Day      int64
		SourceID int64
		Reason   domain.ReasonID
		Parser   string
		N        int
	}
	err := tx.SelectContext(ctx, &counts, `
		SELECT hour::date - '1970-01-01'::date AS day, source_id, reason, parser, sum(current)::bigint AS n FROM hourly_counts
		WHERE network = $1 AND type IN ('disconnected', 'failed') AND current > 0 AND ($2::timestamptz IS NULL OR hour >= $2)
		GROUP BY 1, 2, 3, 4`, f.Window.Network, nullTime(f.Window.From))
	all := map[trial.DayKey]int{}
	for _, c := range counts {
		if !f.known(c.Parser, c.Reason) {
			return nil, false, err
		}
		all[trial.DayKey{Day: c.Day, Source: c.SourceID, Parsed: c.Reason != ""}] += c.N
	}
	return all, true, err
}

// known reports whether a verdict is one that the live ruleset can give.
func (f foretelling) known(parser string, reason domain.ReasonID) bool {
	if old := f.cut.Replaced(); old != nil && parser == old.Name() {
		return reason == old.Reason()
	}
	o, told := f.cut.Effect(parser, false, nil)
	return told && o.From == reason
}

// sortNear sorts the errors that the candidate may match, and those of the parser
// that it replaces.
func (f foretelling) sortNear(ctx context.Context, tx *sqlx.Tx) (*trial.Partial, error) {
	near, err := trial.NewPartial(f.Trial), error(nil)
	if f.exact {
		err = f.group(ctx, tx, near)
	} else {
		near, err = f.ask(ctx, tx)
	}
	if err != nil || f.cut.Replaced() == nil {
		return near, err
	}
	old, err := f.read(ctx, tx, "e.raw", f.of, f.compare)
	near.Merge(old)
	return near, err
}

// ask asks the candidate alone about each error; about its stored message if that is
// all that the condition looks at.
func (f foretelling) ask(ctx context.Context, tx *sqlx.Tx) (*trial.Partial, error) {
	what, read := "e.raw", f.Facts
	if slices.Equal(f.cut.Condition().Fields(), []string{"message"}) {
		what, read = "e.message", func(e StoredEvent) facts.Facts { return facts.Facts{Message: string(e.Raw)} }
	}
	return f.read(ctx, tx, what, f.near, func(p *trial.Partial, stored StoredEvent) {
		e := stored.event(read(stored))
		holds, failure := f.cut.Condition().Holds(e.Facts)
		if !holds && failure == nil {
			return // it stays as it is, with the rest
		}
		o, _ := f.cut.Effect(stored.Verdict.Parser, holds, failure) // dayCounts has found that it can be told
		p.Count(e, o, 1)
	})
}

// group counts the errors on which the condition holds. The planner expects as many
// groups as errors and would sort these first.
func (f foretelling) group(ctx context.Context, tx *sqlx.Tx, into *trial.Partial) error {
	if _, err := tx.ExecContext(ctx, `SET LOCAL enable_sort = off`); err != nil {
		return err
	}
	var groups []struct {
		Day      int64
		SourceID int64
		Parser   string
		Shape    int64
		N        int
	}
	err := tx.SelectContext(ctx, &groups, `
		SELECT e.occurred_at::date - '1970-01-01'::date AS day, e.source_id, e.parser,
		    CASE WHEN e.reason IS NULL THEN e.shape_hash ELSE 0 END AS shape, count(*) AS n
		FROM events e WHERE `+f.near.sql+` GROUP BY 1, 2, 3, 4`, f.near.args...)
	if err != nil {
		return err
	}
	for _, g := range groups {
		o, _ := f.cut.Effect(g.Parser, true, nil) // dayCounts has found that it can be told
		into.Count(trial.StoredEvent{
			SourceID: g.SourceID, OccurredAt: time.Unix(g.Day*secondsOfDay, 0), Shape: uint64(g.Shape), Present: o.From,
		}, o, g.N)
	}
	_, err = tx.ExecContext(ctx, `SET LOCAL enable_sort = on`)
	return err
}

// look sorts the newest errors of a predicate in turn. They become samples and tell
// which facts errors have. False when one is not what was foretold: then this program
// reads errors otherwise than the one that stored them.
func (f foretelling) look(ctx context.Context, tx *sqlx.Tx, of predicate, counts *trial.Partial) (bool, error) {
	newest := of.newest(lookedAt)
	isNear := f.isNear(&newest)
	rows, err := tx.QueryContext(ctx, `SELECT `+triedColumns+`, e.raw, e.message, `+isNear+` FROM events e WHERE `+newest.sql, newest.args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var message string
		var near bool
		stored, err := f.scan(rows, &message, &near)
		if err != nil {
			return false, err
		}
		e := stored.event(f.Facts(stored))
		o := f.Trial.Compare(e)
		if o.Stale || message != e.Facts.Message || near != o.Holds && (f.exact || !near) {
			return false, nil
		}
		counts.Sample(e.ID, o)
		counts.Cover(e.Facts)
	}
	return true, rows.Err()
}
