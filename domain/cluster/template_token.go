package cluster

import "strings"

// tokenKind is the kind of a token.
type tokenKind uint8

const (
	punctuation tokenKind = iota
	fact                  // such as "code=190", before the separator
	word                  // constant text
	mixed                 // constant text and masks, such as "node-<num>"
	variable              // masks only
)

// token is the smallest part of a template that is compared: a word with the masks
// joined to it, such as "node-<num>", or one punctuation character.
type token struct {
	text        string // as in the template
	hash        uint64 // of the text with a wildcard for each mask
	kind        tokenKind
	spaceBefore bool  // white space before it
	maskCount   int16 // how many masks are in it
	firstMask   int16 // the index of the first of them in the template, from 0
}

// wildcard stands in a template where its shapes differ.
const wildcard = "<*>"

var wildcardHash = hashText(wildcard)

// generalized returns a wildcard in place of t.
func (t token) generalized() token {
	return token{text: wildcard, hash: wildcardHash, kind: variable, spaceBefore: t.spaceBefore, maskCount: 1}
}

// tokenize returns the tokens of a template. Tokens that differ only in the kinds of
// their masks have the same hash: "<ip>" and "<host>" stand for the same variable.
func tokenize(template string) []token {
	facts, message := factsAndMessage(template)
	var list []token
	for _, t := range strings.Fields(facts) {
		list = append(list, token{text: t, hash: hashText(t), kind: fact, spaceBefore: true})
	}
	return append(list, foldLists(tokenizeMessage(message, len(list) > 0))...)
}

// factsAndMessage returns the facts of a template, with the separator, and its message.
func factsAndMessage(template string) (facts, message string) {
	i := strings.IndexRune(template, separator)
	if i < 0 {
		return "", template
	}
	i += len(string(separator))
	return template[:i], strings.TrimPrefix(template[i:], " ")
}

// tokenizeMessage returns the tokens of a template's message.
func tokenizeMessage(message string, gap bool) []token {
	var list []token
	masks := int16(0)
	for i := 0; i < len(message); {
		if message[i] == ' ' {
			gap = true
			i++
			continue
		}
		t := readToken(message[i:])
		i += len(t.text)
		t.spaceBefore, gap = gap, false
		t.firstMask = masks
		masks += t.maskCount
		list = append(list, t)
	}
	return list
}

// readToken reads the token that text begins with.
func readToken(text string) token {
	h := newHash()
	t := token{}
	letters, i := 0, 0
	for i < len(text) {
		if n := maskLength(text[i:]); n > 0 {
			h.text(wildcard)
			t.maskCount++
			i += n
			continue
		}
		if !continuesWord(text, i) {
			break
		}
		h.byte(text[i])
		letters++
		i++
	}
	t.text, t.hash = text[:i], h.sum
	switch {
	case i == 0:
		t.text, t.hash, t.kind = text[:1], hashText(text[:1]), punctuation
	case t.maskCount == 0:
		t.kind = word
	case letters == 0:
		t.hash, t.kind = wildcardHash, variable
	default:
		t.kind = mixed
	}
	return t
}

// continuesWord reports whether the byte of text at i belongs to the word around it,
// as the hyphen in "node-1" does.
func continuesWord(text string, i int) bool {
	c := text[i]
	if isWord(c) || c >= 0x80 {
		return true
	}
	return i > 0 && (c == '-' || c == '.' || c == '$') && i+1 < len(text) && (isWord(text[i+1]) || maskLength(text[i+1:]) > 0)
}

// maskLength returns the length of the mask, wildcard or fixed value that text begins
// with; 0 if there is none.
func maskLength(text string) int {
	if strings.HasPrefix(text, wildcard) {
		return len(wildcard)
	}
	if hasFixedValue(text) {
		return strings.IndexRune(text, fixedClose) + len(string(fixedClose))
	}
	if m := maskAt(text); m != 0 {
		return len(maskTexts[m])
	}
	return 0
}

// maxRecord is the length, in tokens, of the longest record that foldLists folds.
const maxRecord = 8

// foldLists keeps one of several equal records in a row that hold variables, with or
// without commas between them, because the length of a list does not matter:
// "node-<num> <hex> ok node-<num> <hex> ok" becomes "node-<num> <hex> ok".
func foldLists(list []token) []token {
	out := list[:0:0]
	for _, t := range list {
		out = append(out, t)
		for folded := true; folded; {
			folded = false
			for p := 1; p <= maxRecord && 2*p <= len(out); p++ {
				if end := len(out) - p; repeatsRecord(out[:end], out[end:]) {
					out, folded = out[:end], true
					break
				} else if end--; out[end].text == "," && end >= p && repeatsRecord(out[:end], out[end+1:]) {
					out, folded = out[:end], true
					break
				}
			}
		}
	}
	return out
}

// repeatsRecord reports whether a record equals the end of the list before it and
// holds a variable.
func repeatsRecord(list, record []token) bool {
	list = list[len(list)-len(record):]
	varies := false
	for i, t := range record {
		if t.hash != list[i].hash || t.kind == fact {
			return false
		}
		varies = varies || t.kind == variable || t.kind == mixed
	}
	return varies
}
