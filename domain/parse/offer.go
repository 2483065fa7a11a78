package parse

import (
	"slices"

	"cel.dev/cel-go/common/types"

	"wherefore/domain/facts"
)

// Offer is a fact of an error with the row that asks for it.
type Offer struct {
	Value string // of the fact, "" when it is absent
	Row   Row
}

// Bounds of what is offered: a longer text is asked for by a part of it.
const (
	maxOffers   = 60  // parts of one body
	maxWholeAsk = 120 // bytes of a text
)

// Offers lists what a condition can ask of an error: its facts, and then the
// single values of its body in their order. Each row holds on the error. part
// chooses what to ask of a message or a long text; "" asks for nothing less than all.
func Offers(f facts.Facts, part func(text string) string) []Offer {
	var offers []Offer
	for fact, name := range factNames[:factCount] {
		text := factOf(f, fact)
		offers = append(offers, Offer{text, textRow(rowFact{name, textFact}, text, name == factNames[message], part)})
	}
	status, _ := rowFact{kind: statusFact}.write(types.Int(f.Status), false, false)
	offers = slices.Insert(offers, 1, Offer{status, Row{"status", Is, status}})
	return append(offers, bodyOffers(nil, f.Body, part)...)
}

func factOf(f facts.Facts, which int) string { return fact(which).of(&input{Facts: f}) }

// textRow asks for a text, or for the part of it that says most.
func textRow(f rowFact, text string, varies bool, part func(string) string) Row {
	if varies && text != "" || len(text) > maxWholeAsk {
		if chosen := part(text); chosen != "" {
			written, _ := f.write(types.String(chosen), true, false)
			return Row{f.name, Contains, written}
		}
	}
	written, _ := f.write(types.String(text), false, false)
	return Row{f.name, Is, written}
}

// bodyOffers walks a body. Of members that share a name, only the first can be
// asked for.
func bodyOffers(at bodyPath, v facts.Value, part func(string) string) []Offer {
	var offers []Offer
	seen := map[string]bool{}
	add := func(s step, inner facts.Value) bool {
		if s.isIndex || !seen[s.key] {
			offers = append(offers, bodyOffers(append(at[:len(at):len(at)], s), inner, part)...)
		}
		seen[s.key] = true
		return len(offers) < maxOffers
	}
	switch v.Kind() {
	case facts.ObjectValue:
		for key, member := range v.Members() {
			if !add(step{key: key}, member) {
				break
			}
		}
	case facts.ArrayValue:
		i := 0
		for item := range v.Items() {
			if !add(step{index: i, isIndex: true}, item) {
				break
			}
			i++
		}
	default:
		return leafOffer(at, v, part)
	}
	return offers[:min(len(offers), maxOffers)]
}

func leafOffer(at bodyPath, v facts.Value, part func(string) string) []Offer {
	f := rowFact{at.written(), bodyFact}
	switch {
	case len(at) == 0 || len(f.name) > maxFact:
		return nil // no body, or none that a row can name
	case v.Kind() == facts.StringValue:
		return []Offer{{v.Text(), textRow(f, v.Text(), false, part)}}
	case v.Kind() == facts.NullValue:
		return []Offer{{"null", Row{f.name, Is, "null"}}}
	}
	value, ok := scalar(v.Text())
	if !ok {
		return nil // a number beyond all bounds
	}
	written, _ := f.write(value, false, false)
	return []Offer{{v.Text(), Row{f.name, Is, written}}}
}
