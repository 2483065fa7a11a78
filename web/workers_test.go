package main

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"wherefore/domain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/jobs"
)

// replica is a service on a database, with its workers, as one of several.
func replica(t *testing.T, address string) *service {
	t.Helper()
	c, err := readServeConfig(testEnv(nil, "DATABASE_URL="+address, "WHEREFORE_DATA_DIR="+t.TempDir(),
		"WHEREFORE_BASE_URL=http://localhost:1"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := newService(t.Context(), c, &database{url: address, directURL: address}, newLog(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.store.Close() })
	t.Cleanup(v.workUntilReturn(context.WithoutCancel(t.Context()), address))
	return v
}

// runDue runs the jobs of a kind that are due.
func (v *service) runDue(t *testing.T, kind store.JobKind) {
	t.Helper()
	for _, w := range v.jobWorkers() {
		if w.Kind != kind {
			continue
		}
		if err := jobs.RunDue(t.Context(), v.store, w); err != nil {
			t.Fatal(err)
		}
	}
}

// within waits until something holds, and fails after a time.
func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	late := time.After(limit)
	for !holds() {
		select {
		case <-late:
			t.Fatalf("after %v it is still not so: %s", limit, what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestPromotionReachesReplicasAndHistory(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	here, there := replica(t, address), replica(t, address)
	source, err := here.store.AddSource(t.Context(), "publisher")
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte(`{"error":{"code":73999,"type":"NeverSeenException","message":"Page 123 is never seen"}}`)
	event := api.Explain(here.engine, domain.Event{
		SourceEventID: "1", Type: domain.Failed, ProfileID: "p-1", Network: domain.Facebook, OccurredAt: time.Now(), Raw: raw,
	})
	id := storetest.Add(t, here.store, source.ID, event)[0].EventID
	if event.Verdict.Parsed() {
		t.Fatalf("%s knows the error already", event.Verdict.Parser)
	}

	version, err := here.store.PromoteParser(t.Context(), store.Actor{Name: "test"}, store.Promotion{
		Network: domain.Facebook, BaseVersion: here.engine.Ruleset(domain.Facebook).Version(), Why: "a test", Check: storetest.Checked(),
		Spec: domain.ParserSpec{Network: domain.Facebook, Name: "never-seen", Reason: "facebook.bad-request", Condition: `code == "73999"`},
	})
	if err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "both replicas have the new ruleset", func() bool {
		return here.engine.Ruleset(domain.Facebook).Version() == version && there.engine.Ruleset(domain.Facebook).Version() == version
	})
	if verdict := there.engine.Explain(domain.Facebook, 0, raw).Verdict; verdict.Parser != "never-seen" || verdict.Ruleset != version {
		t.Errorf("the other replica answers %+v", verdict)
	}
	within(t, 30*time.Second, "the stored event is explained", func() bool {
		stored, err := here.store.Event(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return stored.Verdict.Reason == "facebook.bad-request" && stored.Verdict.Ruleset == version
	})
}

// However long its steps take, half of the time is left to others.
func TestWorkRestsAsLongAsItTakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, worked := time.Now(), time.Duration(0)
		steps := []time.Duration{time.Second, 3 * time.Minute, time.Millisecond}
		err := atHalfSpeed(t.Context(), func() (bool, error) {
			if len(steps) == 0 {
				return false, nil
			}
			time.Sleep(steps[0]) // of this test's own clock
			worked, steps = worked+steps[0], steps[1:]
			return true, nil
		})
		if rested := time.Since(began) - worked; err != nil || rested != worked {
			t.Errorf("it worked for %v and rested for %v, %v", worked, rested, err)
		}
	})
}
