package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// Kind is entries of one source with one problem.
type Kind struct {
	SourceID int64
	Field    string
	Problem  string
}

// details name the kind in the audit log.
func (k Kind) details(ctx context.Context, tx *sqlx.Tx, entries int) (map[string]any, error) {
	var source string
	err := tx.GetContext(ctx, &source, `SELECT name FROM sources WHERE id = $1`, k.SourceID)
	return map[string]any{"source": source, "field": k.Field, "problem": k.Problem, "entries": entries}, err
}

// Replay is the job that reads all entries of a kind again. What is
// neither Waiting nor one of the next three has ended otherwise meanwhile.
type Replay struct {
	ID         int64
	SourceID   int64
	Source     string
	Field      string
	Problem    string
	Actor      string
	CreatedAt  time.Time
	Entries    int
	Waiting    int
	Accepted   int // became events
	Duplicates int // had been sent again meanwhile
	Refused    int // can't be used as yet
}

// StartReplay has all open entries of a kind read again in the background, and
// returns the run's id; NotFound if there are none.
func (s *Store) StartReplay(ctx context.Context, by Actor, kind Kind) (int64, error) {
	var id int64
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var err error
		if id, err = addJob(ctx, tx, JobReplay, ""); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO replays (id, source_id, field, problem, actor, entries) VALUES ($1, $2, $3, $4, $5, 0)`,
			id, kind.SourceID, sanitize(kind.Field), sanitize(kind.Problem), sanitize(by.Name))
		if err != nil {
			return err
		}
		var entries int
		err = tx.GetContext(ctx, &entries, `
			WITH open AS (
			    SELECT id FROM quarantine WHERE ended IS NULL AND (source_id, field, problem) = ($2, $3, $4) ORDER BY id FOR UPDATE
			), queued AS (
			    UPDATE quarantine SET replay_id = $1 WHERE id IN (SELECT id FROM open) RETURNING id
			), counted AS (SELECT count(*) AS n FROM queued)
			UPDATE replays SET entries = n FROM counted WHERE replays.id = $1 RETURNING entries`,
			id, kind.SourceID, sanitize(kind.Field), sanitize(kind.Problem))
		if err != nil {
			return err
		}
		if entries == 0 {
			return domain.Errorf(domain.NotFound, "There are no open entries of this kind any more.")
		}
		details, err := kind.details(ctx, tx, entries)
		if err != nil {
			return err
		}
		details["replay"] = id
		return addAudit(ctx, tx, by, "quarantine.replay", "quarantine", details)
	})
	return id, err
}

// Replay returns a run; NotFound if there is none.
func (s *Store) Replay(ctx context.Context, id int64) (Replay, error) {
	var r Replay
	err := s.db.GetContext(ctx, &r, `
		SELECT r.id, r.source_id, s.name AS source, r.field, r.problem, r.actor, j.created_at, r.entries, r.accepted, r.duplicates,
		    r.refused, (SELECT count(*) FROM quarantine q WHERE q.replay_id = r.id AND q.ended IS NULL) AS waiting
		FROM replays r JOIN jobs j ON j.id = r.id JOIN sources s ON s.id = r.source_id WHERE r.id = $1`, id)
	return r, translate(err)
}

// Reading is what came of reading an entry again: an event, or what is wrong
// with it now.
type Reading struct {
	Event    *NewEvent
	Unusable Unusable // its Raw is not looked at
}

// Reader reads entries of one source again, one Reading for each.
type Reader func(ctx context.Context, entries []Quarantined) ([]Reading, error)

// ReplayEntry reads one entry again and stores what comes of it; NotFound if
// there is none, and Conflict if it has ended. It returns the entry as it is
// then: ended with an event, or open with its problem of now.
func (s *Store) ReplayEntry(ctx context.Context, by Actor, id int64, read Reader) (Quarantined, error) {
	entry, err := s.QuarantineEntry(ctx, id)
	if err != nil {
		return entry, err
	}
	if err := s.replay(ctx, &by, []Quarantined{entry}, read); err != nil {
		return entry, err
	}
	return s.QuarantineEntry(ctx, id)
}

// ReplayStep reads entries again that wait for a claimed job, at most size, and
// returns how many those were. The job is done when there are none. It returns
// ErrJobLost if the claim does not hold any more.
func (s *Store) ReplayStep(ctx context.Context, c JobClaim, size int, read Reader) (int, error) {
	n, err := s.replayStep(ctx, read, `SELECT id, source_id FROM quarantine WHERE ended IS NULL AND replay_id = $2 ORDER BY id LIMIT $1`, size, c.ID)
	if err != nil {
		return 0, err
	}
	return n, s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := c.progressReplay(ctx, tx); err != nil || n > 0 {
			return err
		}
		return c.finish(ctx, tx)
	})
}

// progressReplay stores how many entries of a claimed replay do not wait any more.
func (c JobClaim) progressReplay(ctx context.Context, tx *sqlx.Tx) error {
	return c.update(ctx, tx, `
		heartbeat_at = now(), (total, done) = (
		    SELECT r.entries, r.entries - (SELECT count(*) FROM quarantine q WHERE q.replay_id = r.id AND q.ended IS NULL)
		    FROM replays r WHERE r.id = j.id)`)
}

// settledAgain is how long after a replay that failed the next one waits that
// nobody asked for.
const settledAgain = 10 * time.Minute

// ReplayKnown reads entries again whose network was missing and can be told by
// now, at most size of one source: their profile was heard of, or their network
// is among the known. It returns how many those were.
func (s *Store) ReplayKnown(ctx context.Context, known []domain.Network, size int, read Reader) (int, error) {
	return s.replayStep(ctx, read, `SELECT q.id, q.source_id FROM quarantine q LEFT JOIN profiles p ON p.id = q.profile_id
		WHERE q.ended IS NULL AND q.field = 'network' AND q.replay_id IS NULL
		    AND CASE WHEN q.network = '' THEN p.id IS NOT NULL ELSE q.network = ANY($2) AND COALESCE(p.network, q.network) = q.network END
		    AND (q.tried_at IS NULL OR q.tried_at < now() - $3::interval)
		ORDER BY q.id LIMIT $1`, size, pq.Array(known), interval(settledAgain))
}

// ReplayDue reads entries again whose time has come, at most size of one source, and
// returns how many those were. They wait for what the directory will say: see NextReplay.
func (s *Store) ReplayDue(ctx context.Context, size int, read Reader) (int, error) {
	return s.replayStep(ctx, read, `SELECT q.id, q.source_id FROM quarantine q
		WHERE q.ended IS NULL AND q.replay_at <= now() AND q.replay_id IS NULL ORDER BY q.replay_at, q.id LIMIT $1`, size)
}

// replayStep reads again what a query chooses: those of the first one's source.
func (s *Store) replayStep(ctx context.Context, read Reader, query string, args ...any) (int, error) {
	var entries []Quarantined
	err := s.db.SelectContext(ctx, &entries, `
		WITH chosen AS (`+query+`)
		SELECT `+quarantineColumns+`, q.raw FROM `+quarantineTables+`
		WHERE q.id IN (SELECT id FROM chosen) AND q.source_id = (SELECT source_id FROM chosen LIMIT 1) ORDER BY q.id`, args...)
	if err != nil || len(entries) == 0 {
		return 0, translate(err)
	}
	return len(entries), s.replay(ctx, nil, entries, read)
}
