// Package parsetest draws random conditions, parsers and facts for property tests.
package parsetest

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// Few values, so that random conditions and facts meet.
var (
	codes    = []string{"", "4", "190", "200"}
	kinds    = []string{"", "OAuth", "oauth", "quota"}
	Statuses = []int{0, 400, 403, 500}
	words    = []string{"session", "Session", "expired", "ExpireD", "limit reached", "kſK\u212a", "é", "", "a"}
	paths    = []string{"body", "body.error", "body.error.code", "body.error.kind", "body.list", "body.list[0]",
		"body.list[1].code", `body["error"]["kind"]`, "body.absent"}
	Bodies = []string{"", "plain", `[1,2]`, `{"error":{"code":190,"kind":"quota"},"list":[{"code":"4"},{"code":190}]}`,
		`{"error":"session","list":[1.5,null,true]}`, `{"error":{"code":"190","kind":null},"list":{"a":1}}`}
	Patterns = []string{"(?i)session", "^expired", "limit.*reached|(?i)kks", "[0-9]+", "(sess|expi)(ion|red)", "(?i)é+session", "x?",
		`(?:session){2,3}`, `(?i)expired$`, "(session)?a", "(?:session){0,2}e?xp", "(?i)Sess.on(limit)*"}
)

// Dice draw evenly. rapid's own draws lean to the first of a list, which would
// leave most forms of conditions untried; it draws the seed and the sizes.
type Dice struct{ *rand.Rand }

// Throw draws dice.
func Throw(t *rapid.T) Dice {
	return Dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}
}

// Pick draws one of a list.
func Pick[T any](d interface{ IntN(n int) int }, from []T) T { return from[d.IntN(len(from))] }

func (d Dice) text() string {
	return Pick(d, []string{"code", "subcode", "type", "message", "message", "message", "format", "message.lowerAscii()",
		"body.error", "body.error.kind", "body.error.kind.lowerAscii()"})
}

// leaf draws a condition without && and ||.
func (d Dice) leaf() string {
	number := Pick(d, Statuses)
	switch d.IntN(14) {
	case 0:
		return fmt.Sprintf(`code == %q`, Pick(d, codes))
	case 1:
		return fmt.Sprintf(`%q != type`, Pick(d, kinds))
	case 2:
		return fmt.Sprintf(`subcode in [%q, %q]`, Pick(d, codes), Pick(d, codes))
	case 3:
		return fmt.Sprintf(`status in [%d, 418]`, number)
	case 4:
		return fmt.Sprintf(`status %s %d`, Pick(d, []string{"==", "!=", "<", "<=", ">", ">="}), number)
	case 5:
		return fmt.Sprintf(`%s.%s(%q)`, d.text(), Pick(d, []string{"contains", "startsWith", "endsWith"}), Pick(d, words))
	case 6:
		return fmt.Sprintf(`%s.matches(%q)`, d.text(), Pick(d, Patterns))
	case 7:
		return fmt.Sprintf(`size(message) %s %d`, Pick(d, []string{"==", "!=", "<", "<=", ">", ">="}), d.IntN(9))
	case 8:
		return fmt.Sprintf(`%s == %s`, Pick(d, paths), Pick(d, []string{`"quota"`, `190`, `1.5`, `190u`, `null`, `true`, `"190"`, `[1, 2]`}))
	case 9:
		return fmt.Sprintf(`%s in [190, "quota", null, 1.5]`, Pick(d, paths))
	case 10:
		return fmt.Sprintf(`%s %s 100`, Pick(d, paths), Pick(d, []string{">", "<="}))
	case 11:
		return fmt.Sprintf(`%s == %q`, d.text(), Pick(d, words))
	case 12:
		return fmt.Sprintf(`has(%s.%s)`, Pick(d, paths), Pick(d, []string{"code", "kind", "x"}))
	}
	return Pick(d, []string{"true", "false", `message == "session"`, `message.lowerAscii() == "session"`, `body.error == type`,
		`type in []`, `code < "190"`, `message + code == "a"`, `body.list.exists(x, x == 2)`})
}

// Condition draws a condition of so many levels of operators.
func (d Dice) Condition(depth int) string {
	if depth == 0 {
		return d.leaf()
	}
	switch d.IntN(5) {
	case 0:
		return "!(" + d.Condition(depth-1) + ")"
	case 1, 2:
		return "(" + d.Condition(depth-1) + " && " + d.Condition(depth-1) + ")"
	case 3:
		return "(" + d.Condition(depth-1) + " || " + d.Condition(depth-1) + ")"
	}
	return d.leaf()
}

// Facts draws what is read of an error.
func (d Dice) Facts() facts.Facts {
	f := facts.Read(nil, Pick(d, Statuses), []byte(Pick(d, Bodies)))
	f.Code, f.Subcode, f.Type, f.Message = Pick(d, codes), Pick(d, codes), Pick(d, kinds), ""
	for range d.IntN(4) {
		f.Message += Pick(d, words)
	}
	return f
}

// Spec draws a parser of facebook with this name.
func (d Dice) Spec(name string) domain.ParserSpec {
	return domain.ParserSpec{
		Network: domain.Facebook, Name: name, Reason: domain.Reason(domain.Facebook, Pick(d, domain.Causes()[:4]).Cause),
		Condition: d.Condition(d.IntN(4)),
	}
}
