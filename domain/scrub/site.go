package scrub

import (
	"regexp"
	"strings"
)

// form is how a value stands behind its name.
type form uint8

const (
	none    form = iota
	strict       // as programs write it: name=value, "name": value, name => value
	query        // name=value in an address or a form body
	line         // Name: value, to the end of the line, as in headers and YAML
	loose        // name: value in prose
	element      // <name>value</name>
	part         // a part of a form: name="name", an empty line, the value
	tuple        // ("name", "value")
	table        // name and value in columns
	prose        // name value, name is value
)

// site is where a value begins.
type site struct {
	at   int
	form form
}

// maxGap is how many spaces may stand between a name and its value.
const maxGap = 256

// site returns where the value of n begins.
func (f *finder) site(n name) site {
	i, closed := f.closers(n)
	if match := serialized.FindString(f.rest(i, 16)); closed && match != "" { // PHP: s:8:"password";s:3:"abc"
		return site{i + len(match) - 1, strict}
	}
	i = f.visibility(i)
	gap := f.spaces(i)
	if s := f.separated(n, i, gap, closed); s.form != none {
		return s
	}
	return f.unseparated(n, i, gap, closed)
}

var serialized = regexp.MustCompile(`^;s:\d{1,7}:"`)

// closers passes what closes a quoted or bracketed name.
func (f *finder) closers(n name) (i int, closed bool) {
	i = n.to
	for limit := min(len(f.s), i+10); i < limit; {
		switch c := f.s[i]; {
		case c == '"' || c == '\'' || c == '`' || c == ']':
			closed = true
		case c == '\\' && i+1 < limit && (f.s[i+1] == '"' || f.s[i+1] == '\'' || f.s[i+1] == '\\'):
		case c == '*' || c == '_':
		default:
			if q, size := curlyAt(f.s, i); q.close {
				i += size
				closed = true
				continue
			}
			return i, closed
		}
		i++
	}
	return i, closed
}

// visibility passes what PHP prints behind the names of members: [a:protected] or
// ["a":"A":private].
func (f *finder) visibility(i int) int {
	rest := f.rest(i, 80)
	if rest == "" || rest[0] != ':' {
		return i
	}
	end := strings.IndexByte(rest, ']')
	if end < 0 || !strings.Contains(rest[:end], "protected") && !strings.Contains(rest[:end], "private") {
		return i
	}
	return i + end + 1
}

// separated reads a separator behind a name.
func (f *finder) separated(n name, i, gap int, closed bool) site {
	rest := f.rest(i, 4)
	size := 0
	for _, s := range separators {
		if strings.HasPrefix(f.rest(gap, 4), s) {
			rest, size = f.rest(gap, 4), len(s)
			break
		}
	}
	switch {
	case size == 0 || strings.HasPrefix(rest, "::") || strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "://"):
		return site{}
	case rest[0] == '=' && size == 1 || rest[0] == 0xEF && rest[2] == 0x9D:
		return f.assigned(n, gap+size, closed)
	case size > 1 && rest[0] != 0xEF:
		return site{f.valueStart(gap+size, true), strictOrLine(closed && f.before(n, '['))}
	}
	at := f.valueStart(gap+size, closed)
	switch {
	case closed:
		return site{at, strict}
	case f.startsLine(n.from) || n.compound:
		return site{at, line}
	}
	return site{at, loose}
}

var separators = []string{"=>", ":=", "->", "~>", "=", ":", "：", "＝"}

func strictOrLine(isLine bool) form {
	if isLine {
		return line
	}
	return strict
}

// assigned tells a pair of an address from others with an equals sign.
func (f *finder) assigned(n name, at int, closed bool) site {
	if f.before(n, '?') || f.before(n, '&') || n.from == 0 && strings.IndexByte(f.s[at:f.tokenEnd(at)+min(1, len(f.s)-f.tokenEnd(at))], '&') >= 0 {
		return site{at, query}
	}
	return site{f.valueStart(at, closed), strict}
}

// unseparated reads what else may stand between a name and its value.
func (f *finder) unseparated(n name, i, gap int, closed bool) site {
	if i == len(f.s) {
		return site{}
	}
	for _, particle := range []string{"は", "が", "を", "「"} {
		if strings.HasPrefix(f.rest(gap, 3), particle) {
			return site{f.spaces(gap + len(strings.TrimRight(particle, "「"))), prose}
		}
	}
	switch c := f.s[i]; {
	case c == '>' && f.before(n, '<'), c == '>' && f.inTag(n.from):
		return site{i + 1, element}
	case c == '<' && f.s[max(0, n.from-1)] == '>' && strings.HasPrefix(f.s[i:], "</"), c == ':' && strings.HasPrefix(f.rest(i+1, 2), "</"):
		return site{f.tagsEnd(i), loose}
	case c == '(' && i == gap:
		if at := f.valueStart(i+1, true); at < len(f.s) && quoteAt(f.s, at).size > 0 {
			return site{at, strict}
		}
	case closed && f.gapAt(gap, ","):
		return site{f.valueStart(gap+1, true), tuple}
	case f.gapAt(gap, "|"):
		return site{f.spaces(gap + 1), table}
	case (c == ',' || c == ';') && f.startsLine(n.from):
		return site{i + 1, table}
	case gap > i+1 || gap > i && f.s[i] == '\t':
		return site{gap, table}
	case closed && (c == '\r' || c == '\n' || c == ';') && f.before(n, '"') && f.partName(n.from):
		return site{f.partBody(i), part}
	case gap == i+1 && !closed:
		return f.proseSite(n, gap)
	}
	return site{}
}

func (f *finder) gapAt(i int, s string) bool { return strings.HasPrefix(f.rest(i, 1), s) }

// partName reports whether the name at i is that of a part: name="password".
func (f *finder) partName(i int) bool {
	before := f.s[max(0, i-6):i]
	return strings.HasSuffix(before, "name=\"") || strings.HasSuffix(before, "name='")
}

// partBody returns where the body of a part begins, behind an empty line.
func (f *finder) partBody(i int) int {
	head := f.rest(i, 300)
	for _, empty := range []string{"\r\n\r\n", "\n\n"} {
		if end := strings.Index(head, empty); end >= 0 {
			return i + end + len(empty)
		}
	}
	return len(f.s)
}

// proseSite passes the verb between a name and its value: "the password is abc",
// or the dashes of an option in front of the name.
func (f *finder) proseSite(n name, at int) site {
	if strings.HasSuffix(f.s[:n.from], "--") {
		return site{at, strict}
	}
	if strings.EqualFold(f.s[n.from:n.to], "bearer") { // read as a scheme
		return site{}
	}
	end := at
	for end < len(f.s) && end < at+8 && isWordByte(f.s[end]) {
		end++
	}
	if verbs[f.s[at:end]] && end < len(f.s) {
		if f.s[end] == ':' { // the password is: abc
			end++
		}
		if f.gapAt(end, " ") {
			at = end + 1
		}
	}
	return site{at, prose}
}

// verbs stand between a name and its value in prose.
var verbs = map[string]bool{
	"is": true, "was": true, "are": true, "value": true, "of": true, "est": true, "était": true, "es": true, "era": true,
	"ist": true, "war": true, "lautet": true, "é": true, "は": true, "by": true, "to": true,
}

// valueStart passes spaces, line breaks in front of a quote, and what programs
// print round a string: b'…', string(3) "…", Some("…").
func (f *finder) valueStart(i int, breaks bool) int {
	at := f.spaces(i)
	if at < len(f.s) && (f.s[at] == '\n' || f.s[at] == '\r') {
		next := at
		for next < len(f.s) && next < at+maxGap && isSpace(f.s[next]) {
			next++
		}
		if !breaks && quoteAt(f.s, next).size == 0 {
			return at
		}
		at = next
	}
	if head := f.rest(at, 48); strings.ContainsAny(head, `"'`) {
		if match := wrapper.FindString(head); match != "" {
			at += len(match) - 1
		}
	}
	if at < len(f.s) && f.s[at] == '<' {
		at = f.tagsEnd(at)
	}
	return at
}

// wrapper is what stands in front of a string's quote, and the quote.
var wrapper = regexp.MustCompile(`^(?:(?:string|str|char)\(\d+\) ?["']|[uUbBrRfF@$&]{1,2}["']|[\w.: ]{1,24}\( ?[bu@]?["']|(?:str|string) ["'])`)

// tagsEnd passes up to four tags and the spaces between them.
func (f *finder) tagsEnd(i int) int {
	for range 4 {
		i = f.spaces(i)
		match := tag.FindString(f.rest(i, 200))
		if match == "" {
			break
		}
		i += len(match)
		for i < len(f.s) && (isSpace(f.s[i]) || f.s[i] == ':') {
			i++
		}
	}
	return i
}

var tag = regexp.MustCompile(`^</?[a-zA-Z][^<>]*>`)

// inTag reports whether i lies in an opening tag whose first word it is, such as
// <p:access_token>.
func (f *finder) inTag(i int) bool {
	for limit := max(0, i-20); i > limit && (isLetter(f.s[i-1]) || f.s[i-1] == ':'); {
		i--
	}
	return i > 0 && f.s[i-1] == '<'
}

// before reports whether c stands in front of n, or of the quote that opens it.
func (f *finder) before(n name, c byte) bool {
	i := n.from
	if i > 1 && (f.s[i-1] == '"' || f.s[i-1] == '\'' || f.s[i-1] == '/') && c != f.s[i-1] {
		i--
	}
	return i > 0 && f.s[i-1] == c
}

// startsLine reports whether nothing but signs stands in front of i on its line.
func (f *finder) startsLine(i int) bool {
	for limit := max(0, i-64); i > limit && strings.IndexByte(" \t><*-#\"'", f.s[i-1]) >= 0; {
		i--
	}
	return i == 0 || f.s[i-1] == '\n'
}

// rest returns at most n bytes from i on.
func (f *finder) rest(i, n int) string {
	if i >= len(f.s) {
		return ""
	}
	return f.s[i:min(len(f.s), i+n)]
}

// spaces passes spaces and tabs.
func (f *finder) spaces(i int) int {
	for limit := min(len(f.s), i+maxGap); i < limit; i++ {
		switch f.s[i] {
		case ' ', '\t':
		case 0xC2:
			if i+1 < limit && f.s[i+1] == 0xA0 {
				i++
				continue
			}
			return i
		case 0xE3:
			if strings.HasPrefix(f.s[i:], "　") {
				i += 2
				continue
			}
			return i
		default:
			return i
		}
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
