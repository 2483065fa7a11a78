package scrub

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// view is a text as it reads after one or more levels of escaping are undone. at
// maps each of its bytes, and its end, to where it stands in the source.
type view struct {
	text string
	at   []int32 // nil: the source itself
}

// source returns where the byte at i stands in the source.
func (v view) source(i int) int {
	if v.at == nil {
		return i
	}
	return int(v.at[i])
}

// maxLevels is how many levels of escaping are undone.
const maxLevels = 5

// unescaped undoes one level of all escapes at once: those of JSON and other
// languages, of addresses and of HTML. It is false when there were none.
func (v view) unescaped() (view, bool) {
	first := strings.IndexAny(v.text, "\\%&")
	if first < 0 {
		return v, false
	}
	out := view{at: make([]int32, 0, len(v.text)+1)}
	text := make([]byte, 0, len(v.text))
	changed := false
	for i := 0; i < len(v.text); {
		plain, size := unescape(v.text[i:])
		if size == 0 {
			text = append(text, v.text[i])
			out.at = append(out.at, int32(v.source(i)))
			i++
			continue
		}
		changed = true
		for range len(plain) {
			out.at = append(out.at, int32(v.source(i)))
		}
		text = append(text, plain...)
		i += size
	}
	out.at = append(out.at, int32(v.source(len(v.text))))
	out.text = string(text)
	return out, changed
}

// unescape returns what the escape at the beginning of s stands for and its
// length, 0 if there is none.
func unescape(s string) (plain string, size int) {
	switch {
	case s[0] == '%' && len(s) > 2 && isHex(s[1]) && isHex(s[2]):
		n, _ := strconv.ParseUint(s[1:3], 16, 8)
		return string([]byte{byte(n)}), 3
	case s[0] == '\\' && len(s) > 1:
		return unescapeBackslash(s)
	case s[0] == '&':
		return unescapeEntity(s)
	}
	return "", 0
}

func unescapeBackslash(s string) (plain string, size int) {
	switch c := s[1]; c {
	case '"', '\'', '\\', '/', '`', '=', '&':
		return s[1:2], 2
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case 'u', 'x':
		digits := 4
		if c == 'x' {
			digits = 2
		}
		if len(s) < 2+digits {
			return "", 0
		}
		n, err := strconv.ParseUint(s[2:2+digits], 16, 32)
		if err != nil {
			return "", 0
		}
		return string(utf8.AppendRune(nil, rune(n))), 2 + digits
	}
	return "", 0
}

func unescapeEntity(s string) (plain string, size int) {
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if end < 2 {
		return "", 0
	}
	plain = html.UnescapeString(s[:end+1])
	if plain == s[:end+1] {
		return "", 0
	}
	return plain, end + 1
}
