package facts

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// maxPage bounds the text in bytes that is read from a page.
const maxPage = 2000

// splitHTML returns the HTML page in text with what stands before and behind it.
// Without one, page is empty.
func splitHTML(text string) (before, page, after string) {
	head := strings.ToLower(cut(text, maxProse))
	start := strings.Index(head, "<!doctype html")
	if start < 0 {
		start = strings.Index(head, "<html")
	}
	if start < 0 {
		return "", "", ""
	}
	page = text[start:]
	for _, closer := range []string{"</html>", "</HTML>", "</body>", "</BODY>"} {
		if end := strings.LastIndex(page, closer); end >= 0 {
			end += len(closer)
			return text[:start], page[:end], page[end:]
		}
	}
	return text[:start], page, ""
}

// readHTML reads the structures round a page and, if they hold nothing, the words
// that a visitor of the page would have read.
func (l *Layout) readHTML(before, page, after string) Facts {
	round := strings.TrimSpace(before + "\n" + after)
	if documents, _ := structures(round); len(documents) > 0 {
		return l.readText(round)
	}
	f := Facts{Format: HTML, Status: printedStatus(before + page)}
	words := strings.TrimSpace(strings.TrimSpace(before) + " " + visible(page))
	l.addPatterns(&f, words)
	if f.Message == "" {
		f.Message = words
	}
	return f
}

// visible returns a page's title and text on one line, without what is repeated
// right away.
func visible(page string) string {
	z := html.NewTokenizer(strings.NewReader(page))
	var b strings.Builder
	last, skip := "", ""
	for b.Len() < maxPage {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "script" || string(name) == "style" {
				skip = string(name)
			}
		case html.EndTagToken:
			skip = ""
		case html.TextToken:
			words := strings.Join(strings.Fields(string(z.Text())), " ")
			if skip != "" || words == "" || words == last {
				continue
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(words)
			last = words
		}
	}
	return cut(b.String(), maxPage)
}

// xmlStart finds a declaration or a first tag, which "<HttpError 403 "see <a href=…" has not.
var xmlStart = regexp.MustCompile(`^<(?:\?|[A-Za-z][\w:.-]*\s*(?:/?>|[A-Za-z_:][\w:.-]*\s*=))`)

// splitXML decodes the XML document that text is or, if it begins with its
// declaration, ends with, and returns what stands before it. A document within a
// structure is left to that structure.
func splitXML(text string) (before string, v Value, ok bool) {
	if start := strings.Index(cut(text, maxProse), "<?xml"); start > 0 && !strings.Contains(text[:start], "{") {
		before, text = text[:start], text[start:]
	}
	v, ok = decodeXML(text)
	return before, v, ok
}

// decodeXML decodes an XML document: an element with elements or attributes is an
// object, others are strings. It is false if text is none, or says nothing.
func decodeXML(text string) (Value, bool) {
	if !xmlStart.MatchString(text) || !strings.Contains(text, "</") {
		return Value{}, false
	}
	x := xmlDecoder{z: html.NewTokenizer(strings.NewReader(text))}
	x.prepare(0)
	x.begin(ObjectValue, "")
	for x.token() {
	}
	for len(x.open) > 0 {
		x.close()
	}
	return Value{x.nodes}, len(x.nodes) > 2
}

// xmlDecoder builds the tree of an XML document. The tokenizer is that of HTML,
// because it forgives everything; it turns names into lower case, which shapes
// disregard.
type xmlDecoder struct {
	builder
	z *html.Tokenizer
}

func (x *xmlDecoder) token() bool {
	switch x.z.Next() {
	case html.ErrorToken:
		return false
	case html.StartTagToken:
		x.element()
	case html.SelfClosingTagToken:
		x.element()
		x.close()
	case html.EndTagToken:
		name, _ := x.z.TagName()
		if at := x.open[len(x.open)-1]; len(x.open) > 1 && x.nodes[at].key == string(name) {
			x.close()
		}
	case html.TextToken:
		if text := strings.TrimSpace(string(x.z.Text())); text != "" {
			x.scalar(StringValue, "", text)
		}
	}
	return len(x.open) < maxDepth
}

func (x *xmlDecoder) element() {
	name, more := x.z.TagName()
	key := string(name)
	x.begin(ObjectValue, key)
	for more {
		var attribute, value []byte
		attribute, value, more = x.z.TagAttr()
		x.scalar(StringValue, string(attribute), string(value))
	}
}

// close ends the innermost element. One that holds text only becomes that text.
func (x *xmlDecoder) close() {
	at := int(x.open[len(x.open)-1])
	x.end()
	switch n := &x.nodes[at]; {
	case n.size == 1:
		n.kind = NullValue
	case n.size == 2 && x.nodes[at+1].key == "":
		n.kind, n.text, n.size = StringValue, x.nodes[at+1].text, 1
		x.nodes = x.nodes[:at+1]
	}
}
