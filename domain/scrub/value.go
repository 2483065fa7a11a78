package scrub

import (
	"regexp"
	"strings"
)

// value is what may be a secret behind a name.
type value struct {
	from, to int
	form     form
	quoted   bool
}

// valueAt returns the value of a name of the given kind at a site.
func (f *finder) valueAt(kind string, s site) value {
	v := value{from: s.at, to: s.at, form: s.form}
	if s.at >= len(f.s) {
		return v
	}
	if end, ok := f.keyBlockEnd(s.at); ok { // a PEM key, in quotes or not
		v.to, v.quoted = end, true
		return v
	}
	if q := quoteAt(f.s, s.at); q.size > 0 && s.form != query {
		v.from, v.quoted = s.at+q.size, true
		if end, ok := f.keyBlockEnd(v.from); ok {
			v.to = end
			return v
		}
		v.to = f.quotedEnd(v.from, q)
		if inner := f.spaces(v.from); inner < v.to && strings.IndexByte("{[", f.s[inner]) >= 0 && !strings.HasPrefix(f.s[inner:], markStart) {
			v.to = v.from // a structure as a string: what is in it is read by itself
		}
		return v
	}
	if f.s[s.at] == '\\' && s.form != query && quoteAt(f.s, s.at+1).size > 0 { // a string in a string: read when the outer one is unescaped
		return v
	}
	v.to = f.bareEnd(kind, v)
	return v
}

// bareEnd returns where the value without quotes at v.from ends.
func (f *finder) bareEnd(kind string, v value) int {
	switch v.form {
	case element:
		return min(f.next(v.from, '<'), v.from+maxValue)
	case part:
		end := f.next(v.from, '\n')
		if end > v.from && f.s[end-1] == '\r' {
			end--
		}
		return end
	case table:
		return f.cellEnd(v.from)
	}
	switch kind {
	case "cookie":
		return f.headerEnd(v)
	case "authorization":
		return f.credentialsEnd(v)
	}
	return f.wordsOf(kind, v)
}

// maxValue bounds the values in elements.
const maxValue = 1 << 14

// wordsOf returns where a value of one word, or of several for a pass phrase, ends.
func (f *finder) wordsOf(kind string, v value) int {
	if match := appPassword.FindString(f.rest(v.from, 20)); v.form != query && match != "" {
		return v.from + len(match)
	}
	end := f.withoutStop(kind, v, f.secretEnd(kind, v))
	switch {
	case kind == "otp" && v.form != query:
		if match := spacedCode.FindString(f.rest(v.from, 12)); len(match) > end-v.from {
			return v.from + len(match)
		}
	case isPassword(kind) && v.form != query:
		return f.phraseEnd(kind, v, end)
	}
	return end
}

// withoutStop leaves the full stop of a sentence. A sign that stands behind a
// password of letters and digits is taken for its last.
func (f *finder) withoutStop(kind string, v value, end int) int {
	if end > v.from && isPassword(kind) && strings.IndexByte("!?", f.s[end-1]) >= 0 && mixed(f.s[v.from:end-1], 5) {
		return end
	}
	if (v.form == prose || v.form == loose || v.form == line) && end > v.from+1 && strings.IndexByte(".:!?", f.s[end-1]) >= 0 {
		return end - 1
	}
	return end
}

var (
	appPassword = regexp.MustCompile(`^[a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4}\b`)
	spacedCode  = regexp.MustCompile(`^(?:[A-Z]{1,3}-)?\d{2,4}[ -]\d{2,4}\b`)
)

// secretEnd returns where the first word of a value ends.
func (f *finder) secretEnd(kind string, v value) int {
	if v.from < f.bareTo && v.from >= f.bareFrom && !isPassword(kind) {
		return f.bareTo
	}
	i := v.from
	for ; i < len(f.s); i++ {
		switch c := f.s[i]; c {
		case ' ', '\t', '\r', '\n', '"', '`', '&', '<', '>':
			if c == '&' && isPassword(kind) && v.form != query && !f.pairFollows(i+1) {
				continue
			}
			if (c == '<' || c == '>') && isPassword(kind) && !isTagStart(f.s, i) {
				continue
			}
			return f.bare(v.from, i)
		case '\'', '\\', '[', ']', '{', '}', '(', ')', ',', ';', '#':
			if f.endsValue(kind, v, i) {
				return f.bare(v.from, i)
			}
		default:
			if c >= 0x80 && f.wideEnd(i) {
				return f.bare(v.from, i)
			}
		}
	}
	return f.bare(v.from, i)
}

// bare notes the bounds of a word, since many names may stand in one.
func (f *finder) bare(from, to int) int {
	f.bareFrom, f.bareTo = from, to
	f.work += to - from
	return to
}

func isTagStart(s string, i int) bool {
	return s[i] == '<' && i+1 < len(s) && (s[i+1] == '/' || isLetter(s[i+1]))
}

// wideEnd reports whether a sign at i ends a value, such as a closing mark of
// another script.
func (f *finder) wideEnd(i int) bool {
	for _, sign := range [...]string{"”", "’", "»", "」", "』", "、", "。", "，", "　", "；", "\u00a0"} {
		if strings.HasPrefix(f.s[i:], sign) {
			return true
		}
	}
	return false
}

// endsValue reports whether the sign at i ends a value. In passwords, signs are
// part of them unless an end follows.
func (f *finder) endsValue(kind string, v value, i int) bool {
	c := f.s[i]
	switch {
	case c == '#':
		return v.form == query
	case c == '\\':
		return i+1 == len(f.s) || strings.IndexByte(`nrt"'u\`, f.s[i+1]) >= 0 || !isPassword(kind)
	case v.form == query && (c == ',' || c == ';' || c == '(' || c == '[' || c == '{' || c == '\''):
		return !isPassword(kind)
	case kind == "signature" && c == ',' && strings.IndexByte(f.rest(i+1, 4), '=') > 0: // t=…,v1=…
		return false
	case !isPassword(kind):
		return true
	case c == '[' || c == '{' || c == '(':
		return false
	}
	return i+1 == len(f.s) || strings.IndexByte(" \t\r\n,;)]}\"'", f.s[i+1]) >= 0 || f.pairFollows(i+1)
}

// pairFollows reports whether a name and a separator stand at i.
func (f *finder) pairFollows(i int) bool { return pair.MatchString(f.rest(i, 64)) }

var pair = regexp.MustCompile(`^ ?["':]?[A-Za-z_][\w.-]*["']? ?(?:=|:|=>)`)

// cellEnd returns where the cell of a table ends that begins at i.
func (f *finder) cellEnd(i int) int {
	limit := min(f.next(i, '\n'), i+maxValue)
	f.work += limit - i
	for at := i; at < limit; at++ {
		switch c := f.s[at]; {
		case c == '\t' || c == '|' || c == '\r' || c == ',' || c == ';' || c == '<' || c == '"':
			return f.trimmed(i, at)
		case c == ' ' && at+1 < limit && f.s[at+1] == ' ':
			return at
		}
	}
	return f.trimmed(i, limit)
}

func (f *finder) trimmed(from, to int) int {
	for to > from && (f.s[to-1] == ' ' || f.s[to-1] == '\t' || f.s[to-1] == '\r') {
		to--
	}
	return to
}

// headerEnd returns where the value of a Cookie header ends: with its line if the
// header is a line of its own, else with the string that the header stands in.
func (f *finder) headerEnd(v value) int {
	end := f.next(v.from, '\n')
	if v.form == line && f.startsLine(f.name.from) && !f.quotedLine(f.name.from) {
		return f.trimmed(v.from, end)
	}
	if v.from < f.headerTo && v.from >= f.headerFrom {
		return f.headerTo
	}
	limit := min(end, v.from+maxValue)
	f.work += limit - v.from
	f.headerFrom, f.headerTo = v.from, limit
	for i := v.from; i < limit; i++ {
		switch c := f.s[i]; c {
		case '\r', '{', '}', '[', ']', '<', '>':
			f.headerTo = i
			return i
		case '\\', '"', '\'':
			if i == v.from || f.s[i-1] != '=' || c == '\\' {
				f.headerTo = i
				return i
			}
			for i++; i < limit && f.s[i] != c; i++ {
			}
		}
	}
	return limit
}

// quotedLine reports whether a quotation mark stands in front of the name at i.
func (f *finder) quotedLine(i int) bool { return i > 0 && (f.s[i-1] == '"' || f.s[i-1] == '\'') }

// credentialsEnd returns where the value of an Authorization header ends: behind
// the word that follows the scheme, or with the line if there are several.
func (f *finder) credentialsEnd(v value) int {
	end := f.tokenEnd(v.from)
	if end == len(f.s) || f.s[end] != ' ' || !isScheme(f.s[v.from:end]) {
		return end
	}
	if next := f.tokenEnd(end + 1); next == end+1 || next == len(f.s) || f.s[next] != '=' {
		return next
	}
	return f.headerEnd(v)
}

// isScheme reports whether word is an authentication scheme of HTTP.
func isScheme(word string) bool {
	switch strings.ToLower(word) {
	case "bearer", "basic", "oauth", "oauth2", "dpop", "token", "digest", "aws4-hmac-sha256", "sapisidhash", "negotiate", "apikey", "key", "hmac":
		return true
	}
	return false
}

// tokenEnd passes a token and its padding.
func (f *finder) tokenEnd(i int) int {
	if i >= f.tokenFrom && i < f.tokenTo {
		return f.tokenTo
	}
	start := i
	for i < len(f.s) && isTokenByte(f.s[i]) {
		i++
	}
	end := i
	for i > start && i < len(f.s) && i < end+2 && f.s[i] == '=' {
		i++
	}
	if i < len(f.s) && i > end && (isTokenByte(f.s[i]) || f.s[i] == '"') { // name=value
		i = end
	}
	f.tokenFrom, f.tokenTo = start, i
	f.work += i - start
	return i
}

// isTokenByte reports whether c can be part of a token, also one percent-encoded.
func isTokenByte(c byte) bool { return tokenBytes[c] }

var tokenBytes = func() (table [256]bool) {
	for c := range table {
		table[c] = isLetter(byte(c)) || isDigit(byte(c)) || strings.IndexByte("_-.~+/%|", byte(c)) >= 0
	}
	return table
}()

// next returns where c stands next from i on, or the end of the text.
func (f *finder) next(i int, c byte) int {
	n := &f.nexts[nextIndex(c)]
	if i >= n.from && i <= n.at && n.known {
		return n.at
	}
	at := len(f.s)
	if i < len(f.s) {
		if k := strings.IndexByte(f.s[i:], c); k >= 0 {
			at = i + k
		}
	}
	*n = nextByte{i, at, true}
	f.work += at - i
	return at
}

func nextIndex(c byte) int {
	switch c {
	case '\n':
		return 0
	case '<':
		return 1
	}
	return 2
}

// nextByte remembers where a byte stands next, so that each part of a text is
// searched once.
type nextByte struct {
	from, at int
	known    bool
}
