package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/ruleset"
)

// settle is how long after a promotion what a replica still answered by the old
// ruleset may be committed, and how much earlier that may have arrived. Until
// then a job waits for its second look.
const settle = 10 * time.Second

// Reparse is the run of a ruleset version over stored events.
type Reparse struct {
	ID         int64
	Network    domain.Network
	Ruleset    int
	State      string // waiting, running, done, superseded by a later one
	Total      int    // events to look at; known once it is running
	Done       int    // events looked at
	Changed    int    // events with another verdict now
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// InThePast reports whether there are stored events that the job has yet to look
// at: not when it only waits for replicas to settle.
func (r Reparse) InThePast() bool {
	return r.FinishedAt == nil && (r.State == "waiting" || r.Done < r.Total)
}

// Decision is the verdict of a ruleset on a stored event.
type Decision struct {
	Event   StoredEvent
	Verdict domain.Verdict
	Shape   cluster.Shape // of an unparsed error
}

// moved reports whether the verdict says something else than the stored one.
func (d Decision) moved() bool {
	return d.Verdict.Reason != d.Event.Verdict.Reason || d.Verdict.Parser != d.Event.Verdict.Parser
}

func (d Decision) sighting() sighting { return sighting{d.Event.Network, d.Shape, d.Event.OccurredAt} }

const reparseColumns = `id, network, ruleset, state, total, done, changed, created_at, finished_at`

// Reparses lists the jobs of a network ("": of all), the newest first.
func (s *Store) Reparses(ctx context.Context, network domain.Network, limit int) ([]Reparse, error) {
	var jobs []Reparse
	err := s.db.SelectContext(ctx, &jobs, `
		SELECT `+reparseColumns+` FROM reparses WHERE $1 = '' OR network = $1 ORDER BY id DESC LIMIT $2`, network, limit)
	return jobs, translate(err)
}

// UnfinishedReparses lists the jobs that are not finished.
func (s *Store) UnfinishedReparses(ctx context.Context) ([]Reparse, error) {
	var jobs []Reparse
	err := s.db.SelectContext(ctx, &jobs, `SELECT `+reparseColumns+` FROM reparses WHERE finished_at IS NULL ORDER BY id`)
	return jobs, translate(err)
}

// Reparse returns a job; NotFound if there is none.
func (s *Store) Reparse(ctx context.Context, id int64) (Reparse, error) {
	var job Reparse
	err := s.db.GetContext(ctx, &job, `SELECT `+reparseColumns+` FROM reparses WHERE id = $1`, id)
	return job, translate(err)
}

// queueReparse has a ruleset version run over the stored events that can
// change. It takes over from a job that is not finished.
func queueReparse(ctx context.Context, tx *sqlx.Tx, r ruleset.Ruleset, parsers []string) error {
	var left []string
	err := tx.SelectContext(ctx, &left, `
		WITH old AS (
		    UPDATE reparses SET state = 'superseded', finished_at = now()
		    WHERE network = $1 AND finished_at IS NULL RETURNING parsers
		) SELECT unnest(parsers) FROM old`, r.Network)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO reparses (network, ruleset, parsers)
		VALUES ($1, $2, ARRAY(SELECT DISTINCT unnest($3::text[]) ORDER BY 1))`,
		r.Network, r.Version, pq.Array(append(left, parsers...)))
	return err
}

// job is a Reparse with what is needed to go on with it.
type job struct {
	Reparse
	Parsers    pq.StringArray
	Cursor     string
	SecondLook bool // all were looked at once
}

// ReparseStep does a part of a job that is waiting, at most size events, in one
// transaction: verdicts, counts and the place in the job change together, so
// that a killed step leaves nothing half done and the next one goes on from
// there. It returns false when nothing is waiting.
//
// decide gives each event its verdict by a ruleset that is at least the job's
// version; it returns an error, which ReparseStep returns, when it has only an
// older one. It may be called again with the same events.
func (s *Store) ReparseStep(ctx context.Context, size int, decide func(Reparse, []StoredEvent) ([]Decision, error)) (Reparse, bool, error) {
	var j job
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := takeJob(ctx, tx, &j); err != nil {
			return err
		}
		events, err := j.next(ctx, tx, size)
		if err != nil {
			return err
		}
		decisions, err := decide(j.Reparse, events)
		if err != nil {
			return err
		}
		changed, err := rewriteVerdicts(ctx, tx, decisions)
		if err != nil {
			return err
		}
		return j.advance(ctx, tx, events, changed, len(events) < size)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Reparse{}, false, nil
	}
	return j.Reparse, err == nil, err
}

func takeJob(ctx context.Context, tx *sqlx.Tx, j *job) error {
	*j = job{}
	err := tx.GetContext(ctx, j, `
		SELECT `+reparseColumns+`, parsers, cursor, second_look FROM reparses
		WHERE finished_at IS NULL AND resume_at <= now()
		ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`)
	if err != nil || j.State == "running" {
		return err
	}
	j.State = "running"
	return tx.GetContext(ctx, &j.Total, `SELECT count(*) FROM events e WHERE `+j.scope(), j.Network, j.Cursor, j.Parsers)
}

// scope is the condition for events that the job has yet to look at. Unparsed
// ones alone have an index of their own, so they are asked for without an OR.
func (j *job) scope() string {
	const ahead = `e.network = $1 AND e.id > $2 AND e.type IN ('disconnected', 'failed') AND cardinality($3::text[]) >= 0 AND `
	if len(j.Parsers) == 0 {
		return ahead + `e.reason IS NULL`
	}
	return ahead + `(e.reason IS NULL OR e.parser = ANY($3))`
}

func (j *job) next(ctx context.Context, tx *sqlx.Tx, size int) ([]StoredEvent, error) {
	var rows []storedRow
	err := tx.SelectContext(ctx, &rows, `
		SELECT `+storedColumns+` FROM events e WHERE `+j.scope()+` ORDER BY e.id LIMIT $4`,
		j.Network, j.Cursor, j.Parsers, size)
	events := make([]StoredEvent, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, err
}

// advance notes what was done. A job that has seen all there is waits until all
// replicas have settled, looks a second time at what arrived since shortly before
// it was made, and is done: events are committed in another order than they
// arrive in, and so some were not there yet when the first look passed their
// place. The second look counts only those.
func (j *job) advance(ctx context.Context, tx *sqlx.Tx, events []StoredEvent, changed int, caughtUp bool) error {
	if len(events) > 0 {
		j.Cursor = events[len(events)-1].ID
	}
	if j.Changed += changed; j.SecondLook {
		j.Done += changed
	} else {
		j.Done += len(events)
	}
	return tx.GetContext(ctx, &j.Reparse, `
		UPDATE reparses
		SET done = $2, changed = $3, total = GREATEST($5::bigint, $2::bigint), second_look = second_look OR $6,
		    cursor = CASE WHEN $6 AND NOT second_look THEN uuid_from_time(created_at - $7::interval) ELSE $4 END,
		    resume_at = CASE WHEN $6 AND NOT second_look THEN created_at + $7::interval ELSE resume_at END,
		    state = CASE WHEN $6 AND second_look THEN 'done' ELSE 'running' END,
		    finished_at = CASE WHEN $6 AND second_look THEN now() END
		WHERE id = $1 RETURNING `+reparseColumns,
		j.ID, j.Done, j.Changed, j.Cursor, j.Total, caughtUp, interval(settle))
}

// rewriteVerdicts replaces the verdicts that say something else than the
// stored ones, and returns how many did.
func rewriteVerdicts(ctx context.Context, tx *sqlx.Tx, decisions []Decision) (int, error) {
	var moved []Decision
	var unparsed []sighting
	for _, d := range decisions {
		if d.moved() {
			moved = append(moved, d)
			if !d.Verdict.Parsed() {
				unparsed = append(unparsed, d.sighting())
			}
		}
	}
	if len(moved) == 0 {
		return 0, nil
	}
	if err := foundClusters(ctx, tx, unparsed); err != nil {
		return 0, err
	}
	if err := replaceVerdicts(ctx, tx, moved); err != nil {
		return 0, err
	}
	if err := touchShapes(ctx, tx, unparsed); err != nil {
		return 0, err
	}
	return len(moved), addCounts(ctx, tx, moves(moved))
}

func replaceVerdicts(ctx context.Context, tx *sqlx.Tx, moved []Decision) error {
	ids := column(moved, func(d Decision) string { return d.Event.ID })
	_, err := tx.ExecContext(ctx, `
		INSERT INTO verdicts (event_id, ruleset, reason, parser, evidence)
		SELECT id, ruleset, reason, parser, evidence FROM events WHERE id = ANY($1::uuid[])
		ON CONFLICT DO NOTHING`, ids)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE events e
		SET reason = NULLIF(new.reason, ''), parser = new.parser, ruleset = new.ruleset, evidence = new.evidence,
		    shape_hash = CASE WHEN new.reason = '' THEN new.shape_hash ELSE e.shape_hash END
		FROM unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::json[], $7::bigint[])
		    AS new (id, reason, parser, ruleset, evidence, shape_hash)
		WHERE e.id = new.id AND e.id = ANY($1::uuid[])`, ids, ids,
		textColumn(moved, func(d Decision) domain.ReasonID { return d.Verdict.Reason }),
		textColumn(moved, func(d Decision) string { return d.Verdict.Parser }),
		column(moved, func(d Decision) int { return d.Verdict.Ruleset }),
		column(moved, func(d Decision) evidence { return d.Verdict.Evidence }),
		column(moved, func(d Decision) int64 { return int64(d.Shape.Hash) }))
	return err
}

// moves takes each event from the current count of its old verdict to that of
// its new one.
func moves(moved []Decision) map[countKey]countChange {
	changes := make(map[countKey]countChange)
	add := func(e StoredEvent, v domain.Verdict, n int64) {
		key := countKey{hourOf(e.OccurredAt), e.Network, e.SourceID, e.Type, v.Reason, v.Parser}
		changes[key] = countChange{current: changes[key].current + n}
	}
	for _, d := range moved {
		add(d.Event, d.Event.Verdict, -1)
		add(d.Event, d.Verdict, 1)
	}
	return changes
}
