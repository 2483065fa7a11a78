package service

import (
	"log/slog"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"wherefore/domain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/jobs"
	"wherefore/web/webtest"
)

const testToken = "a-token-for-these-tests"

// newService is a service on a database, without its workers.
func newService(t *testing.T, s *store.Store, token string) *Service {
	t.Helper()
	address, err := url.Parse("http://localhost:1")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{BaseURL: address, SessionKeys: [][]byte{make([]byte, 32)}, Token: token, QuarantineDays: 30}
	v, err := New(t.Context(), c, s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// replica is a service on a database, with its workers, as one of several.
func replica(t *testing.T, address string) *Service {
	t.Helper()
	v := newService(t, storetest.Open(t, address), testToken)
	t.Cleanup(v.Start(t.Context(), address))
	return v
}

// runDue runs the jobs of a kind that are due.
func (v *Service) runDue(t *testing.T, kind store.JobKind) {
	t.Helper()
	for _, w := range v.jobWorkers() {
		if w.Kind != kind {
			continue
		}
		if err := jobs.RunDue(t.Context(), v.Store, w); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPromotionReachesReplicasAndHistory(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	here, there := replica(t, address), replica(t, address)
	source, err := here.Store.AddSource(t.Context(), "publisher")
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte(`{"error":{"code":73999,"type":"NeverSeenException","message":"Page 123 is never seen"}}`)
	event := api.Explain(here.Engine, domain.Event{
		SourceEventID: "1", Type: domain.Failed, ProfileID: "p-1", Network: domain.Facebook, OccurredAt: time.Now(), Raw: raw,
	})
	id := storetest.Add(t, here.Store, source.ID, event)[0].EventID
	if event.Verdict.Parsed() {
		t.Fatalf("%s knows the error already", event.Verdict.Parser)
	}

	version, err := here.Store.PromoteParser(t.Context(), store.Actor{Name: "test"}, store.Promotion{
		Network: domain.Facebook, BaseVersion: here.Engine.Ruleset(domain.Facebook).Version(), Why: "a test", Check: storetest.Checked(),
		Spec: domain.ParserSpec{Network: domain.Facebook, Name: "never-seen", Reason: "facebook.bad-request", Condition: `code == "73999"`},
	})
	if err != nil {
		t.Fatal(err)
	}
	webtest.Within(t, 5*time.Second, "both replicas have the new ruleset", func() bool {
		return here.Engine.Ruleset(domain.Facebook).Version() == version && there.Engine.Ruleset(domain.Facebook).Version() == version
	})
	if verdict := there.Engine.Explain(domain.Facebook, 0, raw).Verdict; verdict.Parser != "never-seen" || verdict.Ruleset != version {
		t.Errorf("the other replica answers %+v", verdict)
	}
	webtest.Within(t, 30*time.Second, "the stored event is explained", func() bool {
		stored, err := here.Store.Event(t.Context(), id)
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
