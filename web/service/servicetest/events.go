package servicetest

import (
	"testing"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/store"
	"wherefore/store/storetest"
)

// AddErrors stores errors of a network, each of a profile of its own, as a service
// would send them, and returns the ids of their events.
func (s *Site) AddErrors(t testing.TB, n domain.Network, errors ...string) []string {
	t.Helper()
	var events []store.NewEvent
	for _, raw := range errors {
		events = append(events, storetest.NewEvent(func(e *store.NewEvent) {
			e.Network, e.Raw, e.Cleaned, e.Status = n, []byte(raw), raw, 0
			x := s.Engine.Explain(n, 0, e.Raw)
			e.Facts, e.Verdict = x.Facts, x.Verdict
			e.Shape = cluster.ShapeOf(n, e.Facts)
		}))
	}
	var ids []string
	for _, o := range storetest.Add(t, s.Store, storetest.Source(t, s.Store).ID, events...) {
		ids = append(ids, o.EventID)
	}
	return ids
}

// ClusterOf is the id of an event's cluster.
func (s *Site) ClusterOf(t testing.TB, event string) string {
	t.Helper()
	e, err := s.Store.Event(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return e.ClusterID.String()
}

// Group groups the errors of a network.
func (s *Site) Group(t testing.TB, n domain.Network) {
	t.Helper()
	if _, err := s.Store.NewGrouping(n, cluster.GroupingVersion, store.NewLeaves(store.MaxLeafBytes)).Step(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
}
