package scrub

import "strings"

// quote is a quotation mark at the beginning of a string.
type quote struct {
	size  int    // in bytes, 0 if there is none
	ends  string // what closes the string
	curly bool
}

// quoteAt returns the quotation mark at i.
func quoteAt(s string, i int) quote {
	if i >= len(s) {
		return quote{}
	}
	switch c := s[i]; {
	case c == '"' || c == '\'' || c == '`':
		return quote{1, s[i : i+1], false}
	case c < 0x80:
		return quote{}
	}
	for _, pair := range quotePairs {
		if strings.HasPrefix(s[i:], pair[0]) {
			return quote{len(pair[0]), pair[1], true}
		}
	}
	return quote{}
}

var quotePairs = [][2]string{{"“", "”"}, {"‘", "’"}, {"«", "»"}, {"„", "“"}, {"‚", "‘"}, {"「", "」"}, {"『", "』"}, {"‹", "›"}, {"＂", "＂"}}

type curly struct{ close bool }

// curlyAt returns the closing quotation mark at i that is none of ASCII.
func curlyAt(s string, i int) (c curly, size int) {
	if s[i] < 0x80 {
		return curly{}, 0
	}
	for _, pair := range quotePairs {
		if strings.HasPrefix(s[i:], pair[1]) {
			return curly{true}, len(pair[1])
		}
	}
	return curly{}, 0
}

// quotedEnd returns where the string that begins at i, behind its quotation mark,
// ends: at the closing mark or, if the text was cut off before that, at white space.
func (f *finder) quotedEnd(i int, q quote) (end int) {
	if q.curly {
		limit := min(len(f.s), i+maxCurly)
		f.work += limit - i
		if n := strings.Index(f.s[i:limit], q.ends); n >= 0 {
			return i + n
		}
		return f.tokenEnd(i)
	}
	start, space := i, -1
	defer func() { f.work += end - start }()
	for limit := f.stringEnd(i); i < limit; i++ {
		switch c := f.s[i]; {
		case c == q.ends[0]:
			if i+1 < limit && f.s[i+1] == c && i > start && c != '`' { // doubled: a quote in YAML, SQL and CSV
				i++
				continue
			}
			return f.joinedEnd(i, q)
		case c == '\\' && i+1 < limit && f.s[i+1] != '\n':
			i++
		case c == ' ' && space < 0:
			space = i
		}
	}
	if space >= 0 {
		return space
	}
	return min(i, len(f.s))
}

// maxCurly is how long a string in curly quotation marks may be.
const maxCurly = 4096

// stringEnd returns the end of the line on which a string begins.
func (f *finder) stringEnd(i int) int { return f.next(i, '\n') }

// joinedEnd passes the strings that a program joins to the one that ends at i with
// a sign: 'a' + 'b', "a" . "b".
func (f *finder) joinedEnd(i int, q quote) int {
	for range 200 {
		next := i + 1
		for next < len(f.s) && next < i+maxGap && isSpace(f.s[next]) {
			next++
		}
		if next >= len(f.s) || f.s[next] != '+' && f.s[next] != '.' {
			return i
		}
		for next++; next < len(f.s) && next < i+2*maxGap && isSpace(f.s[next]); {
			next++
		}
		if next >= len(f.s) || f.s[next] != q.ends[0] {
			return i
		}
		end := next + 1
		for end < len(f.s) && f.s[end] != q.ends[0] && f.s[end] != '\n' {
			end++
		}
		if end == len(f.s) || f.s[end] == '\n' {
			return i
		}
		i = end
	}
	return i
}
