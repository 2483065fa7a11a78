package trial

import (
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain/parse"
)

// The estimated effect on events with the verdicts of the ruleset before is the one
// that comparing them finds.
func TestEstimateIsComparing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parsers := drawParsers(t, rapid.IntRange(1, 6).Draw(t, "size"))
		candidate := parsers[len(parsers)-1]
		before, err := parse.NewRuleset("facebook", 1, parsers[:len(parsers)-1])
		if err != nil {
			t.Fatal(err)
		}
		after := ""
		if n := len(before.Parsers()); n > 0 && rapid.Bool().Draw(t, "behind") {
			after = before.Parsers()[rapid.IntRange(0, n-1).Draw(t, "after")].Name()
		}
		next, err := before.With(candidate, after)
		if err != nil {
			t.Fatal(err)
		}
		trial, err := New(before, next, candidate.Name())
		if err != nil {
			t.Fatal(err)
		}
		estimator, ok := trial.Estimator()
		if ok != (candidate.Condition() != nil) {
			t.Fatalf("estimator %t", ok)
		}
		for _, e := range drawEvents(t) {
			if !ok {
				break
			}
			v := before.Decide(e.Facts)
			e.Present = v.Reason
			holds, failure := estimator.Condition().Holds(e.Facts)
			estimated, known := estimator.Effect(v.Parser, holds, failure)
			want := trial.Compare(e)
			if (estimated.Failure == nil) != (want.Failure == nil) {
				t.Fatalf("fails with %v, want %v", estimated.Failure, want.Failure)
			}
			estimated.Failure, want.Failure = nil, nil
			if !known || estimated != want {
				t.Fatalf("estimated %+v, want %+v", estimated, want)
			}
		}
	})
}

func TestNoEstimatorWhereMoreDiffers(t *testing.T) {
	t.Parallel()
	before := rules(t, 1, "one", "token-expired", `code == "1"`, "two", "rate-limited", `code == "2"`)
	after := rules(t, 2, "two", "rate-limited", `code == "2"`, "one", "token-expired", `code == "1"`, "new", "token-invalid", `code == "3"`)
	trial, err := New(before, after, "new")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := trial.Estimator(); ok {
		t.Error("an estimator for a change of order")
	}
}
