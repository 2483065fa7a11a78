package store_test

import (
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestEventSentTwiceIsStoredOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source, other := storetest.Source(t, s), storetest.Source(t, s)
	e := storetest.NewEvent()
	twice := storetest.Add(t, s, source.ID, e, e)
	if twice[0].Duplicate || !twice[1].Duplicate || twice[0].EventID != twice[1].EventID {
		t.Errorf("in one batch: %+v", twice)
	}
	again := storetest.Add(t, s, source.ID, storetest.NewEvent(), e)
	if again[0].Duplicate || !again[1].Duplicate || again[1].EventID != twice[0].EventID {
		t.Errorf("in another batch: %+v", again)
	}
	if of := storetest.Add(t, s, other.ID, e); of[0].Duplicate {
		t.Error("the same id of another source is another event")
	}
}

func TestLatestReasonFollowsEachEvent(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	at := time.Now().Add(-time.Hour)
	source := storetest.Source(t, s)
	of := func(typ domain.EventType, minute int, cause domain.Cause) store.NewEvent {
		return storetest.NewEvent(func(e *store.NewEvent) {
			e.ProfileID, e.Type, e.OccurredAt = "p", typ, at.Add(time.Duration(minute)*time.Minute)
			if cause != "" {
				storetest.Parsed(cause)(e)
			}
		})
	}
	for _, step := range []struct {
		event  store.NewEvent
		state  domain.State
		since  int
		reason domain.ReasonID
	}{
		{of(domain.Failed, 1, "rate-limited"), domain.StateConnected, 1, "facebook.rate-limited"},
		{of(domain.Disconnected, 3, "user-changed-password"), domain.StateDisconnected, 3, "facebook.user-changed-password"},
		{of(domain.Failed, 4, "rate-limited"), domain.StateDisconnected, 3, "facebook.user-changed-password"},
		{of(domain.Reconnected, 2, ""), domain.StateDisconnected, 3, "facebook.user-changed-password"}, // late
		{of(domain.Disconnected, 5, ""), domain.StateDisconnected, 3, "facebook.user-changed-password"},
		{of(domain.Reconnected, 6, ""), domain.StateConnected, 6, ""},
		{of(domain.Disconnected, 7, ""), domain.StateDisconnected, 7, ""},
	} {
		storetest.Add(t, s, source.ID, step.event)
		got, err := s.LatestReason(t.Context(), "p")
		if err != nil {
			t.Fatal(err)
		}
		since := int(got.Profile.Since.Sub(at).Round(time.Minute).Minutes())
		if got.Profile.State != step.state || since != step.since || got.Verdict.Reason != step.reason {
			t.Errorf("after %s at %v: %s since %d because of %q", step.event.Type, step.event.OccurredAt,
				got.Profile.State, since, got.Verdict.Reason)
		}
		if unparsed := got.Verdict.Reason == "" && got.Type.HasError(); unparsed != (got.ClusterID != 0) {
			t.Errorf("after %s: cluster %d", step.event.Type, got.ClusterID)
		}
	}
	if _, err := s.LatestReason(t.Context(), "never heard of"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("an unknown profile gives %v", err)
	}
}
