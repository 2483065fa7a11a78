package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// JobKind is a kind of background job. Each kind has a table of its own beside
// jobs, with the same id, for what its work is about.
type JobKind string

// The kinds.
const (
	JobReparse    JobKind = "reparse"
	JobRegrouping JobKind = "regrouping"
	JobTrial      JobKind = "trial"
	JobReplay     JobKind = "replay"
)

// JobState is how far a job has come. docs/jobs.md draws the states.
type JobState string

// The states. A job in one of the last three is finished and does not change.
const (
	JobWaiting   JobState = "waiting"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobCancelled JobState = "cancelled"
	JobFailed    JobState = "failed"
)

// jobLease is how long after its last heartbeat a running job belongs to the
// process that claimed it.
const jobLease = 10 * time.Second

// ErrJobLost ends the work on a job that was cancelled, or that another process
// has claimed because the lease had run out.
var ErrJobLost = errors.New("the job was cancelled or belongs to another process")

// JobClaim is the right of one process to work on a job. Attempt is its fencing
// token: each write for a claim checks that the job still runs at that attempt.
type JobClaim struct {
	ID      int64
	Kind    JobKind
	Attempt int
}

// JobFilter says which jobs a worker can do.
type JobFilter struct {
	Kind        JobKind
	MaxAttempts int // a job that was claimed so often and did not end has failed; 0: no limit
	// GroupingVersion is that of the worker's rules. It leaves the regroupings of a
	// network that newer rules have grouped to programs that have these.
	GroupingVersion int
}

// ClaimJob claims the job that is due longest: one that waits, or that runs and
// whose lease has run out. It returns false when there is none.
func (s *Store) ClaimJob(ctx context.Context, f JobFilter) (JobClaim, bool, error) {
	for {
		var job struct {
			ID       int64
			Attempts int
			State    JobState
		}
		err := s.db.GetContext(ctx, &job, `
			WITH due AS MATERIALIZED (
			    SELECT j.id, $3 > 0 AND j.attempts >= $3 AS spent FROM jobs j
			    WHERE j.kind = $1 AND j.finished_at IS NULL AND j.scheduled_at <= now()
			        AND (j.state = 'waiting' OR j.heartbeat_at < now() - $2::interval)
			        AND NOT EXISTS (
			            SELECT FROM regroupings r JOIN groupings g ON g.network = r.network WHERE r.id = j.id AND g.version > $4)
			    ORDER BY j.scheduled_at, j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED
			)
			UPDATE jobs j
			SET heartbeat_at = now(),
			    attempts = CASE WHEN spent THEN attempts ELSE attempts + 1 END,
			    state = CASE WHEN spent THEN 'failed' ELSE 'running' END,
			    problem = CASE WHEN spent THEN 'each process that ran it came to an early end' ELSE '' END,
			    finished_at = CASE WHEN spent THEN now() END
			FROM due WHERE j.id = due.id RETURNING j.id, j.attempts, j.state`,
			f.Kind, interval(jobLease), f.MaxAttempts, f.GroupingVersion)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return JobClaim{}, false, nil
		case err != nil:
			return JobClaim{}, false, translate(err)
		case job.State == JobRunning:
			return JobClaim{job.ID, f.Kind, job.Attempts}, true, nil
		}
	}
}

// Heartbeat renews the lease of a claim and, if total is not 0, stores how far
// the job is; ErrJobLost if the claim does not hold any more.
func (s *Store) Heartbeat(ctx context.Context, c JobClaim, done, total int) error {
	if total == 0 {
		return translate(c.update(ctx, s.db, `heartbeat_at = now()`))
	}
	return translate(c.progress(ctx, s.db, done, total))
}

// ReleaseJob gives a claim up, so that others can claim the job at once. The
// attempt does not count. A claim that does not hold any more is left alone.
func (s *Store) ReleaseJob(ctx context.Context, c JobClaim) error {
	return unlessLost(translate(c.update(ctx, s.db, `state = 'waiting', attempts = attempts - 1`)))
}

// RetryJob gives a claim up after an error, so that the job is due again after a
// time. A claim that does not hold any more is left alone.
func (s *Store) RetryJob(ctx context.Context, c JobClaim, after time.Duration) error {
	return unlessLost(translate(c.update(ctx, s.db, `state = 'waiting', scheduled_at = now() + $3::interval`, interval(after))))
}

func unlessLost(err error) error {
	if errors.Is(err, ErrJobLost) {
		return nil
	}
	return err
}

// isHeld is the condition for a job j of a claim that holds: $1 is the job's id,
// $2 the attempt.
const isHeld = `j.id = $1 AND j.attempts = $2 AND j.state = 'running'`

// update changes columns of a claimed job; ErrJobLost if the claim does not hold
// any more. The assignments' parameters begin with $3.
func (c JobClaim) update(ctx context.Context, db sqlx.ExecerContext, assignments string, args ...any) error {
	return c.mustHold(db.ExecContext(ctx, `UPDATE jobs j SET `+assignments+` WHERE `+isHeld,
		append([]any{c.ID, c.Attempt}, args...)...))
}

// progress renews the lease of a claim and stores how far the job is.
func (c JobClaim) progress(ctx context.Context, db sqlx.ExecerContext, done, total int) error {
	return c.update(ctx, db, `heartbeat_at = now(), done = $3, total = $4`, done, total)
}

// finish ends a claimed job that is done.
func (c JobClaim) finish(ctx context.Context, tx *sqlx.Tx) error {
	return c.update(ctx, tx, `state = 'done', finished_at = now()`)
}

// remove ends a claimed job of which nothing is kept.
func (c JobClaim) remove(ctx context.Context, tx *sqlx.Tx) error {
	return c.mustHold(tx.ExecContext(ctx, `DELETE FROM jobs j WHERE `+isHeld, c.ID, c.Attempt))
}

// fail ends a claimed job with what a person may read of an error.
func (c JobClaim) fail(ctx context.Context, db sqlx.ExecerContext, cause error) error {
	problem := "the log of the service says why"
	if known := (*domain.Error)(nil); errors.As(cause, &known) {
		problem = known.Message
	}
	return c.update(ctx, db, `state = 'failed', finished_at = now(), problem = $3`, problem)
}

// snooze gives a claimed job up until a time after it was made. The attempt does
// not count.
func (c JobClaim) snooze(ctx context.Context, tx *sqlx.Tx, after time.Duration) error {
	return c.update(ctx, tx, `state = 'waiting', attempts = attempts - 1, scheduled_at = created_at + $3::interval`, interval(after))
}

func (JobClaim) mustHold(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return ErrJobLost
}

// addJob adds a job that waits and returns its id. Of jobs of a kind with the
// same key, unless that is "", one at most is unfinished.
func addJob(ctx context.Context, tx *sqlx.Tx, kind JobKind, key string) (int64, error) {
	var id int64
	err := tx.GetContext(ctx, &id, `INSERT INTO jobs (kind, key) VALUES ($1, $2) RETURNING id`, kind, key)
	return id, err
}

// jobColumns are the columns of jobs j that all kinds show.
const jobColumns = `j.id, j.state, j.total, j.done, j.created_at, j.finished_at`
