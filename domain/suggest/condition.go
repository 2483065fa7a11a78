package suggest

import (
	"cmp"
	"strconv"
	"strings"

	"wherefore/domain/cluster"
	"wherefore/domain/facts"
)

// Parser suggests a condition that holds on all samples and, if possible, on none of
// the neighbours, which are similar errors with other causes; and a name made of the
// words that the samples have in common. Messages are those of the samples; there
// may be more of them. The condition is "" when the samples have nothing in common.
func Parser(samples []facts.Facts, messages []string, neighbours []facts.Facts) (condition, name string) {
	f := common(samples)
	f.Message = cluster.DistinctivePhrase(messages, confusable(f, neighbours))
	return Condition(withoutIdleStatus(f, neighbours)), nameOf(f.Message)
}

// nameOf makes a parser's name of the first words of a text.
func nameOf(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	const enough, longest = 5, 60
	name := strings.Join(words[:min(len(words), enough)], "-")
	return name[:min(len(name), longest)]
}

// Condition is a condition that requires each fact of f that is not zero, and its
// message as a part of the message. It is "" when all are zero.
func Condition(f facts.Facts) string {
	var terms []string
	for _, fact := range []struct{ name, value string }{{"code", f.Code}, {"subcode", f.Subcode}, {"type", f.Type}} {
		if fact.value != "" {
			terms = append(terms, fact.name+" == "+strconv.Quote(fact.value))
		}
	}
	if f.Status != 0 {
		terms = append(terms, "status == "+strconv.Itoa(f.Status))
	}
	if f.Message != "" {
		terms = append(terms, "message.contains("+strconv.Quote(f.Message)+")")
	}
	return strings.Join(terms, " &&\n")
}

// common returns the facts that all samples have in common; others are zero, and so
// are message and body, which are rarely equal as a whole.
func common(samples []facts.Facts) facts.Facts {
	if len(samples) == 0 {
		return facts.Facts{}
	}
	f := samples[0]
	f.Message, f.Body = "", facts.Value{}
	for _, s := range samples[1:] {
		f.Format = ifEqual(f.Format, s.Format)
		f.Status = ifEqual(f.Status, s.Status)
		f.Code = ifEqual(f.Code, s.Code)
		f.Subcode = ifEqual(f.Subcode, s.Subcode)
		f.Type = ifEqual(f.Type, s.Type)
	}
	return f
}

func ifEqual[T cmp.Ordered](a, b T) T {
	if a == b {
		return a
	}
	var none T
	return none
}

// confusable returns the messages of the neighbours on which a condition that requires
// f would hold too, so that words have to distinguish them. The status is ignored:
// networks send one status for very different errors, and some clients lose it.
func confusable(f facts.Facts, neighbours []facts.Facts) []string {
	f.Status = 0
	var messages []string
	for _, n := range neighbours {
		if holds(f, n) {
			messages = append(messages, n.Message)
		}
	}
	return messages
}

// withoutIdleStatus removes from f a status that distinguishes no neighbour, unless
// f has nothing else.
func withoutIdleStatus(f facts.Facts, neighbours []facts.Facts) facts.Facts {
	rest := f
	rest.Status = 0
	if Condition(rest) == "" {
		return f
	}
	for _, n := range neighbours {
		if n.Status != 0 && holds(rest, n) && !holds(f, n) {
			return f
		}
	}
	return rest
}

// holds reports whether Condition(required) holds on an error.
func holds(required, f facts.Facts) bool {
	same := func(want, have string) bool { return want == "" || want == have }
	return same(required.Code, f.Code) && same(required.Subcode, f.Subcode) && same(required.Type, f.Type) &&
		(required.Status == 0 || required.Status == f.Status) && strings.Contains(f.Message, required.Message)
}
