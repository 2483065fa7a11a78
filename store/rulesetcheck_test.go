package store_test

import (
	"errors"
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
		want  ruleset.ObjectionKind
	}{
		"no effect":        {says("mine", "second", "rate-limited"), nil, trial.Result{}, ruleset.Consent{}, ruleset.NoEffect},
		"change of reason": {says("mine", "second", "rate-limited"), nil, trial.Result{Buckets: map[trial.Bucket]int{trial.ChangesReason: 1}, Changes: []trial.Change{change}}, ruleset.Consent{}, ruleset.UnacceptedReason},
		"another's pin":    {says("mine", "first", "rate-limited"), nil, trial.Result{}, ruleset.Consent{NoEffect: true}, ruleset.FailingPin},
		"own sample":       {says("mine", "third", "rate-limited"), []string{second}, trial.Result{}, ruleset.Consent{NoEffect: true}, ruleset.FailingPin},
	} {
		p := promotion(1, c.spec)
		p.Pins, p.Check.Trial, p.Check.Consent = c.pins, c.trial, c.given
		p.Trial = &store.NewTrial{Network: domain.Facebook, Base: 1}
		var refusal *ruleset.Refusal
		_, err := s.PromoteParser(t.Context(), by, p)
		if domain.KindOf(err) != domain.Conflict || !errors.As(err, &refusal) || len(refusal.Objections) != 1 || refusal.Objections[0].Kind != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if trials := must(s.Trials(t.Context(), domain.Facebook, 10))(t); len(trials) != 0 {
		t.Errorf("the refused promotions left trials: %+v", trials)
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
