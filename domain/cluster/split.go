package cluster

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Around a value that a split has put in the place of a mask. The scanner never
// writes either.
const (
	fixedOpen  = '⟨'
	fixedClose = '⟩'
)

// maxFixedValue is the length, in bytes, of the longest value that can be split off.
const maxFixedValue = 200

// hasFixedValue tells whether text begins with a value in the place of a mask.
func hasFixedValue(text string) bool {
	return strings.HasPrefix(text, string(fixedOpen)) && strings.ContainsRune(text, fixedClose)
}

// isWildcard tells whether all of a field is one place where anything may stand, or
// stood before it was given a value.
func (f token) isWildcard() bool {
	return f.text == wildcard || hasFixedValue(f.text) && maskLength(f.text) == len(f.text)
}

// FixValue returns the shape of the errors of a cluster that have a value behind a
// mask of its template, counted from 0: the template with the value in the mask's
// place. It is false when there is no such mask, when it was given a value
// already, or when the value is empty, longer than 200 bytes or not plain text.
func FixValue(template string, mask int, value string) (Shape, bool) {
	facts, message := factsAndMessage(template)
	if value == "" || len(value) > maxFixedValue || !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return Shape{}, false
	}
	start := maskStart(message, mask)
	if start < 0 || hasFixedValue(message[start:]) {
		return Shape{}, false
	}
	given := string(fixedOpen) + strings.Map(sanitizeRune, value) + string(fixedClose)
	message = message[:start] + given + message[start+maskLength(message[start:]):]
	if facts != "" {
		message = facts + " " + message
	}
	// Of the value as it is: two may look alike.
	return Shape{hashText(template + "\x00" + strconv.Itoa(mask) + "\x00" + value), message, GroupingVersion}, true
}

// maskStart returns where a mask of a message's template begins, -1 if there are
// not so many.
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

// sanitizeRune keeps a value from ending its place or its line.
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

// Extractor is where the messages of a shape hold what stands behind a mask of their
// cluster's template.
type Extractor struct {
	template string
	mask     int
}

// NewExtractor finds the place of a mask, counted from 0, of a cluster's template in
// the template of one of the cluster's shapes. It is false when the shape has no
// such place, because people put it into the cluster.
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
	for _, f := range own[:i] {
		inside += int(f.maskCount)
	}
	return Extractor{joinTokens(own), inside}, true
}

// tokenOfMask returns which field of a template holds a mask that it has.
func tokenOfMask(list []token, mask int) int {
	i := 0
	for int(list[i].firstMask+list[i].maskCount) <= mask {
		i++
	}
	return i
}

// Value returns what a message of the shape holds there, false if it is not of
// the shape.
func (c Extractor) Value(message string) (string, bool) {
	values, ok := Values(c.template, message)
	if !ok || c.mask >= len(values) {
		return "", false
	}
	return values[c.mask], true
}
