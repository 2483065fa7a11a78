package facts

import (
	"slices"
	"strings"
)

// instance reads the container at bracket, in front of which a type may stand. A
// call with one argument, such as int(44) or Optional("a"), is that argument.
func (d *dumpDecoder) instance(key string, bracket int) {
	call := bracket > d.pos && d.src[bracket] == '('
	d.pos = bracket
	at := len(d.nodes)
	d.container(key)
	wrapper := d.nodes[at]
	if call && wrapper.kind == ArrayValue && len(d.nodes) > at+1 && d.nodes[at+1].size == wrapper.size-1 {
		d.nodes = slices.Delete(d.nodes, at, at+1)
		d.nodes[at].key = key
	}
}

// bracket returns where the bracket of the container stands that begins at pos,
// behind its type if it has one, or -1.
func (d *dumpDecoder) bracket() int {
	i := d.pos
	switch c := d.src[i]; {
	case c == '{':
		return i
	case c == '[':
		if placeholder(d.src[i:]) {
			return -1
		}
		return i
	case c == '(':
		if strings.HasPrefix(d.src[i:], "(#") { // Graph API messages begin with their code
			return -1
		}
		return i
	case c == '#' && strings.HasPrefix(d.src[i:], "#<"):
		return i + 1
	case (c == '%' || c == '&' || c == '@') && i+1 < len(d.src) && d.src[i+1] == '{':
		return i + 1
	case isLetter(c):
		return typedBracket(d.src, i)
	}
	return -1
}

// placeholder reports whether s begins with what Node prints for what it leaves
// out, such as [Object], or for an error: [Error: text].
func placeholder(s string) bool {
	if len(s) < 3 || s[1] < 'A' || s[1] > 'Z' {
		return false
	}
	end := nameEnd(s, 1)
	return end < len(s) && (s[end] == ']' || s[end] == ':' && end+1 < len(s) && s[end+1] == ' ')
}

// typedBracket returns where the bracket stands behind the type name at i, or -1:
// XrpcError(, Array\n(, stdClass Object\n(, array(2) {, object(A)#1 (2) {,
// array:3 [, map[, BadBody {.
func typedBracket(s string, i int) int {
	end := typeEnd(s, i)
	if end == len(s) {
		return -1
	}
	name := s[i:end]
	switch {
	case s[end] == '(' && (name == "array" || name == "object" || name == "class"):
		return phpBracket(s, end)
	case s[end] == '(':
		return end
	case s[end] == '[' && name == "map":
		return end
	}
	next := spacesEnd(s, end)
	if object := strings.HasPrefix(s[next:], "Object"); object || name == "Array" {
		if object {
			next = spacesEnd(s, next+len("Object"))
		}
		if next < len(s) && s[next] == '(' {
			return next
		}
		return -1
	}
	if next < len(s) && (s[next] == '{' && next-end <= 1 || s[next] == '[' && strings.HasPrefix(name, "array:")) {
		return next
	}
	return -1
}

// phpBracket finds the brace behind array(2) or object(A)#1 (2); i is at the
// first parenthesis.
func phpBracket(s string, i int) int {
	window := s[i:min(len(s), i+120)]
	brace := strings.IndexByte(window, '{')
	if brace < 0 || strings.ContainsAny(window[:brace], "\"'=;") {
		return -1
	}
	return i + brace
}

func typeEnd(s string, i int) int {
	limit := min(len(s), i+100)
	for i < limit && (isNameByte(s[i]) || s[i] == '\\' || s[i] == '.' || s[i] == ':' && i+1 < limit && s[i+1] != ' ') {
		i++
	}
	return i
}
