package jobs

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

var someone = store.Actor{Name: "test"}

// trials is a queue with a number of trials, whose ids it returns.
func trials(t *testing.T, n int) (*store.Store, []int64) {
	t.Helper()
	s := storetest.New(t)
	var ids []int64
	for range n {
		id, err := s.AddTrial(t.Context(), someone, store.NewTrial{Network: domain.Facebook, From: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return s, ids
}

func worker(work func(context.Context, *Job) error) Worker {
	return Worker{store.JobFilter{Kind: store.JobTrial, MaxAttempts: 3}, work}
}

// state fails unless a trial is in a state, and returns it.
func state(t *testing.T, s *store.Store, id int64, want store.JobState) store.Trial {
	t.Helper()
	trial, err := s.Trial(t.Context(), id)
	if err != nil || trial.State != want {
		t.Fatalf("trial %d is %s, want it %s, %v", id, trial.State, want, err)
	}
	return trial
}

// claims returns a claim of a trial, and fails unless it is the attempt that is wanted.
func claims(t *testing.T, s *store.Store, attempt int) store.JobClaim {
	t.Helper()
	c, found := storetest.Claim(t, s, store.JobFilter{Kind: store.JobTrial, MaxAttempts: 3})
	if !found || c.Attempt != attempt {
		t.Fatalf("claimed %+v, %t, want attempt %d", c, found, attempt)
	}
	return c
}

func TestDueJobsRunOneAfterAnother(t *testing.T) {
	t.Parallel()
	s, ids := trials(t, 3)
	var ran []int64
	err := RunDue(t.Context(), s, worker(func(ctx context.Context, job *Job) error {
		state(t, s, job.ID, store.JobRunning)
		ran = append(ran, job.ID)
		return s.CancelTrial(ctx, someone, job.ID)
	}))
	if err != nil || len(ran) != 3 || ran[0] != ids[0] || ran[2] != ids[2] {
		t.Errorf("ran %d of %d, %v", ran, ids, err)
	}
}

func TestCancelledJobStopsItsWorkSoon(t *testing.T) {
	t.Parallel()
	s, ids := trials(t, 1)
	var cancelled time.Time
	err := RunDue(t.Context(), s, worker(func(ctx context.Context, job *Job) error {
		if err := s.CancelTrial(ctx, someone, job.ID); err != nil {
			return err
		}
		cancelled = time.Now()
		<-ctx.Done()
		return ctx.Err()
	}))
	if took := time.Since(cancelled); err != nil || took > 20*heartbeatEvery {
		t.Errorf("it stopped after %v, %v", took, err)
	}
	state(t, s, ids[0], store.JobCancelled)
}

func TestHeartbeatsKeepTheClaimAndStoreProgress(t *testing.T) {
	t.Parallel()
	s, ids := trials(t, 1)
	err := RunDue(t.Context(), s, worker(func(ctx context.Context, job *Job) error {
		job.Progress(3, 7)
		for late := time.After(10 * time.Second); ; {
			trial := state(t, s, ids[0], store.JobRunning)
			if trial.Done == 3 && trial.Total == 7 {
				return s.CancelTrial(ctx, someone, job.ID)
			}
			select {
			case <-late:
				t.Errorf("progress is %d of %d", trial.Done, trial.Total)
				return s.CancelTrial(ctx, someone, job.ID)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}))
	if err != nil {
		t.Error(err)
	}
}

func TestStoppedProgramGivesTheJobBack(t *testing.T) {
	t.Parallel()
	s, ids := trials(t, 2)
	ctx, stop := context.WithCancel(t.Context())
	runs := 0
	err := RunDue(ctx, s, worker(func(ctx context.Context, _ *Job) error {
		runs++
		stop()
		<-ctx.Done()
		return ctx.Err()
	}))
	if err != nil || runs != 1 {
		t.Errorf("%d runs, %v", runs, err)
	}
	state(t, s, ids[0], store.JobWaiting)
	claims(t, s, 1) // the attempt did not count
}

func TestFailedAttemptIsRepeatedLater(t *testing.T) {
	t.Parallel()
	s, ids := trials(t, 1)
	broken := errors.New("broken")
	w := worker(func(context.Context, *Job) error { return broken })
	if err := RunDue(t.Context(), s, w); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	state(t, s, ids[0], store.JobWaiting)
	if _, found := storetest.Claim(t, s, w.JobFilter); found {
		t.Error("it is due at once")
	}
	time.Sleep(backoff(1))
	if c := claims(t, s, 2); c.ID != ids[0] {
		t.Errorf("claimed %+v", c)
	}
}

func TestBackoffGrowsToAMinute(t *testing.T) {
	for attempt, want := range map[int]time.Duration{1: time.Second, 5: 5 * time.Second, 1000: time.Minute} {
		if got := backoff(attempt); got != want {
			t.Errorf("after attempt %d it waits %v, want %v", attempt, got, want)
		}
	}
}

// Several replicas share the jobs: each is run once.
func TestReplicasShareJobs(t *testing.T) {
	t.Parallel()
	const n = 20
	s, ids := trials(t, n)
	var runs atomic.Int64
	done := make(chan error)
	for range 4 {
		go func() {
			done <- RunDue(t.Context(), s, worker(func(ctx context.Context, job *Job) error {
				runs.Add(1)
				return s.CancelTrial(ctx, someone, job.ID)
			}))
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if runs.Load() != n {
		t.Errorf("%d runs of %d jobs", runs.Load(), n)
	}
	for _, id := range ids {
		state(t, s, id, store.JobCancelled)
	}
}
