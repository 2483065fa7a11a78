package parse

import (
	"cmp"
	"strconv"
	"strings"

	"wherefore/domain/facts"
)

// Shared returns the facts that all of the samples have alike; what differs is
// zero. Message and body are left out: rarely are they equal as a whole.
func Shared(samples []facts.Facts) facts.Facts {
	if len(samples) == 0 {
		return facts.Facts{}
	}
	shared := samples[0]
	shared.Message, shared.Body = "", facts.Value{}
	for _, f := range samples[1:] {
		shared.Format = common(shared.Format, f.Format)
		shared.Status = common(shared.Status, f.Status)
		shared.Code = common(shared.Code, f.Code)
		shared.Subcode = common(shared.Subcode, f.Subcode)
		shared.Type = common(shared.Type, f.Type)
	}
	return shared
}

func common[T cmp.Ordered](a, b T) T {
	if a == b {
		return a
	}
	var none T
	return none
}

// Confused returns the messages of those neighbours that a condition which asks for
// facts would not tell apart: its words have to. They do so better than a status:
// networks send one for very different errors, and some clients lose it.
func Confused(ask facts.Facts, neighbours []facts.Facts) []string {
	ask.Status = 0
	var messages []string
	for _, n := range neighbours {
		if asksFor(ask, n) {
			messages = append(messages, n.Message)
		}
	}
	return messages
}

// Distinguish takes out of facts that a condition is to ask for what tells nothing
// apart: a status that all neighbours have which the rest lets through.
func Distinguish(ask facts.Facts, neighbours []facts.Facts) facts.Facts {
	rest := ask
	rest.Status = 0
	if Suggest(rest) == "" {
		return ask
	}
	for _, n := range neighbours {
		if n.Status != 0 && asksFor(rest, n) && !asksFor(ask, n) {
			return ask
		}
	}
	return rest
}

// asksFor reports whether the condition that Suggest writes holds on an error.
func asksFor(ask, f facts.Facts) bool {
	same := func(want, have string) bool { return want == "" || want == have }
	return same(ask.Code, f.Code) && same(ask.Subcode, f.Subcode) && same(ask.Type, f.Type) &&
		(ask.Status == 0 || ask.Status == f.Status) && strings.Contains(f.Message, ask.Message)
}

// Suggest writes a condition that asks for each of the facts that is not zero,
// and for message as a part of the message. It is "" when all are zero: then
// nothing is known that a parser could ask for.
func Suggest(f facts.Facts) string {
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
