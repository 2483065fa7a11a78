package domain

import (
	"net/url"
	"strings"
)

// maxPairs bounds how many pairs of one error are read.
const maxPairs = 64

// role says what a name stands for when it is printed in front of a value.
type role uint8

const (
	wordRole role = 1 << iota // a code, subcode or type
	textRole                  // a message
)

// printed is the shape of pairs that any client library may print.
var printed = ShapeSpec{
	Code:    []string{"error_code", "errorCode", "code", "errcode"},
	Subcode: []string{"error_subcode", "subcode"},
	Type:    []string{"error_type", "type", "oauth_problem"},
	Message: []string{"error_message", "message", "error_msg", "errorMessage", "error_description", "oauth_problem"},
}

var printedShapes = mustShapes(printed)

// pair is a name that the layout knows, with a separator behind it.
type pair struct {
	name       string // in lower case
	start, end int    // of the name and its separator
	role       role
	query      bool // within the query of a redirect
}

// addPairs adds the facts that pairs hold.
func (l *Layout) addPairs(f *Facts, pairs Value) {
	if pairs.Len() == 0 {
		return
	}
	for _, shapes := range [][]shape{l.shapes, l.inner, printedShapes} {
		found, _, _ := find(shapes, l.ignore, []Value{pairs})
		f.add(found)
	}
}

// add takes over those of other's facts that f lacks.
func (f *Facts) add(other Facts) {
	if other.Type == f.Code { // one word in two places is one fact
		other.Type = ""
	}
	if other.Code == f.Type {
		other.Code = ""
	}
	for _, fact := range []struct {
		to   *string
		from string
	}{{&f.Code, other.Code}, {&f.Subcode, other.Subcode}, {&f.Type, other.Type}, {&f.Message, other.Message}} {
		if *fact.to == "" {
			*fact.to = fact.from
		}
	}
}

// pairs returns, as an object, what text lists as name and value, in any of the
// ways of "type: OAuthException, code: 190", "code=100; subcode=33", "code | 400".
func (l *Layout) pairs(text string) Value {
	var b builder
	b.prepare(0)
	b.begin(ObjectValue, "")
	found := l.pairStarts(text)
	seen := map[string]bool{}
	if word := oauthWord(text); word != "" {
		b.scalar(StringValue, "error", word)
		seen["error"] = true
	}
	done := 0
	for i, p := range found {
		if p.start < done {
			continue
		}
		limit := len(text)
		if i+1 < len(found) {
			limit = found[i+1].start
		}
		value, end := p.value(text, limit)
		if value != "" && !seen[p.name] {
			b.scalar(StringValue, p.name, value)
			seen[p.name] = true
		}
		done = end
	}
	b.end()
	return Value{b.nodes}
}

// pairStarts finds the names that the layout knows in front of their separators.
func (l *Layout) pairStarts(text string) []pair {
	var found []pair
	for i := 0; i < len(text) && len(found) < maxPairs; {
		n := strings.IndexAny(text[i:], ":=|")
		if n < 0 {
			break
		}
		i += n
		if strings.HasPrefix(text[i:], "://") {
			i = l.redirect(text, i+len("://"), &found)
			continue
		}
		if p, ok := l.pairAt(text, i); ok {
			found = append(found, p)
			i = p.end
			continue
		}
		i++
	}
	return found
}

// redirect passes the address at i. Only what is said there of an error is read:
// the rest of its query and its path are not facts.
func (l *Layout) redirect(text string, i int, found *[]pair) int {
	end := i + strings.IndexAny(text[i:]+" ", " \t\n\"'<>)")
	for i < end && len(*found) < maxPairs {
		n := strings.IndexByte(text[i:end], '=')
		if n < 0 {
			break
		}
		i += n
		if p, ok := l.pairAt(text, i); ok && p.query {
			*found = append(*found, p)
		}
		i++
	}
	return end
}

// pairAt returns the pair whose separator stands at i.
func (l *Layout) pairAt(text string, i int) (pair, bool) {
	end := i + 1
	if strings.HasPrefix(text[i:], "::") || strings.HasPrefix(text[i:], "==") {
		return pair{}, false
	}
	if strings.HasPrefix(text[i:], "=>") {
		end++
	}
	last := lineSpacesStart(text, i)
	for last > 0 && last > i-8 && strings.IndexByte("\"'`]”“\xe2\x80\x9c\x9d\\", text[last-1]) >= 0 {
		last--
	}
	start := last
	for start > 0 && last-start < maxName && (isNameByte(text[start-1]) || text[start-1] == '-') {
		start--
	}
	name := strings.ToLower(text[start:last])
	p := pair{name: name, start: start, end: end, role: l.role(name)}
	p.query = start > 0 && strings.IndexByte("?&#", text[start-1]) >= 0 || text[i] == '=' && strings.IndexByte(text, ' ') < 0
	if p.query && !strings.HasPrefix(name, "err") && name != "oauth_problem" {
		return pair{}, false
	}
	before, from := wordBefore(text, start)
	switch {
	case name == "code" && otherCodes[before]:
		return pair{}, false
	case before == "error": // "Error code: 190" is one name
		p.start = from
	}
	return p, p.role != 0
}

func (l *Layout) role(name string) role {
	if r := genericRoles[name]; r != 0 {
		return r | l.roles[name]
	}
	return l.roles[name]
}

// value reads the value of p, which ends at limit, the next name, at the latest.
func (p pair) value(text string, limit int) (value string, end int) {
	start := lineSpacesEnd(text, p.end)
	if start >= limit {
		return "", p.end
	}
	if quote, _ := quoteAt(text, start+literalPrefix(text, start)); quote != "" {
		d := dumpDecoder{src: text[:min(len(text), start+maxMessage)], pos: start + literalPrefix(text, start)}
		return strings.TrimSpace(d.part(true)), d.pos
	}
	end = min(lineEnd(text, start), limit)
	if p.query {
		return queryValue(text[start:end]), end
	}
	value = text[start:end]
	if p.role == wordRole {
		value = leadingWord(value)
	} else {
		if i := strings.LastIndex(value, " ["); i > 0 && strings.HasSuffix(value, "]") {
			value = value[:i] // [HTTP 400]
		}
		value = plainMessage(strings.TrimRight(value, " \t\r,;&|\"'("))
	}
	switch value {
	case "null", "undefined", "None", "nil", "NULL", "N/A":
		value = ""
	}
	return value, end
}

// queryValue decodes the value at the start of s, a part of an address.
func queryValue(s string) string {
	s = s[:strings.IndexAny(s+"&", "&# \"'")]
	if decoded, err := url.QueryUnescape(s); err == nil {
		s = CleanText([]byte(decoded))
	}
	return strings.TrimSpace(s)
}

// leadingWord returns the number at the start of s or the identifier that s
// consists of; "" if there is neither: "code: expired" is prose.
func leadingWord(s string) string {
	s = strings.TrimRight(s, " \t\r")
	word := s[:strings.IndexAny(s+" ", " \t\r,;)]}\"'&<>")]
	rest := s[len(word):]
	if isNumber(word) || strings.ContainsAny(word, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") && (rest == "" || rest[0] != ' ') {
		return word
	}
	return ""
}

// wordBefore returns the word in front of i, in lower case, and where it begins.
func wordBefore(text string, i int) (word string, start int) {
	end := lineSpacesStart(text, i)
	start = end
	for start > 0 && end-start < maxName && isLetter(text[start-1]) {
		start--
	}
	return strings.ToLower(text[start:end]), start
}

func lineSpacesStart(s string, i int) int {
	for stop := max(0, i-maxName); i > stop && (s[i-1] == ' ' || s[i-1] == '\t'); {
		i--
	}
	return i
}

func lineSpacesEnd(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}
