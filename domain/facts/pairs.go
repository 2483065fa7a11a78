package facts

import (
	"net/url"
	"strings"

	"wherefore/domain"
)

// maxPairs bounds how many pairs of one error are read.
const maxPairs = 64

// use says what a name stands for when it is printed in front of a value.
type use uint8

const (
	wordUse use = 1 << iota // a code, subcode or type
	textUse                 // a message
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
	use        use
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
	if other.Message == f.Code || other.Message == other.Code {
		other.Message = ""
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
	r := newPairReader(l, text)
	r.prepare(0)
	r.begin(ObjectValue, "")
	if word := oauthWord(r.text); word != "" {
		r.keep("error", word)
	}
	r.starts()
	done := 0
	for i, p := range r.found {
		if p.start < done {
			continue
		}
		limit := len(r.text)
		if i+1 < len(r.found) {
			limit = r.found[i+1].start
		}
		value, end := p.value(r.text, limit)
		r.keep(p.name, value)
		done = end
	}
	r.end()
	return Value{r.nodes}
}

// pairReader looks for pairs in text from its start to its end.
type pairReader struct {
	builder
	layout  *Layout
	text    string
	address bool // the text is one address, or the query of one
	found   []pair
	kept    map[string]bool
}

func newPairReader(l *Layout, text string) pairReader {
	if strings.Contains(text, "%3D") || strings.Contains(text, "%3d") { // an address within an address
		if decoded, err := url.PathUnescape(text); err == nil {
			text = domain.CleanText([]byte(decoded))
		}
	}
	return pairReader{layout: l, text: text, address: strings.IndexByte(text, ' ') < 0, kept: map[string]bool{}}
}

// keep adds a pair to the object; of two of one name the first counts.
func (r *pairReader) keep(name, value string) {
	if value != "" && !r.kept[name] {
		r.scalar(StringValue, name, value)
		r.kept[name] = true
	}
}

// starts finds the names that the layout knows in front of their separators.
func (r *pairReader) starts() {
	for i := 0; i < len(r.text) && len(r.found) < maxPairs; {
		n := strings.IndexAny(r.text[i:], ":=|")
		if n < 0 {
			return
		}
		i += n
		if strings.HasPrefix(r.text[i:], "://") {
			i = r.redirect(i + len("://"))
			continue
		}
		if p, ok := r.at(i); ok {
			r.found = append(r.found, p)
			i = p.end
			continue
		}
		i++
	}
}

// redirect passes the address at i. Only what is said there of an error is read:
// the rest of its query and its path are not facts.
func (r *pairReader) redirect(i int) int {
	end := i + strings.IndexAny(r.text[i:]+" ", " \t\n\"'<>)")
	for i < end && len(r.found) < maxPairs {
		n := strings.IndexByte(r.text[i:end], '=')
		if n < 0 {
			break
		}
		i += n
		if p, ok := r.at(i); ok && p.query {
			r.found = append(r.found, p)
		}
		i++
	}
	return end
}

// at returns the pair whose separator stands at i.
func (r *pairReader) at(i int) (pair, bool) {
	end := i + 1
	if strings.HasPrefix(r.text[i:], "::") || strings.HasPrefix(r.text[i:], "==") {
		return pair{}, false
	}
	if strings.HasPrefix(r.text[i:], "=>") {
		end++
	}
	last := back(r.text, lineSpacesStart(r.text, i), "\"'`]”“\\") // ” is three bytes, which are in no name
	start := last
	for start > 0 && last-start < maxName && isKeyByte(r.text[start-1]) {
		start--
	}
	name := strings.ToLower(r.text[start:last])
	p := pair{name: name, start: start, end: end, use: r.layout.use(name)}
	p.query = start > 0 && strings.IndexByte("?&#", r.text[start-1]) >= 0 || r.text[i] == '=' && r.address
	if p.query && !strings.HasPrefix(name, "err") && name != "oauth_problem" {
		return pair{}, false
	}
	before, from := wordBefore(r.text, start)
	switch {
	case name == "code" && otherCodes[before]:
		return pair{}, false
	case before == "error": // "Error code: 190" is one name
		p.start = from
	}
	return p, p.use != 0
}

func (l *Layout) use(name string) use { return printedUses[name] | l.uses[name] }

func isKeyByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }
