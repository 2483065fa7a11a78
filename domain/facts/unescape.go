package facts

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escapes maps the letter behind a backslash to what it stands for.
var escapes = [256]byte{
	'"': '"', '\'': '\'', '\\': '\\', '/': '/', '`': '`',
	'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// unescape resolves backslash escapes. An unknown one stays as it is written. What
// no text column can hold (NUL, half a surrogate pair) becomes U+FFFD.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		if c := escapes[s[1]]; c != 0 {
			b.WriteByte(c)
			s = s[2:]
			continue
		}
		r, size := codeEscape(s)
		if size == 0 {
			b.WriteByte('\\')
			s = s[1:]
			continue
		}
		b.WriteRune(r)
		s = s[size:]
	}
}

// codeEscape reads \uXXXX, a surrogate pair of two, or \xXX at the start of s.
// Size 0: there is none.
func codeEscape(s string) (r rune, size int) {
	switch s[1] {
	case 'u':
		size = 6
	case 'x':
		size = 4
	default:
		return 0, 0
	}
	r, ok := hex(s, 2, size)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if low, ok := hex(s, 8, 12); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
	}
	if r == 0 || utf16.IsSurrogate(r) {
		r = utf8.RuneError
	}
	return r, size
}

func hex(s string, from, to int) (r rune, ok bool) {
	if len(s) < to {
		return 0, false
	}
	for _, c := range []byte(s[from:to]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
