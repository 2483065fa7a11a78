package parse

import (
	"fmt"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse/parsetest"
)

// dice draw what tests of this package need beside conditions and facts.
type dice struct{ parsetest.Dice }

func throw(t *rapid.T) dice { return dice{parsetest.Throw(t)} }

// The Go form of a condition says what the CEL interpreter says of the whole.
func TestConditionIsCEL(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := throw(t)
		source := d.Condition(d.IntN(4))
		c, err := Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		env, err := environment()
		if err != nil {
			t.Fatal(err)
		}
		checked, _ := env.Compile(source)
		program, err := env.Program(checked, cel.CostLimit(maxCost))
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			f := d.Facts()
			want, _, wantErr := program.Eval(&input{Facts: f})
			got, gotErr := c.Holds(f)
			if got != (wantErr == nil && want == types.True) || (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("%s on %+v\nGo: %v %v\nCEL: %v %v", source, f, got, gotErr, want, wantErr)
			}
		}
	})
}

func drawParsers(t *rapid.T, n int) []*Parser {
	d := throw(t)
	parsers := make([]*Parser, n)
	for i := range parsers {
		p, err := NewParser(d.Spec(fmt.Sprintf("p%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		parsers[i] = p
	}
	return parsers
}

func rulesOf(parsers []*Parser) []Rule {
	rules := make([]Rule, len(parsers))
	for i, p := range parsers {
		rules[i] = p
	}
	return rules
}

// An indexed ruleset is trying its parsers one by one.
func TestRulesetIsFirstOf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parsers := drawParsers(t, rapid.IntRange(0, 80).Draw(t, "parsers"))
		r, err := NewRuleset("facebook", 7, parsers)
		if err != nil {
			t.Fatal(err)
		}
		d := throw(t)
		for range 30 {
			f := d.Facts()
			want, _ := FirstOf(rulesOf(parsers)...).Try(f)
			want.Ruleset = 7
			if got := r.Decide(f); !same(got, want) || got.Ruleset != 7 {
				t.Fatalf("ruleset: %+v, one by one: %+v", got, want)
			}
		}
	})
}

func same(a, b domain.Verdict) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestFirstOfIsAssociativeWithIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := rulesOf(drawParsers(t, 6))
		i := rapid.IntRange(0, 6).Draw(t, "i")
		j := rapid.IntRange(i, 6).Draw(t, "j")
		f := throw(t).Facts()
		flat, _ := FirstOf(rules...).Try(f)
		for name, grouped := range map[string]Rule{
			"left":     FirstOf(FirstOf(FirstOf(rules[:i]...), FirstOf(rules[i:j]...)), FirstOf(rules[j:]...)),
			"right":    FirstOf(FirstOf(rules[:i]...), FirstOf(FirstOf(rules[i:j]...), FirstOf(rules[j:]...))),
			"identity": FirstOf(FirstOf(), FirstOf(rules...), FirstOf()),
		} {
			if got, _ := grouped.Try(f); !same(got, flat) {
				t.Fatalf("%s: %+v, flat: %+v", name, got, flat)
			}
		}
		if v, ok := FirstOf().Try(f); ok || v.Parsed() {
			t.Fatalf("the identity matches: %+v", v)
		}
	})
}

// Literals are found where a search finds them, whatever the case.
func TestLiteralsFindAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := throw(t)
		text := ""
		for range d.IntN(60) {
			text += parsetest.Pick(d, []string{"a", "A", "k", "\u212a", "s", "ſ", "é"})
		}
		inMessage := map[string][]int32{}
		all := rapid.SliceOfDistinct(rapid.StringOfN(rapid.RuneFrom([]rune("aks")), 4, 7, -1), rapid.ID[string]).Draw(t, "literals")
		for i, l := range all {
			inMessage[l] = []int32{int32(i)}
		}
		found := newBitset(len(all) + 1)
		newLiterals(inMessage).find(text, found)
		for i, l := range all {
			want := strings.Contains(strings.ToLower(strings.NewReplacer("ſ", "s").Replace(text)), l)
			if got := found.next(i) == i; got != want {
				t.Fatalf("%q in %q: %v, want %v", l, text, got, want)
			}
		}
	})
}

func FuzzCompile(f *testing.F) {
	f.Add(`code == "190" && (message.contains("x") || !has(body.a.b[0].c))`, "Session over", `{"a":{"b":[{"c":1}]}}`)
	f.Fuzz(func(t *testing.T, condition, message, raw string) {
		c, err := Compile(condition)
		if err != nil {
			if len(ConditionErrors(err)) == 0 {
				t.Fatalf("%v has no place", err)
			}
			return
		}
		facts := facts.Read(nil, 400, []byte(raw))
		facts.Message = message
		if held, _ := c.Holds(facts); held {
			var e evidence
			c.root.explain(&input{Facts: facts}, &e)
		}
	})
}
