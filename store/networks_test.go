package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// TestAProfileHasOneNetwork compares calls with a model that takes events one by
// one: the first event of an id counts, unless its profile is of another network.
func TestAProfileHasOneNetwork(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	source := storetest.Source(t, s)
	taken, networks, run := map[string]bool{}, map[string]domain.Network{}, 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		n := rapid.IntRange(1, 10).Draw(rt, "events")
		var events []store.NewEvent
		for range n {
			events = append(events, storetest.NewEvent(func(e *store.NewEvent) {
				e.SourceEventID = fmt.Sprint(run/20, "-", rapid.IntRange(0, 20).Draw(rt, "id"))
				e.ProfileID = fmt.Sprint(run/20, "-", rapid.IntRange(0, 4).Draw(rt, "profile"))
				e.Network = rapid.SampledFrom(domain.Networks()[:3]).Draw(rt, "network")
			}))
		}
		conflicts := map[int]domain.Network{}
		var left []store.NewEvent
		var duplicates []bool
		for i, e := range events {
			if of, known := networks[e.ProfileID]; !taken[e.SourceEventID] && known && of != e.Network {
				conflicts[i] = of
				continue
			}
			left, duplicates = append(left, e), append(duplicates, taken[e.SourceEventID])
			if !taken[e.SourceEventID] {
				taken[e.SourceEventID], networks[e.ProfileID] = true, e.Network
			}
		}
		before := storedErrors(t, s)
		if len(conflicts) > 0 {
			_, err := s.AddEvents(t.Context(), source.ID, events, nil)
			var got *store.NetworkConflict
			if !errors.As(err, &got) || len(got.Problems) != len(conflicts) || domain.KindOf(err) != domain.Invalid {
				rt.Fatalf("got %v, want conflicts %v", err, conflicts)
			}
			for i, of := range conflicts {
				if p := got.Problems[i]; p == nil || p.Field != "network" || !strings.Contains(p.Message, string(of)) {
					rt.Errorf("event %d: %v, want a conflict with %s", i, p, of)
				}
			}
			if after := storedErrors(t, s); after != before {
				rt.Fatalf("%d events of a refused call were stored", after-before)
			}
		}
		outcomes, err := s.AddEvents(t.Context(), source.ID, left, nil)
		if err != nil {
			rt.Fatal(err)
		}
		for i, o := range outcomes {
			if o.Duplicate != duplicates[i] {
				rt.Errorf("event %d: duplicate %v", i, o.Duplicate)
			}
		}
	})
	var torn int
	err := storetest.DB(t, address).QueryRowContext(t.Context(),
		`SELECT count(*) FROM events e JOIN profiles p ON p.id = e.profile_id WHERE p.network <> e.network`).Scan(&torn)
	if err != nil || torn != 0 {
		t.Errorf("%d events are of another network than their profiles, %v", torn, err)
	}
}
