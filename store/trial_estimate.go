package store

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/trial"
)

// trialEstimate estimates a trial from stored counts. It reads only candidates: errors
// that the parser under trial may match. All others keep their verdicts, so counting
// them suffices, and hourly_counts has their numbers.
type trialEstimate struct {
	TrialRun
	estimator  *trial.Estimator
	candidates predicate
	exact      bool      // the parser matches every candidate
	replaced   predicate // errors of the parser that it replaces, without the candidates
}

// verifiedErrors is how many of the newest errors, of all and of the candidates, are
// compared in full to verify an estimate.
const verifiedErrors = 100

// estimate returns how the trial is estimated; false when it can't be, or the counts do
// not fit its window.
func (t TrialRun) estimate() (trialEstimate, bool) {
	w := t.Window
	estimator, ok := t.Trial.Estimator()
	if !ok || w.Limit > 0 || !w.From.Equal(hourOf(w.From)) {
		return trialEstimate{}, false
	}
	e := trialEstimate{TrialRun: t, estimator: estimator, candidates: w.where()}
	e.exact = e.isExact()
	e.candidates.sql += " AND " + e.isCandidate(&e.candidates)
	if old := estimator.Replaced(); old != nil {
		e.candidates = e.candidates.and("e.parser <> ?", old.Name())
		e.replaced = w.where().and("e.parser = ? AND e.reason = ?", old.Name(), old.Reason())
	}
	return e, true
}

// isExact reports whether the database can tell on which errors the condition holds.
func (e trialEstimate) isExact() bool {
	_, ok := new(predicate).holding(e.estimator.Condition())
	return ok
}

// isCandidate is SQL for whether an error is a candidate, with parameters of p.
func (e trialEstimate) isCandidate(p *predicate) string {
	if e.exact {
		sql, _ := p.holding(e.estimator.Condition())
		return sql
	}
	return p.having(e.estimator.Condition().Requires())
}

// run counts the effects. False when all errors have to be read, because some have
// other facts or another verdict than they would be given now.
func (e trialEstimate) run(ctx context.Context, tx *sqlx.Tx) (*trial.Counter, bool, error) {
	all, ok, err := e.dayCounts(ctx, tx)
	if err != nil || !ok {
		return nil, false, err
	}
	counts, err := e.countCandidates(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	counts.CountRest(all)
	if ok, err = e.verify(ctx, tx, e.Window.where(), counts); ok {
		ok, err = e.verify(ctx, tx, e.candidates, counts)
	}
	return counts.Counter, ok, err
}

// dayCounts counts all errors of the window. False when some have a verdict that the
// live ruleset does not give.
func (e trialEstimate) dayCounts(ctx context.Context, tx *sqlx.Tx) (map[trial.DayKey]int, bool, error) {
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
		GROUP BY 1, 2, 3, 4`, e.Window.Network, nullTime(e.Window.From))
	all := map[trial.DayKey]int{}
	for _, c := range counts {
		if !e.known(c.Parser, c.Reason) {
			return nil, false, err
		}
		all[trial.DayKey{Day: c.Day, Source: c.SourceID, Parsed: c.Reason != ""}] += c.N
	}
	return all, true, err
}

// known reports whether a verdict is one that the live ruleset can give.
func (e trialEstimate) known(parser string, reason domain.ReasonID) bool {
	if old := e.estimator.Replaced(); old != nil && parser == old.Name() {
		return reason == old.Reason()
	}
	effect, ok := e.estimator.Effect(parser, false, nil)
	return ok && effect.From == reason
}

// countCandidates counts the effects on the candidates, and on the errors of the
// replaced parser.
func (e trialEstimate) countCandidates(ctx context.Context, tx *sqlx.Tx) (*trial.Partial, error) {
	counts, err := trial.NewPartial(e.Trial), error(nil)
	if e.exact {
		err = e.groupCandidates(ctx, tx, counts)
	} else {
		counts, err = e.readCandidates(ctx, tx)
	}
	if err != nil || e.estimator.Replaced() == nil {
		return counts, err
	}
	old, err := e.read(ctx, tx, "e.raw", e.replaced, e.compare)
	counts.Merge(old)
	return counts, err
}

// readCandidates evaluates the condition on each candidate; on its stored message if
// the condition reads nothing else.
func (e trialEstimate) readCandidates(ctx context.Context, tx *sqlx.Tx) (*trial.Partial, error) {
	what, read := "e.raw", e.Facts
	if slices.Equal(e.estimator.Condition().Fields(), []string{"message"}) {
		what, read = "e.message", func(stored StoredEvent) facts.Facts { return facts.Facts{Message: string(stored.Raw)} }
	}
	return e.read(ctx, tx, what, e.candidates, func(p *trial.Partial, stored StoredEvent) {
		event := stored.event(read(stored))
		holds, failure := e.estimator.Condition().Holds(event.Facts)
		if !holds && failure == nil {
			return // it keeps its verdict, like the rest
		}
		effect, _ := e.estimator.Effect(stored.Verdict.Parser, holds, failure) // known has checked the parser
		p.Count(event, effect, 1)
	})
}

// groupCandidates counts the errors on which the condition holds by grouping them. The
// planner expects as many groups as errors and would sort these first.
func (e trialEstimate) groupCandidates(ctx context.Context, tx *sqlx.Tx, into *trial.Partial) error {
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
		FROM events e WHERE `+e.candidates.sql+` GROUP BY 1, 2, 3, 4`, e.candidates.args...)
	if err != nil {
		return err
	}
	for _, g := range groups {
		effect, _ := e.estimator.Effect(g.Parser, true, nil) // known has checked the parser
		into.Count(trial.StoredEvent{
			SourceID: g.SourceID, OccurredAt: trial.DayStart(g.Day), Shape: uint64(g.Shape), Present: effect.From,
		}, effect, g.N)
	}
	_, err = tx.ExecContext(ctx, `SET LOCAL enable_sort = on`)
	return err
}

// verify compares the newest errors of a predicate in full. They become samples, and
// their facts count for coverage. False when one differs from the estimate: then this
// program reads errors differently than the one that stored them.
func (e trialEstimate) verify(ctx context.Context, tx *sqlx.Tx, of predicate, counts *trial.Partial) (bool, error) {
	newest := of.newest(verifiedErrors)
	isCandidate := e.isCandidate(&newest)
	rows, err := tx.QueryContext(ctx, `SELECT `+trialEventColumns+`, e.raw, e.message, `+isCandidate+` FROM events e WHERE `+newest.sql, newest.args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var message string
		var candidate bool
		stored, err := e.scan(rows, &message, &candidate)
		if err != nil {
			return false, err
		}
		event := stored.event(e.Facts(stored))
		effect := e.Trial.Compare(event)
		if effect.Stale || message != event.Facts.Message || candidate != effect.Holds && (e.exact || !candidate) {
			return false, nil
		}
		counts.Sample(event.ID, effect)
		counts.Cover(event.Facts)
	}
	return true, rows.Err()
}
