package facts

import (
	"slices"
	"strconv"
	"strings"
)

// dumpDecoder reads structures in the notations in which programs print them:
// Python, Ruby, PHP and JavaScript literals and inspections, NSDictionary, Java's
// and Go's toString, constructor calls, and JSON that was cut off or quoted wrongly.
//
// All of them are lists of values in some bracket, with or without a name and a
// separator in front of each, so one tolerant grammar serves them all. Nothing is
// an error: what can't be read as a value is text, and the end of the text closes
// what is open. It never goes back by more than a name, except a few times to
// the start of what looked like a structure in quotes, so its work is linear.
type dumpDecoder struct {
	builder
	src     string
	pos     int
	closers []byte // the closing brackets of the open containers, outermost first

	nested   bool // within a structure in quotes
	failures int  // structures in quotes that turned out to be none
}

// maxFailures bounds how often the decoder goes back in one structure.
const maxFailures = 8

// decodeDump decodes the structure whose bracket stands at from and returns where
// it ends. It is none (ok is false) if nothing in it has a name.
func decodeDump(src string, from int) (v Value, end int, ok bool) {
	d := dumpDecoder{src: src, pos: from}
	d.prepare(0)
	if !d.promising() {
		return Value{}, d.pos, false
	}
	d.container("")
	named := func(n node) bool { return n.kind == ObjectValue }
	return Value{d.nodes}, d.pos, slices.ContainsFunc(d.nodes, named)
}

// promising looks at the first item only, so that prose in brackets costs little.
func (d *dumpDecoder) promising() bool {
	p := *d
	p.enter()
	p.separators()
	if p.pos == len(p.src) {
		return false
	}
	if _, named := p.name(); named {
		return true
	}
	switch p.src[p.pos] {
	case '{', '[':
		return true
	case '(':
		return d.src[d.pos] != '('
	case '"', '\'':
		return d.src[d.pos] == '['
	}
	return false
}

// container reads everything up to the bracket that closes the one at pos.
func (d *dumpDecoder) container(key string) {
	d.begin(ArrayValue, key)
	at := d.open[len(d.open)-1]
	d.closers = append(d.closers, closing(d.src[d.pos]))
	d.enter()
	if len(d.open) > maxDepth {
		d.pos = len(d.src)
	}
	for d.separators(); !d.closed(); d.separators() {
		before := d.pos
		name, named := d.name()
		if named && name != "" {
			d.nodes[at].kind = ObjectValue
		}
		d.value(name)
		if d.pos == before {
			d.pos++
		}
	}
	d.closers = d.closers[:len(d.closers)-1]
	d.end()
}

// enter passes a container's opening bracket, and the class in #<GraphError code: 1>.
func (d *dumpDecoder) enter() {
	d.pos++
	if d.src[d.pos-1] == '<' {
		d.pos = typeEnd(d.src, d.pos)
	}
}

func closing(bracket byte) byte {
	switch bracket {
	case '{':
		return '}'
	case '[':
		return ']'
	case '(':
		return ')'
	}
	return '>'
}

// closed reports whether the innermost container ends here, and passes its bracket.
// The bracket of an outer container ends it too, and stays for that one.
func (d *dumpDecoder) closed() bool {
	for d.pos < len(d.src) {
		c := d.src[d.pos]
		if c == d.closers[len(d.closers)-1] {
			d.pos++
			return true
		}
		if c != '}' && c != ']' && c != ')' {
			return false
		}
		if slices.Contains(d.closers, c) {
			return true
		}
		d.pos++
		d.separators()
	}
	return true
}

// separators passes what may stand between two items.
func (d *dumpDecoder) separators() {
	for d.pos < len(d.src) {
		rest := d.src[d.pos:]
		switch c := rest[0]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',' || c == ';' || c == '.':
			d.pos++
		case strings.HasPrefix(rest, "▼"), strings.HasPrefix(rest, "▶"), strings.HasPrefix(rest, "…"):
			d.pos += len("▼")
		case strings.HasPrefix(rest, "//"): // a dumper's note of the place
			d.pos = lineEnd(d.src, d.pos)
		case c == '#' && len(rest) > 1 && isDigit(rest[1]): // a dumper's object number
			d.pos = digitsEnd(d.src, d.pos+1)
		default:
			return
		}
	}
}

// value reads the value at pos, whatever it is.
func (d *dumpDecoder) value(key string) {
	d.pos = spacesEnd(d.src, d.pos)
	if d.pos == len(d.src) {
		d.scalar(NullValue, key, "")
		return
	}
	if text, ok := d.phpString(); ok {
		d.scalar(StringValue, key, text)
		return
	}
	if at := d.bracket(); at >= 0 {
		d.instance(key, at)
		return
	}
	if at, _ := quoteAt(d.src, d.pos+literalPrefix(d.src, d.pos)); at != "" {
		d.pos += literalPrefix(d.src, d.pos)
		d.quoted(key)
		return
	}
	d.bare(key)
}

// phpString reads var_dump's string(5) "abcde", whose length settles where it ends.
func (d *dumpDecoder) phpString() (string, bool) {
	rest, ok := strings.CutPrefix(d.src[d.pos:], "string(")
	if !ok {
		return "", false
	}
	digits, _, ok := strings.Cut(rest[:min(len(rest), 24)], ") \"")
	length, err := strconv.Atoi(digits)
	if !ok || err != nil || length < 0 {
		return "", false
	}
	start := d.pos + len("string(") + len(digits) + len(") \"")
	end := start + length
	if end >= len(d.src) || d.src[end] != '"' { // the length was of other bytes, or the end was cut off
		d.pos = start - 1
		return d.text(false), true
	}
	d.pos = end + 1
	return d.src[start:end], true
}
