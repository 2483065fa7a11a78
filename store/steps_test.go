package store_test

import (
	"slices"
	"sync"
	"testing"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/store/storetest"
)

// says makes a parser of errors with a text.
func says(name, text string, cause domain.Cause) domain.ParserSpec {
	s := spec(name, cause)
	s.Condition = `message.contains("` + text + `")`
	return s
}

func raw(text string) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.Raw = []byte(text) }
}

// The transaction that makes a version checks it, whoever calls and whatever they
// have checked themselves.
func TestVersionsAreCheckedWhereTheyAreMade(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sync2(t, s, says("old", "first", "token-expired"))
	by := actor(storetest.User(t, s, domain.Engineer))
	first, second := storetest.Event(t, s, raw("the first kind")), storetest.Event(t, s, raw("the second kind"))
	if err := s.PinEvent(t.Context(), by, first, "old", domain.MustMatch, "as seen"); err != nil {
		t.Fatal(err)
	}
	change := trial.Change{From: "facebook.token-expired", To: "facebook.rate-limited", Events: 1}
	for name, c := range map[string]struct {
		spec  domain.ParserSpec
		pins  []string
		trial trial.Result
		given ruleset.Consent
	}{
		"no effect":        {says("mine", "second", "rate-limited"), nil, trial.Result{}, ruleset.Consent{}},
		"change of reason": {says("mine", "second", "rate-limited"), nil, trial.Result{Buckets: map[trial.Bucket]int{trial.ChangesReason: 1}, Changes: []trial.Change{change}}, ruleset.Consent{}},
		"another's pin":    {says("mine", "first", "rate-limited"), nil, trial.Result{}, ruleset.Consent{NoEffect: true}},
		"own sample":       {says("mine", "third", "rate-limited"), []string{second}, trial.Result{}, ruleset.Consent{NoEffect: true}},
	} {
		p := promotion(1, c.spec)
		p.Pins, p.Check.Trial, p.Check.Consent = c.pins, c.trial, c.given
		if _, err := s.PromoteParser(t.Context(), by, p); domain.KindOf(err) != domain.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := names(t, s); !slices.Equal(got, []string{"[old]"}) {
		t.Errorf("live are %v", got)
	}
}

// A sample that is pinned while a parser is promoted either keeps it from being
// promoted, or is pinned to what is live then: none is pinned in between, unseen.
func TestPinsAndPromotionsMeet(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sync2(t, s, says("old", "kind", "token-expired"))
	by := actor(storetest.User(t, s, domain.Engineer))
	version := 1
	for round := range 10 {
		event := storetest.Event(t, s, raw("one kind"))
		p := promotion(version, says("narrower", []string{"kind", "another"}[round%2], "token-expired"))
		p.Spec.Name = "old"
		var both sync.WaitGroup
		var pinning, promoting error
		both.Go(func() { pinning = s.PinEvent(t.Context(), by, event, "old", domain.MustMatch, "as seen") })
		both.Go(func() { _, promoting = s.PromoteParser(t.Context(), by, p) })
		both.Wait()
		if pinning != nil || promoting != nil && domain.KindOf(promoting) != domain.Conflict {
			t.Fatalf("round %d: %v, %v", round, pinning, promoting)
		}
		if promoting == nil {
			version++
		}
		r := live(t, s)
		if again := promotion(r.Version, r.Parsers[0].ParserSpec); round%2 == 1 && promoting == nil {
			if _, err := s.PromoteParser(t.Context(), by, again); domain.KindOf(err) != domain.Conflict {
				t.Fatalf("round %d: the next promotion does not see the sample: %v", round, err)
			}
		}
		for _, pin := range must(s.Pins(t.Context(), domain.Facebook, "old"))(t) {
			must2(s.DecidePin(t.Context(), by, pin.ID, "remove"))(t)
		}
	}
}
