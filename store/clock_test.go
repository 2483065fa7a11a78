package store_test

import (
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// TestTheDatabaseSaysWhenEventsArrive runs the store of a replica whose clock
// differs from that of the database: what the replica's says changes nothing.
func TestTheDatabaseSaysWhenEventsArrive(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"behind": 400 * time.Second, "ahead": -400 * time.Second} {
		t.Run("the replica is "+name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, storetest.Ahead(t, storetest.URL(t), ahead))
			now := time.Now().Add(ahead) // by the database
			occurring := func(at time.Time) store.Event {
				return must(s.Event(t.Context(), storetest.Event(t, s, func(e *store.NewEvent) { e.OccurredAt = at })))(t)
			}
			close := func(what string, got, want time.Time) {
				if got.Sub(want).Abs() > 30*time.Second {
					t.Errorf("%s is %v, want about %v", what, got, want)
				}
			}
			missing := occurring(time.Time{})
			close("a missing time", missing.OccurredAt, now)
			close("the arrival", missing.ArrivedAt, now)
			if !slices.Equal(missing.Defaulted, []string{"occurred_at"}) || len(missing.Mended) != 0 {
				t.Errorf("defaulted %q, mended %q", missing.Defaulted, missing.Mended)
			}
			for _, fine := range []time.Duration{-time.Hour, 0, 4 * time.Minute} {
				if e := occurring(now.Add(fine)); !e.OccurredAt.Equal(now.Add(fine).Round(time.Microsecond)) || len(e.Mended)+len(e.Defaulted) != 0 {
					t.Errorf("an event of %v from now became one of %v, mended %q", fine, e.OccurredAt, e.Mended)
				}
			}
			future := occurring(now.Add(6 * time.Minute))
			close("a time that is to come", future.OccurredAt, now)
			if !slices.Equal(future.Mended, []string{"occurred_at"}) || len(future.Defaulted) != 0 {
				t.Errorf("defaulted %q, mended %q", future.Defaulted, future.Mended)
			}
		})
	}
}

// TestEventsWithoutTimesCountInTheOrderOfArrival holds within one moment of the
// clock, too.
func TestEventsWithoutTimesCountInTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	var ids []string
	for i, typ := range []domain.EventType{domain.Disconnected, domain.Reconnected, domain.Disconnected, domain.Reconnected} {
		e := storetest.NewEvent(func(e *store.NewEvent) { e.ProfileID, e.Type, e.OccurredAt = "p", typ, time.Time{} })
		ids = append(ids, storetest.Add(t, s, source.ID, e)[0].EventID)
		p := must(s.Profile(t.Context(), "p"))(t)
		if want := typ == domain.Disconnected; (p.State == domain.StateDisconnected) != want {
			t.Errorf("after event %d the profile is %s", i, p.State)
		}
	}
	if !slices.IsSorted(ids) {
		t.Errorf("ids are not in the order of arrival: %q", ids)
	}
}

// TestIDsKeepTheOrderOfACall holds for calls of more events than one millisecond
// has parts.
func TestIDsKeepTheOrderOfACall(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	var events []store.NewEvent
	for range 5000 {
		events = append(events, storetest.NewEvent(func(e *store.NewEvent) { e.ProfileID, e.Facts.Message = "p", "alike" }))
	}
	var ids []string
	for _, o := range storetest.Add(t, s, storetest.Source(t, s).ID, events...) {
		ids = append(ids, o.EventID)
	}
	if !slices.IsSorted(ids) {
		t.Error("ids are not in the order of the call")
	}
}
