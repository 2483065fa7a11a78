package parse

import (
	"fmt"
	"strings"
	"testing"

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
		`(?:session){2,3}`, `(?i)expired$`}
)

func drawText(t *rapid.T) string {
	source := rapid.SampledFrom([]string{"code", "subcode", "type", "message", "message", "format", "message.lowerAscii()",
		"body.error", "body.error.kind"}).Draw(t, "source")
	return source
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// drawLeaf draws a condition without && and ||.
func drawLeaf(t *rapid.T) string {
	pick := func(from []string) string { return rapid.SampledFrom(from).Draw(t, "pick") }
	number := rapid.SampledFrom(statuses).Draw(t, "number")
	switch rapid.IntRange(0, 13).Draw(t, "leaf") {
	case 0:
		return fmt.Sprintf(`code == %q`, pick(codes))
	case 1:
		return fmt.Sprintf(`%q != type`, pick(kinds))
	case 2:
		return fmt.Sprintf(`subcode in [%q, %q]`, pick(codes), pick(codes))
	case 3:
		return fmt.Sprintf(`status in [%d, 418]`, number)
	case 4:
		return fmt.Sprintf(`status %s %d`, pick([]string{"==", "!=", "<", "<=", ">", ">="}), number)
	case 5:
		return fmt.Sprintf(`%s.%s(%s)`, drawText(t), pick([]string{"contains", "startsWith", "endsWith"}), quoted(pick(words)))
	case 6:
		return fmt.Sprintf(`%s.matches(%s)`, drawText(t), quoted(pick(patterns)))
	case 7:
		return fmt.Sprintf(`size(message) %s %d`, pick([]string{"==", "!=", "<", ">"}), number%10)
	case 8:
		return fmt.Sprintf(`%s == %s`, pick(paths), pick([]string{`"quota"`, `190`, `1.5`, `190u`, `null`, `true`, `"190"`, `[1, 2]`}))
	case 9:
		return fmt.Sprintf(`%s in [190, "quota", null, 1.5]`, pick(paths))
	case 10:
		return fmt.Sprintf(`%s > 100`, pick(paths))
	case 11:
		return fmt.Sprintf(`message + code == %s`, quoted(pick(words)))
	case 12:
		return fmt.Sprintf(`body.list.exists(x, x == %d)`, number)
	}
	return pick([]string{"true", "false", `message == "session"`, `message.lowerAscii() == "session"`, `body.error == type`,
		`type in []`, `code < "190"`})
}

func drawCondition(t *rapid.T, depth int) string {
	if depth == 0 {
		return drawLeaf(t)
	}
	switch rapid.IntRange(0, 4).Draw(t, "shape") {
	case 0:
		return "!(" + drawCondition(t, depth-1) + ")"
	case 1, 2:
		return "(" + drawCondition(t, depth-1) + " && " + drawCondition(t, depth-1) + ")"
	case 3:
		return "(" + drawCondition(t, depth-1) + " || " + drawCondition(t, depth-1) + ")"
	}
	return drawLeaf(t)
}

func drawFacts(t *rapid.T) domain.Facts {
	layout, err := domain.NewLayout(domain.LayoutSpec{})
	if err != nil {
		t.Fatal(err)
	}
	f := domain.ReadFacts(layout, 0, []byte(rapid.SampledFrom(bodies).Draw(t, "body")))
	f.Status = rapid.SampledFrom(statuses).Draw(t, "status")
	f.Code = rapid.SampledFrom(codes).Draw(t, "code")
	f.Subcode = rapid.SampledFrom(codes).Draw(t, "subcode")
	f.Type = rapid.SampledFrom(kinds).Draw(t, "type")
	f.Message = strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 4).Draw(t, "message"), "")
	return f
}

// The Go form of a condition says what the CEL interpreter says of the whole.
func TestConditionIsCEL(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := drawCondition(t, 3)
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
		for range 5 {
			f := drawFacts(t)
			want, _, wantErr := program.Eval(&input{Facts: f})
			got, gotErr := c.Holds(f)
			if got != (wantErr == nil && want == types.True) || (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("%s on %+v\nGo: %v %v\nCEL: %v %v", source, f, got, gotErr, want, wantErr)
			}
		}
	})
}

func drawParsers(t *rapid.T, n int) []*Parser {
	parsers := make([]*Parser, n)
	for i := range parsers {
		p, err := NewParser(domain.ParserSpec{
			Network: "facebook", Name: fmt.Sprintf("p%d", i), Reason: "facebook.token-expired",
			Condition: drawCondition(t, rapid.IntRange(0, 3).Draw(t, "depth")),
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
		for range 10 {
			f := drawFacts(t)
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
		f := drawFacts(t)
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
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abAB\u212akſs")), 0, 40, -1).Draw(t, "text")
		inMessage := map[string][]int32{}
		all := rapid.SliceOfDistinct(rapid.StringOfN(rapid.RuneFrom([]rune("abks")), 4, 7, -1), rapid.ID[string]).Draw(t, "literals")
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
		facts := domain.ReadFacts(nil, 400, []byte(raw))
		facts.Message = message
		if held, _ := c.Holds(facts); held {
			var e evidence
			c.root.explain(&input{Facts: facts}, &e)
		}
	})
}
