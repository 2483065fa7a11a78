package store_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// worksAfter is the model: the first success of the credential between a
// disconnection and the first connection after it, preferring the profile's own.
func worksAfter(down store.NewEvent, events []store.NewEvent) domain.Worked {
	var own, other domain.Worked
	for _, e := range events { // by when they occurred
		switch {
		case e.CredentialID != down.CredentialID || !e.OccurredAt.After(down.OccurredAt) || own.Profile != "":
		case e.Type == domain.Reconnected:
			if other.Profile != "" {
				return other
			}
			return own
		case e.Type == domain.Succeeded && e.ProfileID == down.ProfileID:
			own = domain.Worked{At: e.OccurredAt, Profile: e.ProfileID}
		case e.Type == domain.Succeeded && other.Profile == "":
			other = domain.Worked{At: e.OccurredAt, Profile: e.ProfileID}
		}
	}
	if own.Profile != "" {
		return own
	}
	return other
}

// TestWorkedIsTheSameInAnyOrderOfArrival compares what is noted with disconnections
// with a model that sees all events at once.
func TestWorkedIsTheSameInAnyOrderOfArrival(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source, run := storetest.Source(t, s), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		events := rapid.SliceOfN(rapid.Custom(anyEvent), 5, 9).Draw(rt, "events")
		for i := range events {
			profile := rapid.SampledFrom([]int{0, 0, 1, 2, 2}).Draw(rt, "profile")
			events[i].ProfileID, events[i].CredentialID = fmt.Sprint("p", run, "-", profile), fmt.Sprint("c", run, "-", profile%2)
			events[i].SourceEventID = fmt.Sprint(run, "-", i)
			events[i].OccurredAt = start.Add(time.Duration(i) * time.Minute)
		}
		// Who shares the credential is known from the first event on.
		for profile := range 3 {
			storetest.Add(t, s, source.ID, storetest.NewEvent(failed, func(e *store.NewEvent) {
				e.ProfileID, e.CredentialID = fmt.Sprint("p", run, "-", profile), fmt.Sprint("c", run, "-", profile%2)
				e.OccurredAt = start.Add(-time.Hour)
			}))
		}
		for left := rapid.Permutation(events).Draw(rt, "arrival"); len(left) > 0; {
			n := rapid.IntRange(1, len(left)).Draw(rt, "batch")
			storetest.Add(t, s, source.ID, left[:n]...)
			left = left[n:]
		}
		for i, e := range events {
			if e.Type != domain.Disconnected {
				continue
			}
			var got domain.Worked
			var at *time.Time
			err := db.QueryRowContext(t.Context(), `SELECT worked_at, COALESCE(worked_profile_id, '') FROM events WHERE source_event_id = $1`,
				e.SourceEventID).Scan(&at, &got.Profile)
			if err != nil {
				rt.Fatal(err)
			}
			if at != nil {
				got.At = at.UTC()
			}
			if want := worksAfter(e, events); got.Profile != want.Profile || !got.At.Equal(want.At) {
				rt.Errorf("after disconnection %d: %+v, want %+v", i, got, want)
			}
		}
	})
}

func TestLatestReasonAfterASuccess(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	at := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	of := func(profile string, typ domain.EventType, minute int) {
		t.Helper()
		storetest.Event(t, s, func(e *store.NewEvent) {
			e.ProfileID, e.CredentialID, e.Type, e.OccurredAt = profile, "shared", typ, at.Add(time.Duration(minute)*time.Minute)
			if typ.HasError() {
				storetest.Parsed("token-expired")(e)
			}
		})
	}
	trouble := func() domain.Trouble {
		t.Helper()
		return must(s.LatestReason(t.Context(), "p"))(t).Trouble()
	}
	of("p", domain.Failed, 1)
	of("p", domain.Succeeded, 0) // late
	if got := trouble(); !got.Worked.At.IsZero() || got.Disconnected {
		t.Errorf("before the error: %+v", got)
	}
	of("p", domain.Succeeded, 2)
	if got := trouble(); !got.Worked.At.Equal(at.Add(2*time.Minute)) || got.Worked.Profile != "p" || got.Reason != "facebook.token-expired" {
		t.Errorf("after the error: %+v", got)
	}
	of("p", domain.Disconnected, 3)
	if got := trouble(); !got.Disconnected || !got.Worked.At.IsZero() {
		t.Errorf("a success before the disconnection: %+v", got)
	}
	of("sibling", domain.Succeeded, 5)
	if got := trouble(); !got.Disconnected || got.Worked.Profile != "sibling" || !got.Worked.At.Equal(at.Add(5*time.Minute)) {
		t.Errorf("the credential works: %+v", got)
	}
	of("p", domain.Reconnected, 6)
	if got := must(s.LatestReason(t.Context(), "p"))(t); got.Type != domain.Reconnected || got.Profile.State != domain.StateConnected {
		t.Errorf("reconnected: %+v", got)
	}
}
