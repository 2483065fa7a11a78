package store_test

import (
	"slices"
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestClusterSamplesDiffer(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	one, other := storetest.Source(t, s), storetest.Source(t, s)
	saying := func(message string) store.NewEvent {
		return storetest.NewEvent(func(e *store.NewEvent) { e.Facts.Message = message })
	}
	first := storetest.Add(t, s, one.ID, saying("object 1 is gone"), saying("object 2 is gone"), saying("object 2 is gone"))
	storetest.Add(t, s, other.ID, saying("object 2 is gone"))
	cluster := must(s.Event(t.Context(), first[0].EventID))(t).ClusterID
	var got []string
	for _, e := range must(s.ClusterSamples(t.Context(), cluster, 10))(t) {
		got = append(got, e.Source+" "+e.Message)
	}
	want := []string{other.Name + " object 2 is gone", one.Name + " object 2 is gone", one.Name + " object 1 is gone"}
	if !slices.Equal(got, want) {
		t.Errorf("samples %q, want %q", got, want)
	}
	if got := must(s.ClusterSamples(t.Context(), cluster, 1))(t); len(got) != 1 {
		t.Errorf("%d samples, asked for one", len(got))
	}
	counts := must(s.ClusterFacts(t.Context(), cluster, 5))(t)
	if len(counts) != 1 || counts[0] != (store.FactsCount{Format: facts.JSON, Status: 400, Code: "190", Events: 4, Profiles: 4}) {
		t.Errorf("facts %+v", counts)
	}
}

func TestEventsByID(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	a, b := storetest.Event(t, s), storetest.Event(t, s)
	back := storetest.Event(t, s, func(e *store.NewEvent) {
		e.Type, e.Raw, e.Cleaned, e.Facts = domain.Reconnected, nil, "", facts.Facts{Format: facts.Empty}
	})
	ids := []string{a, "no id", back, b, "00000000-0000-0000-0000-000000000000"}
	var events, stored []string
	for _, e := range must(s.EventsByID(t.Context(), ids))(t) {
		events = append(events, e.ID)
	}
	for _, e := range must(s.StoredEventsByID(t.Context(), ids))(t) {
		stored = append(stored, e.ID)
	}
	if !slices.Equal(events, []string{back, b, a}) || !slices.Equal(stored, []string{b, a}) {
		t.Errorf("events %v, errors %v", events, stored)
	}
}
