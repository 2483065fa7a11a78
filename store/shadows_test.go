package store_test

import (
	"fmt"
	"testing"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestShadowCountsBesideTheLiveVerdict(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	by := actor(storetest.User(t, s, domain.Engineer))
	id := must(s.StartShadow(t.Context(), by, spec("a", "token-expired"), "", "to see"))(t)
	matched := func(wins bool) func(*store.NewEvent) {
		return func(e *store.NewEvent) { e.Shadows = []explain.ShadowMatch{{ID: id, Wins: wins}} }
	}
	source := storetest.Source(t, s).ID
	events := []store.NewEvent{
		storetest.NewEvent(matched(true)), storetest.NewEvent(matched(true)), storetest.NewEvent(),
		storetest.NewEvent(matched(false), storetest.Parsed("rate-limited")),
	}
	storetest.Add(t, s, source, events...)
	storetest.Add(t, s, source, events...) // duplicates count for nothing
	counts := must(s.ShadowCounts(t.Context(), id))(t)
	if len(counts) != 2 || counts[0].Events != 2 || counts[0].Reason != "" || !counts[0].Wins ||
		counts[1].Events != 1 || counts[1].Reason != "facebook.rate-limited" || counts[1].Wins {
		t.Errorf("counts %+v", counts)
	}
	for parser, want := range map[string]int{"*": 3, "": 2, "rate-limited": 1, "x\x00": 0} {
		if got := must(s.ShadowEvents(t.Context(), id, parser, 10))(t); len(got) != want {
			t.Errorf("%q: %d events", parser, len(got))
		}
	}
}

func TestShadowsStartAndEnd(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	by := actor(storetest.User(t, s, domain.Engineer))
	sync2(t, s, spec("z", "token-expired"))
	first := must(s.StartShadow(t.Context(), by, spec("a", "token-expired"), "z", "to see"))(t)
	second := must(s.StartShadow(t.Context(), by, spec("a", "rate-limited"), "", "edited"))(t)
	running := must(s.RunningShadows(t.Context(), ""))(t)
	if len(running) != 1 || running[0].ID != second || running[0].Reason != "facebook.rate-limited" || running[0].Author != "engineer" {
		t.Errorf("running %+v", running)
	}
	if old := must(s.Shadow(t.Context(), first))(t); old.EndedAt == nil || old.After != "z" {
		t.Errorf("the first is %+v", old)
	}
	must(s.PromoteParser(t.Context(), by, promotion(1, spec("a", "rate-limited"))))(t)
	if running := must(s.RunningShadows(t.Context(), domain.Facebook))(t); len(running) != 0 {
		t.Errorf("after its promotion there run %+v", running)
	}
	third := must(s.StartShadow(t.Context(), by, spec("b", "rate-limited"), "", "again"))(t)
	for range 2 {
		if err := s.EndShadow(t.Context(), by, third); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.EndShadow(t.Context(), by, 999); domain.KindOf(err) != domain.NotFound {
		t.Errorf("ending none: %v", err)
	}
	for i := range store.MaxShadows {
		must(s.StartShadow(t.Context(), by, spec(fmt.Sprint("p", i), "rate-limited"), "", "many"))(t)
	}
	if _, err := s.StartShadow(t.Context(), by, spec("more", "rate-limited"), "", "too many"); domain.KindOf(err) != domain.Conflict {
		t.Errorf("one too many: %v", err)
	}
	foreign := spec("c", "rate-limited")
	foreign.Reason = "x.rate-limited"
	must(0, s.EndShadow(t.Context(), by, must(s.RunningShadows(t.Context(), ""))(t)[0].ID))(t)
	if _, err := s.StartShadow(t.Context(), by, foreign, "", "no"); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a foreign reason: %v", err)
	}
}
