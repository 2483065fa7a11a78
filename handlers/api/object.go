package api

import "strings"

// maxDepth is how deep brackets may be nested. What is nested deeper is larger
// than an error may be.
const maxDepth = maxError

// object returns the length of the object that b begins with. When whole is
// false the object was cut, and n is where what follows it begins. Only what
// tells a cut is checked: that brackets match, that an object stands in another
// one after a colon, and that a string does not reach into the next object. In
// lines, a new line does too unless it goes on with the object.
func object(b []byte, lines bool) (n int, whole bool) {
	open := make([]byte, 0, 64)
	var last byte // before b[i], other than white space
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch c {
		case ' ', '\t', '\r':
			continue
		case '\n':
			if lines && cutLine(last, b[i+1:]) {
				return i + 1, false
			}
			continue
		case '{', '[':
			if len(open) == maxDepth || len(open) > 0 && open[len(open)-1] == '{' && last != ':' {
				return i, false
			}
			open = append(open, c)
		case '}', ']':
			if open[len(open)-1] != c-2 { // in ASCII, two before
				return i + 1, false
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return i + 1, true
			}
		case '"':
			n := quoted(b[i:])
			if n == 0 {
				return len(b), false
			}
			if begins := cutString(b[i:], n); begins > 0 {
				return i + begins, false
			}
			i += n - 1
		}
		last = c
	}
	return len(b), false
}

// cutLine reports whether an object that is open at the end of a line, after
// last, does not go on with the next line: that begins with a bracket and is
// not indented, or follows a value without a comma.
func cutLine(last byte, next []byte) bool {
	switch {
	case len(next) == 0:
		return false
	case next[0] == '{' || next[0] == '[':
		return true
	}
	return strings.IndexByte("{[,:", last) < 0 && !isSpace(next[0]) && strings.IndexByte(",:}]", next[0]) < 0
}

// cutString returns where in the string of n bytes that b begins with the next
// object begins, 0 when none does. The string was cut then, and what ends it is
// the quote before the object's first name, as in `"cut},{"id":1}`.
func cutString(b []byte, n int) int {
	if n == len(b) || isSpace(b[n]) || strings.IndexByte(",:}]", b[n]) >= 0 {
		return 0
	}
	i := n - 2
	for i > 0 && isSpace(b[i]) {
		i--
	}
	if b[i] != '{' {
		return 0
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
