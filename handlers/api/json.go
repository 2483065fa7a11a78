package api

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// skipSpace returns b without leading JSON white space.
func skipSpace(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// value splits the JSON value that b begins with from what follows it. It
// checks brackets and strings only, in one pass and without recursion.
// ok is false when b ends within the value or begins with none.
func value(b []byte) (v, rest []byte, ok bool) {
	b = skipSpace(b)
	if len(b) == 0 {
		return nil, nil, false
	}
	switch b[0] {
	case '{', '[':
		n := bracketed(b)
		return b[:n], b[n:], n > 0
	case '"':
		n := quoted(b)
		return b[:n], b[n:], n > 0
	}
	n := bytes.IndexAny(b, ",:]} \t\r\n\"")
	if n < 0 {
		n = len(b)
	}
	return b[:n], b[n:], n > 0
}

// bracketed returns the length of the object or array that b begins with, 0
// when it does not end.
func bracketed(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			n := quoted(b[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		}
	}
	return 0
}

// quoted returns the length of the string that b begins with, quotes
// included, 0 when it does not end.
func quoted(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// members returns the fields of a JSON object by name, each as the bytes that
// were sent; of a name that stands twice, the last. ok is false when b is not
// a whole object.
func members(b []byte) (fields map[string][]byte, ok bool) {
	b = skipSpace(b)
	if len(b) == 0 || b[0] != '{' {
		return nil, false
	}
	fields = map[string][]byte{}
	b = skipSpace(b[1:])
	if len(b) > 0 && b[0] == '}' {
		return fields, len(skipSpace(b[1:])) == 0
	}
	for {
		name, v, rest, ok := member(b)
		if !ok {
			return nil, false
		}
		fields[name] = v
		rest = skipSpace(rest)
		switch {
		case len(rest) > 0 && rest[0] == ',':
			b = rest[1:]
		case len(rest) > 0 && rest[0] == '}':
			return fields, len(skipSpace(rest[1:])) == 0
		default:
			return nil, false
		}
	}
}

// member splits `"name": value` from the head of b.
func member(b []byte) (name string, v, rest []byte, ok bool) {
	key, rest, ok := value(b)
	if !ok || key[0] != '"' {
		return "", nil, nil, false
	}
	rest = skipSpace(rest)
	if len(rest) == 0 || rest[0] != ':' {
		return "", nil, nil, false
	}
	name = unquote(key)
	v, rest, ok = value(rest[1:])
	return name, v, rest, ok
}

// unquote returns what a JSON string says. Bytes that are not UTF-8 stay, and
// so does an escape that stands for nothing, such as half a surrogate pair:
// an error must come through as it was sent.
func unquote(s []byte) string {
	text, _ := unquoteWith(s, func(escape []byte) string { return string(escape) })
	return text
}

// unquoteText is unquote with U+FFFD for each escape that stands for nothing.
// whole is false when there was one.
func unquoteText(s []byte) (text string, whole bool) {
	return unquoteWith(s, func([]byte) string { return "\uFFFD" })
}

func unquoteWith(s []byte, broken func(escape []byte) string) (text string, whole bool) {
	s = s[1 : len(s)-1]
	if bytes.IndexByte(s, '\\') < 0 {
		return string(s), true
	}
	whole = true
	var out strings.Builder
	for len(s) > 0 {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			break
		}
		out.Write(s[:i])
		r, n := escape(s[i:])
		if r < 0 {
			whole = false
			out.WriteString(broken(s[i : i+n]))
		} else {
			out.WriteRune(r)
		}
		s = s[i+n:]
	}
	out.Write(s)
	return out.String(), whole
}

var simpleEscapes = map[byte]rune{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escape reads the escape that b begins with: its character, or -1 when it
// stands for none, and its length.
func escape(b []byte) (r rune, n int) {
	if len(b) < 2 {
		return -1, len(b)
	}
	if r, ok := simpleEscapes[b[1]]; ok {
		return r, 2
	}
	first := hex4(b)
	if first < 0 {
		return -1, 2
	}
	if !utf16.IsSurrogate(first) {
		return first, 6
	}
	if second := hex4(b[6:]); second >= 0 {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			return r, 12
		}
	}
	return -1, 6
}

// hex4 reads \uXXXX at the head of b, -1 when there is none.
func hex4(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if d < 0 || c < '0' {
			return -1
		}
		r = r<<4 | rune(d)
	}
	return r
}
