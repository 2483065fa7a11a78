package service

import (
	"log/slog"
	"testing"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
)

// Replicas follow the shadows as they follow rulesets.
func TestReplicaFollowsShadows(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	r := rulesetLoader{s, explain.NewEngine(nil), store.NewTokens(s), slog.New(slog.DiscardHandler)}
	by := store.Actor{Name: "test"}
	spec := domain.ParserSpec{Network: domain.X, Name: "odd", Reason: "x.rate-limited", Condition: `code == "1"`}
	id, err := s.StartShadow(t.Context(), by, spec, "", "to see")
	if err != nil {
		t.Fatal(err)
	}
	spec.Name, spec.Condition = "broken", "code =="
	if _, err := s.StartShadow(t.Context(), by, spec, "", "of another program"); err != nil {
		t.Fatal(err)
	}
	asked := func() int {
		t.Helper()
		if err := r.loadChanged(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(r.engine.ShadowMatches(domain.X, facts.Facts{Code: "1"}, domain.Verdict{}))
	}
	if n := asked(); n != 1 {
		t.Errorf("%d shadows match", n)
	}
	before := r.engine.Shadows(domain.X)[0].Parser
	if asked(); r.engine.Shadows(domain.X)[0].Parser != before {
		t.Error("it was compiled again")
	}
	if err := s.EndShadow(t.Context(), by, id); err != nil {
		t.Fatal(err)
	}
	if n := asked(); n != 0 {
		t.Errorf("after its end %d match", n)
	}
}
