package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
)

// told is an event of a profile with its id.
type told struct {
	id string
	domain.Event
}

var morning = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// anyTold draws events of few moments, so that some occur at the same one.
func anyTold(t *rapid.T) []told {
	types := rapid.SliceOfN(rapid.SampledFrom(domain.EventTypes()), 1, 10).Draw(t, "types")
	events := make([]told, len(types))
	for i, typ := range types {
		at := morning.Add(time.Duration(rapid.IntRange(0, 6).Draw(t, "hour")) * time.Hour)
		events[i] = told{fmt.Sprint("e", i), domain.Event{Type: typ, OccurredAt: at}}
	}
	return events
}

func apply(events []told) domain.Profile {
	p := domain.Profile{State: domain.StateConnected}
	for _, e := range events {
		p.Apply(e.id, e.Event)
	}
	p.Since = time.Time{} // follows from all events only, when some came late
	return p
}

// newest returns the last event, by when it occurred, of some types; zero without one.
func newest(events []told, types ...domain.EventType) told {
	var last told
	for _, e := range events {
		if slices.Contains(types, e.Type) && (last.id == "" || cmp.Or(e.OccurredAt.Compare(last.OccurredAt), cmp.Compare(e.id, last.id)) > 0) {
			last = e
		}
	}
	return last
}

func TestProfileIsTheSameInAnyOrderOfArrival(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := anyTold(t)
		want := apply(events)
		if got := apply(rapid.Permutation(events).Draw(t, "arrival")); got != want {
			t.Errorf("%+v, in another order %+v", want, got)
		}
	})
}

// Only what says so disconnects and connects; a success does neither.
func TestProfileStateIsWhatTheNewestEventOfStateSaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := anyTold(t)
		p := apply(events)
		want := domain.StateConnected
		if newest(events, domain.Disconnected, domain.Reconnected).Type == domain.Disconnected {
			want = domain.StateDisconnected
		}
		if p.State != want || !p.WorkedAt.Equal(newest(events, domain.Succeeded).OccurredAt) {
			t.Errorf("%s, worked at %v, after %v", p.State, p.WorkedAt, events)
		}
	})
}

// What a profile's reason is taken from: what its connection was lost by or what
// disconnected it, else the newest error since it was connected, else the newest
// event.
func TestReasonEventFollowsFromAllEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := anyTold(t)
		state := newest(events, domain.Disconnected, domain.Reconnected)
		since := slices.DeleteFunc(slices.Clone(events), func(e told) bool {
			return state.id != "" && newest([]told{e, state}, domain.EventTypes()...).id == state.id
		})
		want := cmp.Or(newest(since, domain.Failed).id, newest(events, domain.EventTypes()...).id)
		lostBy := rapid.SampledFrom([]string{"", "an error"}).Draw(t, "lost by")
		if state.Type == domain.Disconnected {
			want = cmp.Or(lostBy, state.id)
		}
		if p := apply(events); p.ReasonEventID(lostBy) != want {
			t.Errorf("%s, not %s, after %v", p.ReasonEventID(lostBy), want, events)
		}
	})
}

func TestAProfileNeverChangesItsNetwork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := domain.Profile{ID: "p", Network: domain.Facebook}
		for i := range rapid.IntRange(1, 6).Draw(t, "events") {
			p.Apply(fmt.Sprint(i), domain.Event{
				Type:       rapid.SampledFrom(domain.EventTypes()).Draw(t, "type"),
				Network:    rapid.SampledFrom(domain.Networks()).Draw(t, "network"),
				OccurredAt: time.Unix(rapid.Int64Range(0, 5).Draw(t, "at"), 0),
			})
		}
		if p.Network != domain.Facebook {
			t.Errorf("it became one of %s", p.Network)
		}
	})
}
