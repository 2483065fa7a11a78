package domain

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deep containers nest. No network's error comes near it;
// it keeps those who walk a Value by recursion safe.
const maxDepth = 200

// builder collects the nodes of a tree in the order of the text.
type builder struct {
	nodes []node
	open  []int32 // the containers that are not closed yet
}

// prepare makes room for what a text of that length holds as a rule.
func (b *builder) prepare(length int) {
	b.nodes = make([]node, 0, min(length/32+2, 1024))
	b.open = make([]int32, 0, 8)
}

func (b *builder) scalar(kind ValueKind, key, text string) {
	b.nodes = append(b.nodes, node{key: key, text: text, size: 1, kind: kind})
}

func (b *builder) begin(kind ValueKind, key string) {
	b.open = append(b.open, int32(len(b.nodes)))
	b.nodes = append(b.nodes, node{key: key, kind: kind})
}

func (b *builder) end() {
	at := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	b.nodes[at].size = int32(len(b.nodes)) - at
}

// inObject reports whether the next value needs a name.
func (b *builder) inObject() bool {
	return len(b.open) > 0 && b.nodes[b.open[len(b.open)-1]].kind == ObjectValue
}

// jsonDecoder reads strict JSON in one pass and without recursion. It serves the
// most frequent form of an error; everything else goes through dumpDecoder.
type jsonDecoder struct {
	builder
	src string
	pos int
	key string // the name read for the next value
}

// decodeJSON decodes src if the whole of it is one JSON value.
func decodeJSON(src string) (Value, bool) {
	d := jsonDecoder{src: src}
	d.prepare(len(src))
	if !d.run() || d.peek() != 0 || d.pos < len(src) {
		return Value{}, false
	}
	return Value{d.nodes}, true
}

// decodeJSONAt decodes the JSON value that begins at from, whatever follows it,
// and returns where it ends: or, if there is none, where it was given up.
func decodeJSONAt(src string, from int) (v Value, end int, ok bool) {
	d := jsonDecoder{src: src, pos: from}
	d.prepare(0)
	if !d.run() {
		return Value{}, d.pos, false
	}
	return Value{d.nodes}, d.pos, true
}

func (d *jsonDecoder) run() bool {
	for {
		opened, ok := d.value()
		if !ok {
			return false
		}
		if opened && !d.emptyContainer() {
			if !d.name() {
				return false
			}
			continue
		}
		more, ok := d.climb()
		if !ok || !more {
			return ok
		}
	}
}

// value reads one scalar or the opening of a container.
func (d *jsonDecoder) value() (opened, ok bool) {
	switch c := d.peek(); {
	case c == '"':
		text, ok := d.str()
		d.scalar(StringValue, d.key, text)
		return false, ok
	case c == '{' || c == '[':
		d.pos++
		kind := ObjectValue
		if c == '[' {
			kind = ArrayValue
		}
		d.begin(kind, d.key)
		return true, len(d.open) <= maxDepth
	case c == '-' || c >= '0' && c <= '9':
		end := numberEnd(d.src, d.pos)
		d.scalar(NumberValue, d.key, d.src[d.pos:end])
		ok = end > d.pos
		d.pos = end
		return false, ok
	}
	return false, d.word()
}

func (d *jsonDecoder) word() bool {
	for _, w := range [...]struct {
		text string
		kind ValueKind
	}{{"true", BoolValue}, {"false", BoolValue}, {"null", NullValue}} {
		if strings.HasPrefix(d.src[d.pos:], w.text) {
			d.pos += len(w.text)
			text := w.text
			if w.kind == NullValue {
				text = ""
			}
			d.scalar(w.kind, d.key, text)
			return true
		}
	}
	return false
}

// emptyContainer passes the end of a container that was just opened, if it is there.
func (d *jsonDecoder) emptyContainer() bool {
	c := d.peek()
	return c == '}' && d.inObject() || c == ']' && !d.inObject()
}

// climb goes on behind a complete value: closing containers, then to the next
// value (more) or to the end of the outermost one.
func (d *jsonDecoder) climb() (more, ok bool) {
	for len(d.open) > 0 {
		switch c := d.peek(); {
		case c == ',':
			d.pos++
			return true, d.name()
		case c == '}' && d.inObject() || c == ']' && !d.inObject():
			d.pos++
			d.end()
		default:
			return false, false
		}
	}
	return false, true
}

// name reads a member's name and its colon; inside an array there is none.
func (d *jsonDecoder) name() (ok bool) {
	d.key = ""
	if !d.inObject() {
		return true
	}
	if d.peek() != '"' {
		return false
	}
	if d.key, ok = d.str(); !ok || d.peek() != ':' {
		return false
	}
	d.pos++
	return true
}

// peek skips white space and returns the next byte, 0 at the end.
func (d *jsonDecoder) peek() byte {
	for ; d.pos < len(d.src); d.pos++ {
		if c := d.src[d.pos]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

// str reads the string that begins at pos. Without escapes it is a part of the
// source. Raw line breaks are let through: loggers and forums put them there.
// Without an end, pos is behind all that was read for it, which counts as work.
func (d *jsonDecoder) str() (string, bool) {
	start := d.pos + 1
	for i := start; i < len(d.src); i++ {
		switch d.src[i] {
		case '"':
			d.pos = i + 1
			return d.src[start:i], true
		case '\\':
			end := closingQuote(d.src, i, '"')
			if end < 0 {
				d.pos = len(d.src)
				return "", false
			}
			d.pos = end + 1
			return unescape(d.src[start:end]), true
		}
	}
	d.pos = len(d.src)
	return "", false
}

// closingQuote returns where the next quote stands that no backslash precedes, or -1.
func closingQuote(s string, from int, quote byte) int {
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return -1
}

// numberEnd returns the end of the JSON number that begins at i, or i.
func numberEnd(s string, i int) int {
	start := i
	if i < len(s) && s[i] == '-' {
		i++
	}
	digits := i
	if i = digitsEnd(s, i); i == digits {
		return start
	}
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		i = digitsEnd(s, i+1)
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		exponent := i + 1
		if exponent < len(s) && (s[exponent] == '+' || s[exponent] == '-') {
			exponent++
		}
		if end := digitsEnd(s, exponent); end > exponent {
			i = end
		}
	}
	return i
}

func digitsEnd(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

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
