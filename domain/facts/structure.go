package facts

import "strings"

// Bounds of the search for structures. Real errors wrap at most three deep (JSON
// in a string in JSON behind a prefix) and hold a handful of structures.
const (
	maxLevels    = 4   // strings within structures within strings
	maxDocuments = 100 // structures that are looked at
	maxPasses    = 24  // how often each byte may be read, all attempts together
)

// search collects the structures that an error's text holds.
type search struct {
	documents []Value  // what stands in a string goes before what the string stands in
	rest      []string // the text round the structures, but not that in their strings
	work      int      // bytes read by decoders so far
	limit     int
}

// structures finds the structures in text, and those in their strings; rest is the
// text round them.
func structures(text string) (documents []Value, rest string) {
	s := newSearch(len(text))
	if _, value := nameAt(text, 0); value >= 0 && (text[0] == '"' || text[0] == '\'') {
		text = "{" + text // members without the braces round them
	}
	if end := s.text(text, 0); end > 0 {
		s.round(text[end:], 0)
		return s.documents, strings.Join(s.rest, " ")
	}
	return nil, text
}

// withStrings returns v behind the structures in its strings.
func withStrings(v Value) []Value {
	length := 0
	for i := range v.nodes {
		length += len(v.nodes[i].text)
	}
	s := newSearch(length)
	s.document(v, 0)
	return s.documents
}

func newSearch(length int) search { return search{limit: maxPasses * (length + 64)} }

// exhausted reports whether the search has to end: text that is all brackets
// would else be tried again from each of them.
func (s *search) exhausted() bool {
	return s.work > s.limit || len(s.documents) >= maxDocuments
}

// text looks for structures in text from its start to its end and returns where
// the last one ends, 0 if there is none.
func (s *search) text(text string, level int) (done int) {
	s.work += len(text)
	for at := nextOpening(text, 0); at >= 0 && !s.exhausted(); at = nextOpening(text, at) {
		if escapedInside(text, at) {
			return s.escaped(text, done, lineKey(text, at), level)
		}
		end, ok := s.opening(text, at, level)
		if !ok {
			at++
			continue
		}
		s.round(text[done:at], level)
		at, done = end, end
	}
	return done
}

// opening keeps the structure that begins at the bracket or quote at at, and
// returns where it ends.
func (s *search) opening(text string, at, level int) (end int, ok bool) {
	if text[at] == '"' {
		return s.literal(text, at, level)
	}
	v, end, ok := s.decode(text, at)
	if !ok {
		return 0, false
	}
	if key := keyBefore(text, at); key != "" {
		v = v.under(key)
	}
	s.document(v, level)
	return end, true
}

// literal looks for structures in the JSON string at at.
func (s *search) literal(text string, at, level int) (end int, ok bool) {
	v, end, ok := decodeJSONAt(text, at)
	s.work += end - at
	if !ok || level == maxLevels || !mayHoldStructure(v.Text()) || runsOn(text, end) {
		return 0, false
	}
	return end, s.text(v.Text(), level+1) > 0
}

// runsOn reports whether a word or path begins right behind the quote that ends at
// end: then the quote is one inside a longer text, as in "see <a href="/quota">".
func runsOn(text string, end int) bool {
	return end < len(text) && (isLetter(text[end]) || text[end] == '/' || text[end] == '<')
}

// escaped looks for structures in what follows once its escapes are resolved.
func (s *search) escaped(text string, done, from, level int) int {
	if level == maxLevels {
		return done
	}
	inner := unescape(text[from:])
	end := s.text(inner, level+1)
	if end == 0 {
		return done
	}
	s.round(text[done:from], level)
	s.round(inner[end:], level)
	return len(text)
}

// round keeps the text in front of or behind a structure.
func (s *search) round(text string, level int) {
	if text = strings.TrimSpace(text); level == 0 && text != "" {
		s.rest = append(s.rest, text)
	}
}

// decode reads the structure whose bracket stands at from: as JSON if it is, else
// as a dump.
func (s *search) decode(text string, from int) (v Value, end int, ok bool) {
	if c := text[from]; c == '{' || c == '[' {
		v, end, ok = decodeJSONAt(text, from)
		s.work += end - from
		if ok && v.holdsObject() {
			return v, end, true
		}
	}
	v, end, ok = decodeDump(text, from)
	s.work += end - from
	return v, end, ok
}

// document keeps v behind the structures that its strings hold.
func (s *search) document(v Value, level int) {
	if level < maxLevels {
		s.strings(v, level)
	}
	s.documents = append(s.documents, v)
}

// strings looks for structures in v's strings, except in those of the request.
func (s *search) strings(v Value, level int) {
	for at := 0; at < len(v.nodes); at++ {
		n := &v.nodes[at]
		if ofRequest(n.key) {
			at += int(n.size) - 1
			continue
		}
		if n.kind != StringValue || !mayHoldStructure(n.text) {
			continue
		}
		s.text(n.text, level+1)
	}
}

func mayHoldStructure(s string) bool {
	return strings.IndexByte(s, '{') >= 0 || strings.IndexByte(s, '[') >= 0 || strings.IndexByte(s, '(') >= 0
}

// nextOpening returns where the next bracket or quote stands that a structure can
// begin with, or -1.
func nextOpening(text string, from int) int {
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '{', '[', '(':
			return i
		case '"':
			if i == 0 || text[i-1] != '\\' {
				return i
			}
		case '<':
			if i > 0 && text[i-1] == '#' {
				return i
			}
		}
	}
	return -1
}

// escapedInside reports whether the structure at the bracket is written with its
// quotes or line breaks escaped: {\"error\": …} or {\n "error": …}.
func escapedInside(text string, at int) bool {
	if text[at] == '"' {
		return false
	}
	i := at + 1
	for i < len(text) && (text[i] == ' ' || text[i] == '{' || text[i] == '[') {
		i++
	}
	return i+1 < len(text) && text[i] == '\\' && strings.IndexByte(`"'nrt\`, text[i+1]) >= 0
}

// holdsObject reports whether v or something in it has members, or lists: as in
// Reddit's [["THREAD_LOCKED", "Comments are locked.", "parent"]].
func (v Value) holdsObject() bool {
	for i := range v.nodes {
		if kind := v.nodes[i].kind; kind == ObjectValue || kind == ArrayValue && i > 0 {
			return v.nodes[i].size > 1
		}
	}
	return false
}
