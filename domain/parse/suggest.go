package parse

import (
	"cmp"
	"strconv"
	"strings"

	"wherefore/domain"
)

// Shared returns the facts that all of the samples have alike; what differs is
// zero. Message and body are left out: rarely are they equal as a whole.
func Shared(samples []domain.Facts) domain.Facts {
	if len(samples) == 0 {
		return domain.Facts{}
	}
	shared := samples[0]
	shared.Message, shared.Body = "", domain.Value{}
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

// Suggest writes a condition that asks for each of the facts that is not zero,
// and for message as a part of the message. It is "" when all are zero: then
// nothing is known that a parser could ask for.
func Suggest(f domain.Facts) string {
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
