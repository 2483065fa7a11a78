package parse

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"wherefore/domain/facts"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"pgregory.net/rapid"

	"wherefore/domain"
)

// Few values, so that random conditions and facts meet.
var (
	codes    = []string{"", "4", "190", "200"}
	kinds    = []string{"", "OAuth", "oauth", "quota"}
	statuses = []int{0, 400, 403, 500}
	words    = []string{"session", "Session", "expired", "ExpireD", "limit reached", "kſK\u212a", "é", "", "a"}
	paths    = []string{"body", "body.error", "body.error.code", "body.error.kind", "body.list", "body.list[0]",
		"body.list[1].code", `body["error"]["kind"]`, "body.absent"}
	bodies = []string{"", "plain", `[1,2]`, `{"error":{"code":190,"kind":"quota"},"list":[{"code":"4"},{"code":190}]}`,
		`{"error":"session","list":[1.5,null,true]}`, `{"error":{"code":"190","kind":null},"list":{"a":1}}`}
	patterns = []string{"(?i)session", "^expired", "limit.*reached|(?i)kks", "[0-9]+", "(sess|expi)(ion|red)", "(?i)é+session", "x?",
		`(?:session){2,3}`, `(?i)expired$`, "(session)?a", "(?:session){0,2}e?xp", "(?i)Sess.on(limit)*"}
)

// dice draw evenly. rapid's own draws lean to the first of a list, which would
// leave most forms of conditions untried; it draws the seed and the sizes.
type dice struct{ *rand.Rand }

func throw(t *rapid.T) dice {
	return dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}
}

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

func (d dice) text() string {
	return pick(d, []string{"code", "subcode", "type", "message", "message", "message", "format", "message.lowerAscii()",
		"body.error", "body.error.kind", "body.error.kind.lowerAscii()"})
}

// leaf draws a condition without && and ||.
func (d dice) leaf() string {
	number := pick(d, statuses)
	switch d.IntN(14) {
	case 0:
		return fmt.Sprintf(`code == %q`, pick(d, codes))
	case 1:
		return fmt.Sprintf(`%q != type`, pick(d, kinds))
	case 2:
		return fmt.Sprintf(`subcode in [%q, %q]`, pick(d, codes), pick(d, codes))
	case 3:
		return fmt.Sprintf(`status in [%d, 418]`, number)
	case 4:
		return fmt.Sprintf(`status %s %d`, pick(d, []string{"==", "!=", "<", "<=", ">", ">="}), number)
	case 5:
		return fmt.Sprintf(`%s.%s(%q)`, d.text(), pick(d, []string{"contains", "startsWith", "endsWith"}), pick(d, words))
	case 6:
		return fmt.Sprintf(`%s.matches(%q)`, d.text(), pick(d, patterns))
	case 7:
		return fmt.Sprintf(`size(message) %s %d`, pick(d, []string{"==", "!=", "<", "<=", ">", ">="}), d.IntN(9))
	case 8:
		return fmt.Sprintf(`%s == %s`, pick(d, paths), pick(d, []string{`"quota"`, `190`, `1.5`, `190u`, `null`, `true`, `"190"`, `[1, 2]`}))
	case 9:
		return fmt.Sprintf(`%s in [190, "quota", null, 1.5]`, pick(d, paths))
	case 10:
		return fmt.Sprintf(`%s %s 100`, pick(d, paths), pick(d, []string{">", "<="}))
	case 11:
		return fmt.Sprintf(`%s == %q`, d.text(), pick(d, words))
	case 12:
		return fmt.Sprintf(`has(%s.%s)`, pick(d, paths), pick(d, []string{"code", "kind", "x"}))
	}
	return pick(d, []string{"true", "false", `message == "session"`, `message.lowerAscii() == "session"`, `body.error == type`,
		`type in []`, `code < "190"`, `message + code == "a"`, `body.list.exists(x, x == 2)`})
}

func (d dice) condition(depth int) string {
	if depth == 0 {
		return d.leaf()
	}
	switch d.IntN(5) {
	case 0:
		return "!(" + d.condition(depth-1) + ")"
	case 1, 2:
		return "(" + d.condition(depth-1) + " && " + d.condition(depth-1) + ")"
	case 3:
		return "(" + d.condition(depth-1) + " || " + d.condition(depth-1) + ")"
	}
	return d.leaf()
}

func (d dice) facts() facts.Facts {
	f := facts.Read(nil, pick(d, statuses), []byte(pick(d, bodies)))
	f.Code, f.Subcode, f.Type, f.Message = pick(d, codes), pick(d, codes), pick(d, kinds), ""
	for range d.IntN(4) {
		f.Message += pick(d, words)
	}
	return f
}

// The Go form of a condition says what the CEL interpreter says of the whole.
func TestConditionIsCEL(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := throw(t)
		source := d.condition(d.IntN(4))
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
			f := d.facts()
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
		p, err := NewParser(domain.ParserSpec{
			Network: "facebook", Name: fmt.Sprintf("p%d", i), Reason: domain.Reason("facebook", pick(d, domain.Causes()[:4]).Cause),
			Condition: d.condition(d.IntN(4)),
		})
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
			f := d.facts()
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
		f := throw(t).facts()
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
			text += pick(d, []string{"a", "A", "k", "\u212a", "s", "ſ", "é"})
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
