package facts

import "strings"

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
	// Every value but the first stands after one of these, so that this is enough.
	d.prepare(1 + strings.Count(src, ",") + strings.Count(src, "{") + strings.Count(src, "["))
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
	d.pos = len(d.src)
	length := strings.IndexByte(d.src[start:], '"')
	if length < 0 {
		return "", false
	}
	escape := strings.IndexByte(d.src[start:start+length], '\\')
	if escape < 0 {
		d.pos = start + length + 1
		return d.src[start : start+length], true
	}
	end := closingQuote(d.src, start+escape, '"')
	if end < 0 {
		return "", false
	}
	d.pos = end + 1
	return unescape(d.src[start:end]), true
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
