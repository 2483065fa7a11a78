package parse

import (
	"testing"

	"pgregory.net/rapid"
)

// What the shortcut foretells of events with the verdicts of the ruleset before is
// what sorting them says.
func TestShortcutIsSorting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parsers := drawParsers(t, rapid.IntRange(1, 6).Draw(t, "size"))
		candidate := parsers[len(parsers)-1]
		before, err := NewRuleset("facebook", 1, parsers[:len(parsers)-1])
		if err != nil {
			t.Fatal(err)
		}
		after := ""
		if n := len(before.parsers); n > 0 && rapid.Bool().Draw(t, "behind") {
			after = before.parsers[rapid.IntRange(0, n-1).Draw(t, "after")].Name()
		}
		next, err := before.With(candidate, after)
		if err != nil {
			t.Fatal(err)
		}
		trial, err := NewTrial(before, next, candidate.Name())
		if err != nil {
			t.Fatal(err)
		}
		cut, ok := trial.Shortcut()
		if ok != (candidate.condition != nil) {
			t.Fatalf("shortcut %t", ok)
		}
		for _, e := range drawEvents(t) {
			if !ok {
				break
			}
			v := before.Decide(e.Facts)
			e.Present = v.Reason
			holds, failure := cut.Condition().Holds(e.Facts)
			told, known := cut.Outcome(v.Parser, holds, failure)
			want := trial.Sort(e)
			if (told.Failure == nil) != (want.Failure == nil) {
				t.Fatalf("fails with %v, want %v", told.Failure, want.Failure)
			}
			told.Failure, want.Failure = nil, nil
			if !known || told != want {
				t.Fatalf("foretold %+v, want %+v", told, want)
			}
		}
	})
}

func TestNoShortcutWhereMoreDiffers(t *testing.T) {
	t.Parallel()
	before := rules(t, 1, "one", "token-expired", `code == "1"`, "two", "rate-limited", `code == "2"`)
	after := rules(t, 2, "two", "rate-limited", `code == "2"`, "one", "token-expired", `code == "1"`, "new", "token-invalid", `code == "3"`)
	trial, err := NewTrial(before, after, "new")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := trial.Shortcut(); ok {
		t.Error("a shortcut past a change of order")
	}
}

func TestFormula(t *testing.T) {
	t.Parallel()
	for condition, can := range map[string]bool{
		`code == "1"`: true, `code in ["1", "2"] && !(message.contains("x") || true)`: true, `message.lowerAscii().startsWith("x")`: true,
		`status == 400`: false, `code == "1" && body.a == 1`: false, `message.matches("x")`: false, `int(code) > 1`: false,
	} {
		c, err := Compile(condition)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Formula(); ok != can {
			t.Errorf("%s: %t", condition, ok)
		}
	}
	c, err := Compile(`type.lowerAscii() == "a" && !message.endsWith("b")`)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := c.Formula()
	if want := (Formula{Is: "in", Fact: "type", Lower: true, Texts: []string{"a"}}); len(f.Parts) != 2 || f.Parts[0].Fact != want.Fact || !f.Parts[0].Lower ||
		f.Parts[1].Is != "not" || f.Parts[1].Parts[0].Is != "endsWith" {
		t.Errorf("%+v", f)
	}
}
