package facts

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"wherefore/domain"
)

// Format is what an error's bytes are.
type Format string

// The formats.
const (
	JSON  Format = "json" // holds a structure: JSON, or a dump of it, anywhere in the bytes
	Text  Format = "text"
	HTML  Format = "html"
	Empty Format = "empty"
)

// Bounds of what is read out of one error, in bytes.
const (
	maxMessage = 8 << 10  // a longer message is cut
	maxProse   = 32 << 10 // text patterns look no further
)

// Facts are what is read out of an error. Strings are valid UTF-8 without NUL,
// empty when absent.
type Facts struct {
	Format  Format // JSON when a structure gave the facts
	Status  int    // HTTP status, 0 unknown
	Code    string // a number's decimal text, or a word
	Subcode string
	Type    string
	Message string // at most 8 KiB; of text without structure, the text less its wrapping
	Body    Value  // the structure that the facts were read from, null without one
}

// Read reads an error as the layout of its network says. Status is the HTTP
// status of the answer, 0 if the sender did not know it: then the one that a
// client library printed is taken, if any. A nil layout reads status and message
// only. It never fails, takes any bytes, and its work grows with their number only.
func Read(l *Layout, status int, raw []byte) Facts {
	if l == nil {
		l = &Layout{}
	}
	text := strings.TrimSpace(domain.CleanText(raw))
	if strings.Contains(text, "&quot;") && strings.IndexByte(text, '"') < 0 { // copied out of a page's source
		text = html.UnescapeString(text)
	}
	f := l.read(text, 0)
	f.Message = singleSpaced(cut(f.Message, maxMessage))
	if status != 0 {
		f.Status = status
	}
	return f
}

// read reads text that is JSON, markup or anything else. Level counts the JSON
// strings that it was taken out of.
func (l *Layout) read(text string, level int) Facts {
	if text == "" {
		return Facts{Format: Empty}
	}
	if v, ok := decodeJSON(text); ok {
		switch v.Kind() {
		case ObjectValue, ArrayValue:
			return l.readBody(v)
		case StringValue:
			if level < maxLevels {
				return l.read(strings.TrimSpace(v.Text()), level+1)
			}
		}
	}
	text = withoutLinePrefix(text)
	if before, page, after := splitHTML(text); page != "" {
		return l.readHTML(before, page, after)
	}
	if before, v, ok := splitXML(text); ok {
		f := l.readBody(v)
		if f.Status == 0 {
			f.Status = printedStatus(before)
		}
		return f
	}
	return l.readText(text)
}

// readBody reads an error that is one structure as a whole.
func (l *Layout) readBody(v Value) Facts { return l.readDocuments(withStrings(v)) }

// readDocuments reads an error that is nothing but structures.
func (l *Layout) readDocuments(documents []Value) Facts {
	f, body := l.facts(documents)
	f.Format, f.Body, f.Status = JSON, body, statusIn(documents)
	if len(body.nodes) == 0 {
		words, _, _ := find(wordy, nil, documents)
		f.Message, f.Body = words.Message, documents[len(documents)-1]
	}
	if f.Message == "" && !f.decided() {
		f.Message = plainMessage(sentence(f.Body))
	}
	if !f.decided() && f.Message != "" {
		l.addPrinted(&f)
	}
	return f
}

// sentence returns the longest text of more than one word in a structure, but for
// what was sent: what a wrapper says under a name that no layout knows.
func sentence(v Value) string {
	longest := ""
	for at := 0; at < len(v.nodes); at++ {
		n := &v.nodes[at]
		if at > 0 && ofRequest(n.key) {
			at += int(n.size) - 1
			continue
		}
		if n.kind == StringValue && len(n.text) > len(longest) && strings.IndexByte(n.text, ' ') > 0 {
			longest = n.text
		}
	}
	return longest
}

// readText reads an error in which structures may stand between other text.
func (l *Layout) readText(text string) Facts {
	documents, rest := structures(text)
	if len(documents) > 0 && !strings.ContainsFunc(rest, unicode.IsLetter) {
		f := l.readDocuments(documents)
		if !f.decided() {
			l.addPatterns(&f, text)
		}
		return f
	}
	f, body := l.facts(documents)
	f.Format, f.Body, f.Status = Text, body, statusIn(documents)
	if len(body.nodes) > 0 {
		f.Format = JSON
	} else {
		rest = text
	}
	if f.Status == 0 {
		f.Status = printedStatus(text)
	}
	if !f.decided() {
		l.addProse(&f, text)
	}
	if f.Message == "" {
		l.addProse(&f, rest)
	}
	if f.Message == "" {
		f.Message = plainMessage(rest)
	}
	return f
}

// decided reports whether f has more than words.
func (f *Facts) decided() bool { return f.Code != "" || f.Subcode != "" || f.Type != "" }

// facts reads the documents as the layout's shapes say and else as the insides of
// these shapes, and returns the document that held the facts; null if none did.
func (l *Layout) facts(documents []Value) (Facts, Value) {
	f, in, ok := find(l.shapes, l.ignore, documents)
	if ok && f.decided() {
		return f, in
	}
	if inner, innerIn, _ := find(l.inner, l.ignore, documents); inner.decided() || !ok {
		return inner, innerIn
	}
	return f, in
}

// wordy is the shape of any body that says something in words.
var wordy = mustShapes(ShapeSpec{Message: []string{
	"message", "error_message", "error_description", "errorMessage", "error_msg", "detail", "msg",
	"description", "title", "error", "errors[0]", "reason",
}})

func mustShapes(specs ...ShapeSpec) []shape {
	l, err := NewLayout(LayoutSpec{JSON: specs})
	if err != nil {
		panic(err)
	}
	return l.shapes
}

// cut shortens s to at most n bytes, between two characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
