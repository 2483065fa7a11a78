package cluster

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The brackets of a fixed value: the value that a split has put in place of a mask,
// such as ⟨ann⟩. The scanner never writes them.
const (
	fixedOpen  = '⟨'
	fixedClose = '⟩'
)

// maxFixedValue is the length, in bytes, of the longest value that can be fixed.
const maxFixedValue = 200

// hasFixedValue reports whether text begins with a fixed value.
func hasFixedValue(text string) bool {
	return strings.HasPrefix(text, string(fixedOpen)) && strings.ContainsRune(text, fixedClose)
}

// isWildcard reports whether t is a wildcard, or was one before its value was fixed.
func (t token) isWildcard() bool {
	return t.text == wildcard || hasFixedValue(t.text) && maskLength(t.text) == len(t.text)
}

// FixValue returns the shape of the errors of a cluster that have a value behind a
// mask of its template: the template with the value in place of the mask. Masks are
// counted from 0. It returns false when there is no such mask, when its value is
// fixed already, or when the value is empty, longer than 200 bytes or not plain
// text. For example "user <*> left" becomes "user ⟨ann⟩ left".
func FixValue(template string, mask int, value string) (Shape, bool) {
	facts, message := factsAndMessage(template)
	if value == "" || len(value) > maxFixedValue || !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return Shape{}, false
	}
	start := maskStart(message, mask)
	if start < 0 || hasFixedValue(message[start:]) {
		return Shape{}, false
	}
	fixed := string(fixedOpen) + strings.Map(sanitizeRune, value) + string(fixedClose)
	message = message[:start] + fixed + message[start+maskLength(message[start:]):]
	if facts != "" {
		message = facts + " " + message
	}
	// The hash is of the original value, because two may look alike in the template.
	return Shape{hashText(template + "\x00" + strconv.Itoa(mask) + "\x00" + value), message, GroupingVersion}, true
}

// maskStart returns where the mask with an index begins in a template's message, -1
// if there are fewer masks.
func maskStart(message string, mask int) int {
	for i := 0; i < len(message); {
		n := maskLength(message[i:])
		if n > 0 && mask == 0 {
			return i
		}
		if n > 0 {
			mask--
		}
		i += max(n, 1)
	}
	return -1
}

// sanitizeRune replaces the characters that would end a fixed value or its line.
func sanitizeRune(r rune) rune {
	switch {
	case r == fixedOpen:
		return '‹'
	case r == fixedClose:
		return '›'
	case r == separator:
		return '|'
	case unicode.IsControl(r):
		return ' '
	}
	return r
}

// Extractor finds the value behind one mask of a cluster's template in the messages
// of one of the cluster's shapes.
type Extractor struct {
	template string
	mask     int
}

// NewExtractor returns the extractor for a mask, counted from 0, of a cluster's
// template and the template of one of the cluster's shapes. It returns false when
// the shape has no such part, because people moved it into the cluster.
func NewExtractor(template string, mask int, shape string) (Extractor, bool) {
	_, message := factsAndMessage(template)
	start := maskStart(message, mask)
	if start < 0 {
		return Extractor{}, false
	}
	list, own := tokenizeMessage(message, false), tokenize(shape)
	facts, _ := factsAndMessage(shape)
	own = own[len(strings.Fields(facts)):]
	i := tokenOfMask(list, mask)
	if len(list) != len(own) {
		return Extractor{}, false
	}
	inside := mask - int(list[i].firstMask)
	switch {
	case list[i].isWildcard():
		own[i] = own[i].generalized()
	case list[i].hash != own[i].hash || inside >= int(own[i].maskCount):
		return Extractor{}, false
	}
	for _, t := range own[:i] {
		inside += int(t.maskCount)
	}
	return Extractor{joinTokens(own), inside}, true
}

// tokenOfMask returns the index of the token that holds a mask. The mask must exist.
func tokenOfMask(list []token, mask int) int {
	i := 0
	for int(list[i].firstMask+list[i].maskCount) <= mask {
		i++
	}
	return i
}

// Value returns the value in a message of the shape, and false if the message does
// not have the shape.
func (c Extractor) Value(message string) (string, bool) {
	values, ok := Values(c.template, message)
	if !ok || c.mask >= len(values) {
		return "", false
	}
	return values[c.mask], true
}
