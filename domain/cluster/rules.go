package cluster

import (
	"slices"
	"strings"
)

// weight is how much one word at a place speaks for the place being variable.
type weight int8

// The weights, against proof. In numbers of different words, all else being
// equal, a place is variable that held eight of any kind, or five where names are
// expected, or four made-up identifiers, or three of them where names are expected;
// beside a masked value one word where names are expected is enough, or two
// anywhere. An enumeration that a program prints mostly has fewer members; names
// have more sooner or later.
const (
	apart    weight = -1 // the word is part of the meaning
	joins    weight = 0  // it is no evidence, but may stand at a variable place
	plain    weight = 3
	slot     weight = 5
	named    weight = 6
	madeSlot weight = 8
	measured weight = 19 // a masked value at the same place
	proof    weight = 24
)

// speaks returns the weight of field i of a template whose first field with
// letters is at first.
func speaks(list []field, i, first int) weight {
	f := list[i]
	if f.kind != word && f.kind != mixed || i == first {
		// A message begins with what it is about.
		return apart
	}
	if grammar.has(strings.ToLower(f.text)) || saysState(f.text) || len(f.text) == 1 || namesValue(list, i) {
		return apart
	}
	before, between := previous(list, i)
	if deciders.has(before) || announces(before) {
		return apart
	}
	if inCapitals(f.text) {
		// Capitals are how programs write the members of an enumeration.
		return joins
	}
	// A value of a field, in quotes or brackets, or after "user", "from" …
	expected := strings.IndexByte("=:\"'`[(@/", between) >= 0 || between == ' ' && introducers.has(before)
	switch made := isIdentifier(f.text); {
	case made && expected:
		return madeSlot
	case made:
		return named
	case expected:
		return slot
	}
	return plain
}

// namesValue tells whether field i is a name with its value behind it.
func namesValue(list []field, i int) bool {
	return i+1 < len(list) && (list[i+1].text == "=" || list[i+1].text == ":")
}

// previous returns the word before field i in lower case, "" if i is the first of
// the message, and the last sign between them, ' ' if there is none.
func previous(list []field, i int) (before string, between byte) {
	between = ' '
	p := i - 1
	for ; p >= 0 && list[p].kind == sign; p-- {
		if between == ' ' {
			between = list[p].text[0]
		}
	}
	if p < 0 || list[p].kind == fact {
		return "", between
	}
	return strings.ToLower(list[p].text), between
}

// firstLettered returns the place of a message's first word, -1 if it has none.
func firstLettered(list []field) int {
	return slices.IndexFunc(list, func(f field) bool { return f.kind == word || f.kind == mixed })
}

// constants counts the words that say something: what is left of a template
// when its variables are taken away.
func constants(list []field) int {
	n := 0
	for _, f := range list {
		n += f.constant()
	}
	return n
}
