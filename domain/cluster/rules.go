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
	weightConstant        weight = -1 // the word is part of the meaning
	weightNone            weight = 0  // it is no evidence, but may stand at a variable place
	weightAny             weight = 3
	weightName            weight = 5
	weightIdentifier      weight = 6
	weightNamedIdentifier weight = 8
	weightMask            weight = 19 // a masked value at the same place
	threshold             weight = 24
)

// wordWeight returns the weight of field i of a template whose first field with
// letters is at first.
func wordWeight(list []token, i, first int) weight {
	f := list[i]
	if f.kind != word && f.kind != mixed || i == first {
		// A message begins with what it is about.
		return weightConstant
	}
	if stopWords.has(strings.ToLower(f.text)) || namesState(f.text) || len(f.text) == 1 || isKey(list, i) {
		return weightConstant
	}
	before, between := previousWord(list, i)
	if topicLabels.has(before) || isCodeLabel(before) {
		return weightConstant
	}
	if isAllCaps(f.text) {
		// Capitals are how programs write the members of an enumeration.
		return weightNone
	}
	// A value of a field, in quotes or brackets, or after "user", "from" …
	expected := strings.IndexByte("=:\"'`[(@/", between) >= 0 || between == ' ' && nameCues.has(before)
	switch made := isIdentifier(f.text); {
	case made && expected:
		return weightNamedIdentifier
	case made:
		return weightIdentifier
	case expected:
		return weightName
	}
	return weightAny
}

// isKey tells whether field i is a name with its value behind it.
func isKey(list []token, i int) bool {
	return i+1 < len(list) && (list[i+1].text == "=" || list[i+1].text == ":")
}

// previousWord returns the word before field i in lower case, "" if i is the first of
// the message, and the last sign between them, ' ' if there is none.
func previousWord(list []token, i int) (before string, between byte) {
	between = ' '
	p := i - 1
	for ; p >= 0 && list[p].kind == punctuation; p-- {
		if between == ' ' {
			between = list[p].text[0]
		}
	}
	if p < 0 || list[p].kind == fact {
		return "", between
	}
	return strings.ToLower(list[p].text), between
}

// firstWord returns the place of a message's first word, -1 if it has none.
func firstWord(list []token) int {
	return slices.IndexFunc(list, func(f token) bool { return f.kind == word || f.kind == mixed })
}

// countConstants counts the words that say something: what is left of a template
// when its variables are taken away.
func countConstants(list []token) int {
	n := 0
	for _, f := range list {
		n += f.constant()
	}
	return n
}
