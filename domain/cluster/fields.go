package cluster

import "strings"

// tokenKind is what a field of a template is.
type tokenKind uint8

const (
	punctuation tokenKind = iota // punctuation
	fact                         // of the head
	word                         // constant text
	mixed                        // constant text and masks, "node-<num>"
	variable                     // masks only
)

// token is a part of a template that is compared as one: a name with the masks
// glued to it, or a sign.
type token struct {
	text        string // as in the template
	hash        uint64 // of the text with every mask alike
	kind        tokenKind
	spaceBefore bool  // white space before it
	maskCount   int16 // how many masks are in it
	firstMask   int16 // the number of the first of them in the template
}

const wildcard = "<*>"

var wildcardHash = hashText(wildcard)

// generalized returns f as a place where anything may stand.
func (f token) generalized() token {
	return token{text: wildcard, hash: wildcardHash, kind: variable, spaceBefore: f.spaceBefore, maskCount: 1}
}

// tokens takes a template apart. Kinds of masks make no difference from here on:
// a place that holds an address now and a host's name then is one place.
func tokenize(template string) []token {
	facts, message := factsAndMessage(template)
	var list []token
	for _, f := range strings.Fields(facts) {
		list = append(list, token{text: f, hash: hashText(f), kind: fact, spaceBefore: true})
	}
	return append(list, foldLists(tokenizeMessage(message, len(list) > 0))...)
}

// factsAndMessage parts the facts of a template, the separator with them, from its message.
func factsAndMessage(template string) (facts, message string) {
	i := strings.IndexRune(template, separator)
	if i < 0 {
		return "", template
	}
	i += len(string(separator))
	return template[:i], strings.TrimPrefix(template[i:], " ")
}

// tokenizeMessage takes a template's message apart.
func tokenizeMessage(message string, gap bool) []token {
	var list []token
	masks := int16(0)
	for i := 0; i < len(message); {
		if message[i] == ' ' {
			gap = true
			i++
			continue
		}
		f := readToken(message[i:])
		i += len(f.text)
		f.spaceBefore, gap = gap, false
		f.firstMask = masks
		masks += f.maskCount
		list = append(list, f)
	}
	return list
}

// readToken reads the field that text begins with.
func readToken(text string) token {
	h := newHash()
	f := token{}
	letters, i := 0, 0
	for i < len(text) {
		if n := maskLength(text[i:]); n > 0 {
			h.text(wildcard)
			f.maskCount++
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
	f.text, f.hash = text[:i], h.sum
	switch {
	case i == 0:
		f.text, f.hash, f.kind = text[:1], hashText(text[:1]), punctuation
	case f.maskCount == 0:
		f.kind = word
	case letters == 0:
		f.hash, f.kind = wildcardHash, variable
	default:
		f.kind = mixed
	}
	return f
}

// continuesWord tells whether the byte of text at i belongs to the name around it, as
// signs that hold names together do.
func continuesWord(text string, i int) bool {
	c := text[i]
	if isWord(c) || c >= 0x80 {
		return true
	}
	return i > 0 && (c == '-' || c == '.' || c == '$') && i+1 < len(text) && (isWord(text[i+1]) || maskLength(text[i+1:]) > 0)
}

// maskLength returns the length of the mask that text begins with, of a shape or
// of a cluster, or of one that was given a value; 0 if there is none.
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

// maxRecord is the longest record, in fields, that foldLists knows as a list's.
const maxRecord = 8

// foldLists keeps one record of a run of like records that hold variables, as in
// "node-<num> <hex> ok node-<num> <hex> ok", with commas between them or without: a
// list is as long as it happens to be.
func foldLists(list []token) []token {
	out := list[:0:0]
	for _, f := range list {
		out = append(out, f)
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

// repeatsRecord tells whether a record says the same as the end of the list before it,
// and holds a variable.
func repeatsRecord(list, record []token) bool {
	list = list[len(list)-len(record):]
	varies := false
	for i, f := range record {
		if f.hash != list[i].hash || f.kind == fact {
			return false
		}
		varies = varies || f.kind == variable || f.kind == mixed
	}
	return varies
}
