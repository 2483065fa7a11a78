package cluster

import (
	"slices"
	"strings"
)

// weight says how strong the evidence of one word is that its position is variable.
type weight int8

// The weights of one word, and the threshold at which a position is variable. So
// many different words confirm it: eight of any kind; five where names are expected;
// four identifiers; three identifiers where names are expected. Beside a mask at the
// same position, two words of any kind or one where names are expected are enough.
// The numbers work because the enumerations that programs print mostly have fewer
// members, and names have more sooner or later.
const (
	weightConstant        weight = -1 // the word is part of the meaning: never generalized
	weightNone            weight = 0  // no evidence, but a wildcard may stand for the word
	weightAny             weight = 3  // any other word
	weightName            weight = 5  // a word where names are expected
	weightIdentifier      weight = 6  // a word such as "wal_a" or "idxMain"
	weightNamedIdentifier weight = 8  // an identifier where names are expected
	weightMask            weight = 19 // a mask at the same position
	threshold             weight = 24
)

// wordWeight returns the weight of token i of a template whose first word is token
// first.
func wordWeight(list []token, i, first int) weight {
	t := list[i]
	if t.kind != word && t.kind != mixed || i == first {
		// The first word says what the message is about.
		return weightConstant
	}
	if stopWords.has(strings.ToLower(t.text)) || namesState(t.text) || len(t.text) == 1 || isKey(list, i) {
		return weightConstant
	}
	before, between := previousWord(list, i)
	if topicLabels.has(before) || isCodeLabel(before) {
		return weightConstant
	}
	if isAllCaps(t.text) {
		// Programs write the members of an enumeration in capitals.
		return weightNone
	}
	// A value such as "user=ann", in quotes or brackets, or after "user" or "from".
	expected := strings.IndexByte("=:\"'`[(@/", between) >= 0 || between == ' ' && nameCues.has(before)
	switch made := isIdentifier(t.text); {
	case made && expected:
		return weightNamedIdentifier
	case made:
		return weightIdentifier
	case expected:
		return weightName
	}
	return weightAny
}

// isKey reports whether token i is a key that is followed by its value.
func isKey(list []token, i int) bool {
	return i+1 < len(list) && (list[i+1].text == "=" || list[i+1].text == ":")
}

// previousWord returns the word before token i in lower case, "" if there is none,
// and the punctuation that follows that word, ' ' if there is none.
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

// firstWord returns the index of a message's first word, -1 if it has none.
func firstWord(list []token) int {
	return slices.IndexFunc(list, func(t token) bool { return t.kind == word || t.kind == mixed })
}

// countConstants counts the constant words of a template.
func countConstants(list []token) int {
	n := 0
	for _, t := range list {
		n += t.constant()
	}
	return n
}
