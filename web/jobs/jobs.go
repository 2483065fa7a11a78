// Package jobs runs background jobs from the queue in the database: it claims a
// job, keeps the claim by heartbeats while a worker does it, and gives the job
// back when the program stops. docs/jobs.md draws the states of a job.
package jobs

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"wherefore/store"
)

const (
	heartbeatEvery = 300 * time.Millisecond // also how late a worker hears that its job was cancelled
	giveBackWithin = 5 * time.Second        // so that a database that is away keeps no program from stopping
	maxBackoff     = time.Minute
)

// Worker does the jobs that its filter chooses.
type Worker struct {
	store.JobFilter
	// Work does a job and ends it, together with the last thing that it writes.
	// It returns soon after ctx ends, which happens when the program stops or the
	// claim does not hold any more. After an error the job is due again later,
	// unless Work has ended it.
	Work func(ctx context.Context, job *Job) error
}

// Job is a claimed job.
type Job struct {
	store.JobClaim
	done, total atomic.Int64
}

// Progress tells how far the job is; the next heartbeat stores it. A job whose
// steps store that themselves does not call it.
func (j *Job) Progress(done, total int) {
	j.done.Store(int64(done))
	j.total.Store(int64(total))
}

// RunDue runs the jobs that are due, one after another, until none is, a job
// fails or ctx ends.
func RunDue(ctx context.Context, s *store.Store, w Worker) error {
	for ctx.Err() == nil {
		found, err := runNext(ctx, s, w)
		if err != nil || !found {
			return err
		}
	}
	return nil
}

// runNext claims a job and runs it. It returns false when none is due.
func runNext(ctx context.Context, s *store.Store, w Worker) (bool, error) {
	claim, found, err := claim(ctx, s, w.JobFilter)
	if err != nil || !found {
		return false, err
	}
	err = hold(ctx, s, &Job{JobClaim: claim}, w.Work)
	if err == nil || errors.Is(err, store.ErrJobLost) {
		return true, nil
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackWithin)
	defer cancel()
	if ctx.Err() != nil {
		return true, s.ReleaseJob(after, claim)
	}
	return true, errors.Join(err, s.RetryJob(after, claim, backoff(claim.Attempt)))
}

// claim ends after ctx has, because a claim that was cut off halfway may hold.
func claim(ctx context.Context, s *store.Store, f store.JobFilter) (store.JobClaim, bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackWithin)
	defer cancel()
	return s.ClaimJob(ctx, f)
}

// hold does a job while its claim holds.
func hold(ctx context.Context, s *store.Store, job *Job, work func(context.Context, *Job) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	silent := make(chan struct{})
	go func() {
		defer close(silent)
		job.beat(ctx, s, stop)
	}()
	err := work(ctx, job)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	stop(nil)
	<-silent
	return err
}

// beat renews the claim until ctx ends, and stops the work when the claim does
// not hold any more. Another error says nothing about the claim.
func (j *Job) beat(ctx context.Context, s *store.Store, stop context.CancelCauseFunc) {
	tick := time.NewTicker(heartbeatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.Heartbeat(ctx, j.JobClaim, int(j.done.Load()), int(j.total.Load()))
		if errors.Is(err, store.ErrJobLost) {
			stop(err)
		}
	}
}

// backoff is how long a job waits after an attempt that ended with an error.
func backoff(attempt int) time.Duration {
	return min(time.Duration(attempt)*time.Second, maxBackoff)
}
