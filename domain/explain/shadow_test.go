package explain

import (
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

func TestShadowsAreAskedAndDoNotAnswer(t *testing.T) {
	parser := func(name, condition string) *parse.Parser {
		p, err := parse.NewParser(domain.ParserSpec{Network: domain.X, Name: name, Reason: "x.rate-limited", Condition: condition})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	r, err := parse.NewRuleset(domain.X, 1, []*parse.Parser{parser("first", `code == "1"`), parser("second", `code == "2"`), parser("third", `code == "3"`)})
	if err != nil {
		t.Fatal(err)
	}
	e := NewEngine(nil)
	e.Swap(r)
	e.SwapShadows(domain.X, []Shadow{{7, parser("shadow", `code != "4"`), "first"}, {8, parser("third", `code == "3"`), "nobody"}})
	e.SwapShadows("nowhere", nil)
	for code, want := range map[string][]ShadowMatch{
		"1": {{7, false}}, "2": {{7, true}}, "3": {{7, true}, {8, true}}, "4": nil, "5": {{7, true}},
	} {
		f := facts.Facts{Code: code}
		v := r.Decide(f)
		got := e.ShadowMatches(domain.X, f, v)
		if len(got) != len(want) {
			t.Fatalf("code %s: %v, want %v", code, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("code %s: %v, want %v", code, got, want)
			}
		}
		if v.Parser == "shadow" {
			t.Errorf("code %s: the shadow answered", code)
		}
	}
	if got := e.ShadowMatches("nowhere", facts.Facts{}, domain.Verdict{}); got != nil {
		t.Errorf("of no network: %v", got)
	}
}
