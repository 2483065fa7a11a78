package cluster

import "strings"

// fieldKind is what a field of a template is.
type fieldKind uint8

const (
	sign     fieldKind = iota // punctuation
	fact                      // of the head
	word                      // constant text
	mixed                     // constant text and masks, "node-<num>"
	variable                  // masks only
)

// field is a part of a template that is compared as one: a name with the masks
// glued to it, or a sign.
type field struct {
	text  string // as in the template
	hash  uint64 // of the text with every mask alike
	kind  fieldKind
	gap   bool  // white space before it
	masks int16 // how many masks are in it
	mask  int16 // the number of the first of them in the template
}

const anything = "<*>"

var variableHash = hashText(anything)

// opening returns f as a place where anything may stand.
func (f field) opening() field {
	return field{text: anything, hash: variableHash, kind: variable, gap: f.gap, masks: 1}
}

// fields takes a template apart. Kinds of masks make no difference from here on:
// a place that holds an address now and a host's name then is one place.
func fields(template string) []field {
	facts, message := cutHead(template)
	var list []field
	for _, f := range strings.Fields(facts) {
		list = append(list, field{text: f, hash: hashText(f), kind: fact, gap: true})
	}
	return append(list, foldLists(messageFields(message, len(list) > 0))...)
}

// cutHead parts the facts of a template, the separator with them, from its message.
func cutHead(template string) (facts, message string) {
	i := strings.IndexRune(template, separator)
	if i < 0 {
		return "", template
	}
	i += len(string(separator))
	return template[:i], strings.TrimPrefix(template[i:], " ")
}

// messageFields takes a template's message apart.
func messageFields(message string, gap bool) []field {
	var list []field
	masks := int16(0)
	for i := 0; i < len(message); {
		if message[i] == ' ' {
			gap = true
			i++
			continue
		}
		f := fieldAt(message[i:])
		i += len(f.text)
		f.gap, gap = gap, false
		f.mask = masks
		masks += f.masks
		list = append(list, f)
	}
	return list
}

// fieldAt reads the field that text begins with.
func fieldAt(text string) field {
	h := newHash()
	f := field{}
	letters, i := 0, 0
	for i < len(text) {
		if n := maskLength(text[i:]); n > 0 {
			h.text(anything)
			f.masks++
			i += n
			continue
		}
		if !inName(text, i) {
			break
		}
		h.byte(text[i])
		letters++
		i++
	}
	f.text, f.hash = text[:i], h.sum
	switch {
	case i == 0:
		f.text, f.hash, f.kind = text[:1], hashText(text[:1]), sign
	case f.masks == 0:
		f.kind = word
	case letters == 0:
		f.hash, f.kind = variableHash, variable
	default:
		f.kind = mixed
	}
	return f
}

// inName tells whether the byte of text at i belongs to the name around it, as
// signs that hold names together do.
func inName(text string, i int) bool {
	c := text[i]
	if isWord(c) || c >= 0x80 {
		return true
	}
	return i > 0 && (c == '-' || c == '.' || c == '$') && i+1 < len(text) && (isWord(text[i+1]) || maskLength(text[i+1:]) > 0)
}

// maskLength returns the length of the mask that text begins with, of a shape or
// of a cluster, or of one that was given a value; 0 if there is none.
func maskLength(text string) int {
	if strings.HasPrefix(text, anything) {
		return len(anything)
	}
	if isGiven(text) {
		return strings.IndexRune(text, givenClose) + len(string(givenClose))
	}
	if m := maskAt(text); m != 0 {
		return len(maskTexts[m])
	}
	return 0
}

// maxPeriod is the longest record, in fields, that foldLists knows as a list's.
const maxPeriod = 8

// foldLists keeps one record of a run of like records that hold variables, as in
// "node-<num> <hex> ok node-<num> <hex> ok", with commas between them or without: a
// list is as long as it happens to be.
func foldLists(list []field) []field {
	out := list[:0:0]
	for _, f := range list {
		out = append(out, f)
		for folded := true; folded; {
			folded = false
			for p := 1; p <= maxPeriod && 2*p <= len(out); p++ {
				if end := len(out) - p; repeats(out[:end], out[end:]) {
					out, folded = out[:end], true
					break
				} else if end--; out[end].text == "," && end >= p && repeats(out[:end], out[end+1:]) {
					out, folded = out[:end], true
					break
				}
			}
		}
	}
	return out
}

// repeats tells whether a record says the same as the end of the list before it,
// and holds a variable.
func repeats(list, record []field) bool {
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
