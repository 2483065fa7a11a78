package suggest

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

func TestConditionRequiresEachFact(t *testing.T) {
	for want, f := range map[string]facts.Facts{
		"":                              {Format: facts.JSON},
		`code == "190"`:                 {Code: "190"},
		`message.contains("a \"b\"\n")`: {Message: "a \"b\"\n"},
		"code == \"4\" &&\nsubcode == \"5\" &&\ntype == \"T\" &&\nstatus == 400": {Code: "4", Subcode: "5", Type: "T", Status: 400},
	} {
		if got := Condition(f); got != want {
			t.Errorf("%+v: %s, want %s", f, got, want)
		}
	}
}

func TestStatusThatDistinguishesNothingIsRemoved(t *testing.T) {
	ask := facts.Facts{Status: 400, Code: "1", Message: "odd"}
	neighbour := func(status int, code, message string) facts.Facts {
		return facts.Facts{Status: status, Code: code, Message: message}
	}
	for name, c := range map[string]struct {
		ask        facts.Facts
		neighbours []facts.Facts
		keeps      bool
	}{
		"no neighbours":        {ask, nil, false},
		"told apart otherwise": {ask, []facts.Facts{neighbour(500, "2", "odd"), neighbour(500, "1", "even"), neighbour(400, "1", "odd"), neighbour(0, "1", "odd")}, false},
		"told apart by it":     {ask, []facts.Facts{neighbour(500, "1", "an odd thing")}, true},
		"all there is":         {facts.Facts{Status: 400}, nil, true},
	} {
		if got := withoutIdleStatus(c.ask, c.neighbours); (got.Status == 400) != c.keeps || got.Code != c.ask.Code || got.Message != c.ask.Message {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestConfusableAreThoseThatOnlyWordsDistinguish(t *testing.T) {
	got := confusable(facts.Facts{Status: 400, Code: "1"}, []facts.Facts{
		{Status: 500, Code: "1", Message: "same code"}, {Status: 400, Code: "2", Message: "another code"}, {Code: "1", Message: "no status"},
	})
	if !slices.Equal(got, []string{"same code", "no status"}) {
		t.Errorf("got %q", got)
	}
}

func TestCommonFactsAreThoseThatAllHave(t *testing.T) {
	got := common([]facts.Facts{
		{Format: facts.JSON, Status: 400, Code: "1", Type: "T", Message: "m"},
		{Format: facts.JSON, Status: 401, Code: "1", Subcode: "2", Type: "U", Message: "m"},
	})
	if got.Format != facts.JSON || got.Code != "1" || got.Status != 0 || got.Subcode != "" || got.Type != "" || got.Message != "" {
		t.Errorf("%+v", got)
	}
}

// Whatever networks answer, the condition made from it can be compiled and
// holds on what it was made from.
func TestSuggestionsHoldOnTheirSamples(t *testing.T) {
	fact := rapid.OneOf(rapid.StringN(0, 40, 80), rapid.SampledFrom([]string{"", "190", "\"", `\`, "\x01", "a\u202eb", "\u2028", "😀", "?"}))
	rapid.Check(t, func(t *rapid.T) {
		f := facts.Facts{Format: facts.JSON, Status: rapid.SampledFrom([]int{0, 400}).Draw(t, "status"),
			Code: fact.Draw(t, "code"), Subcode: fact.Draw(t, "subcode"), Type: fact.Draw(t, "type"), Message: fact.Draw(t, "message")}
		source := Condition(f)
		if source == "" {
			return
		}
		c, err := parse.Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if holds, err := c.Holds(f); !holds || err != nil {
			t.Fatalf("%s does not hold: %v", source, err)
		}
	})
}
