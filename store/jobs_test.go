package store_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

var trialJobs = store.JobFilter{Kind: store.JobTrial, MaxAttempts: 2}

// silence lets the lease of each running job run out.
func silence(t *testing.T, db *sql.DB) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), `UPDATE jobs SET heartbeat_at = heartbeat_at - interval '1 minute' WHERE state = 'running'`)
	if err != nil {
		t.Fatal(err)
	}
}

func newJob(t *testing.T) (*store.Store, *sql.DB, int64) {
	t.Helper()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	id := must(s.AddTrial(t.Context(), someone, store.NewTrial{Network: domain.Facebook, From: time.Now()}))(t)
	return s, storetest.DB(t, address), id
}

func TestClaimedJobIsLeftToItsHolderUntilTheLeaseEnds(t *testing.T) {
	t.Parallel()
	s, db, id := newJob(t)
	first, _ := storetest.Claim(t, s, trialJobs)
	if first.ID != id || first.Attempt != 1 {
		t.Fatalf("claimed %+v", first)
	}
	if other, found := storetest.Claim(t, s, trialJobs); found {
		t.Errorf("another claimed %+v", other)
	}
	silence(t, db)
	must("", s.Heartbeat(t.Context(), first, 0, 0))(t)
	if other, found := storetest.Claim(t, s, trialJobs); found {
		t.Errorf("after a heartbeat another claimed %+v", other)
	}
	silence(t, db)
	if second, found := storetest.Claim(t, s, trialJobs); !found || second.Attempt != 2 {
		t.Errorf("after the lease another claimed %+v, %t", second, found)
	}
}

// A process that was away, and comes back when another has its job, writes nothing.
func TestLostClaimWritesNothing(t *testing.T) {
	t.Parallel()
	s, db, id := newJob(t)
	lost, _ := storetest.Claim(t, s, trialJobs)
	silence(t, db)
	held, _ := storetest.Claim(t, s, trialJobs)
	for name, write := range map[string]func() error{
		"heartbeat": func() error { return s.Heartbeat(t.Context(), lost, 5, 9) },
		"trial":     func() error { return s.RunTrialJob(t.Context(), lost, nil, nil) },
		"reparse": func() error {
			_, err := s.ReparseStep(t.Context(), lost, 1, nil)
			return err
		},
		"regrouping": func() error {
			_, err := s.RegroupStep(t.Context(), lost, 1, nil)
			return err
		},
		"replay": func() error {
			_, err := s.ReplayStep(t.Context(), lost, 1, nil)
			return err
		},
	} {
		if err := write(); !errors.Is(err, store.ErrJobLost) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must("", s.ReleaseJob(t.Context(), lost))(t)
	must("", s.RetryJob(t.Context(), lost, time.Hour))(t)
	if job := must(s.Trial(t.Context(), id))(t); job.State != store.JobRunning || job.Done != 0 {
		t.Errorf("the job is %+v", job)
	}
	must("", s.Heartbeat(t.Context(), held, 0, 0))(t)
}

func TestJobFailsAfterItsAttempts(t *testing.T) {
	t.Parallel()
	s, db, id := newJob(t)
	for range 2 {
		storetest.Claim(t, s, trialJobs)
		silence(t, db)
	}
	if c, found := storetest.Claim(t, s, trialJobs); found {
		t.Errorf("claimed %+v", c)
	}
	if job := must(s.Trial(t.Context(), id))(t); job.State != store.JobFailed || job.Problem == "" || job.FinishedAt == nil {
		t.Errorf("the job is %+v", job)
	}
}

// A step of a re-parse that a later ruleset overtakes is rolled back.
func TestOvertakenReparseWritesNothing(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	id := storetest.Add(t, s, storetest.Source(t, s).ID, fresh("a"))[0].EventID
	sync2(t, s, spec("a", "token-expired"))
	r := must(s.LiveRuleset(t.Context(), domain.Facebook))(t)
	claim, _ := storetest.Claim(t, s, reparses)
	_, err := s.ReparseStep(t.Context(), claim, 5, func(job store.Reparse, events []store.StoredEvent) ([]store.Decision, error) {
		sync2(t, s)
		return byRuleset(r)(job, events)
	})
	if !errors.Is(err, store.ErrJobLost) {
		t.Errorf("got %v", err)
	}
	if e := must(s.Event(t.Context(), id))(t); e.Verdict.Parsed() {
		t.Errorf("the event is %+v", e.Verdict)
	}
	settled(t, db)
	if job := finish(t, s, 5); job.State != store.JobDone || job.Ruleset != 2 {
		t.Errorf("then %+v", job)
	}
	storetest.CheckCounts(t, db)
}

// A database that is away ends a claim as it ends other calls.
func TestClaimObeysItsContext(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, found, err := s.ClaimJob(ctx, trialJobs); found || err == nil {
		t.Errorf("found %t, %v", found, err)
	}
}
