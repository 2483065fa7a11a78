package facts

import "strings"

// quoteAt returns the quote that stands at i and its length in bytes.
func quoteAt(s string, i int) (quote string, size int) {
	if i >= len(s) {
		return "", 0
	}
	switch s[i] {
	case '"', '\'', '`':
		return s[i : i+1], 1
	}
	for _, curly := range [...]string{"“", "”", "‘", "’", "„"} {
		if strings.HasPrefix(s[i:], curly) {
			return curly, len(curly)
		}
	}
	return "", 0
}

// closes returns the length of the quote at i that can close what open began, or 0.
// Curly quotes are mixed up so often that any of a kind closes any other.
func closes(s string, i int, open string) int {
	quote, size := quoteAt(s, i)
	switch {
	case quote == "":
		return 0
	case len(open) == 1 || len(quote) == 1:
		if quote != open {
			return 0
		}
	case strings.Contains("‘’", open) != strings.Contains("‘’", quote):
		return 0
	}
	return size
}

// literalPrefix returns the length of the mark in front of a string literal, such
// as Python's u'a' and b'a' and Objective-C's @"a".
func literalPrefix(s string, i int) int {
	if i+1 < len(s) && strings.IndexByte("uUbBrR@", s[i]) >= 0 && (s[i+1] == '"' || s[i+1] == '\'') {
		return 1
	}
	return 0
}

// quoted reads the string at pos, or the structure that stands unescaped in it.
func (d *dumpDecoder) quoted(key string) {
	if !d.nested && d.failures < maxFailures && d.structureInQuotes(key) {
		return
	}
	d.scalar(StringValue, key, d.text(key != ""))
}

// structureInQuotes reads "{"error":{"code":1}}", which careless dumpers print for
// a string that holds JSON, or goes back and reports false.
func (d *dumpDecoder) structureInQuotes(key string) bool {
	quote := d.src[d.pos]
	i := spacesEnd(d.src, d.pos+1)
	if i >= len(d.src) || d.src[i] != '{' && d.src[i] != '[' {
		return false
	}
	inner := i + 1
	if inner < len(d.src) && d.src[inner] == '{' {
		inner++
	}
	if inner = spacesEnd(d.src, inner); inner >= len(d.src) || d.src[inner] != quote {
		return false
	}
	back, nodes := d.pos, len(d.nodes)
	d.pos, d.nested = i, true
	d.container(key)
	d.nested = false
	if end := spacesEnd(d.src, d.pos); end == len(d.src) || d.src[end] == quote {
		d.pos = min(end+1, len(d.src))
		return true
	}
	d.pos, d.nodes = back, d.nodes[:nodes]
	d.failures++
	return false
}

// text reads the string at pos, and those that JavaScript joined to it with a plus.
func (d *dumpDecoder) text(named bool) string {
	first := d.part(named)
	if !d.joined() {
		return first
	}
	var b strings.Builder
	b.WriteString(first)
	for {
		b.WriteString(d.part(named))
		if !d.joined() {
			return b.String()
		}
	}
}

// part reads the one string literal at pos.
func (d *dumpDecoder) part(named bool) string {
	open, size := quoteAt(d.src, d.pos)
	start := d.pos + size
	end, size := d.textEnd(start, open, named)
	d.pos = end + size
	part := d.src[start:end]
	if strings.IndexByte(part, '\\') >= 0 {
		return unescape(part)
	}
	return part
}

// joined passes a plus that joins two strings.
func (d *dumpDecoder) joined() bool {
	plus := spacesEnd(d.src, d.pos)
	if plus == len(d.src) || d.src[plus] != '+' {
		return false
	}
	if _, value := nameAt(d.src, plus); value >= 0 { // +"name": is a member, and public
		return false
	}
	next := spacesEnd(d.src, plus+1)
	if quote, _ := quoteAt(d.src, next); quote == "" {
		return false
	}
	d.pos = next
	return true
}

// textEnd returns where the string's content ends and the length of its closing
// quote. A quote behind which neither an item nor an end can begin is an
// unescaped one and part of the content.
func (d *dumpDecoder) textEnd(start int, open string, named bool) (end, size int) {
	digits := digitsEnd(d.src, start)
	for i := start; i < len(d.src); i++ {
		c := d.src[i]
		if c == ',' && i == digits && i > start && d.itemFollows(i+1, 0) {
			return i, 0 // "400,"error_message": the closing quote was forgotten
		}
		if c == '\\' {
			i++
			continue
		}
		if c != open[0] && c < 0x80 {
			continue
		}
		if size := closes(d.src, i, open); size > 0 && d.endsText(i+size, named) {
			return i, size
		}
	}
	return len(d.src), 0
}

// endsText reports whether a quote that ends at i closes its string.
func (d *dumpDecoder) endsText(i int, named bool) bool {
	next := i
	for next < len(d.src) && (d.src[next] == ' ' || d.src[next] == '\t' || d.src[next] == '\r') {
		next++
	}
	if next == len(d.src) {
		return true
	}
	switch c := d.src[next]; c {
	case '\n', ';', '}', ']', ')', '>', '+':
		return true
	case ',':
		return !named || d.itemFollows(next+1, 0)
	case '\\': // an escaped line break behind the string
		return true
	}
	if next > i {
		_, value := nameAt(d.src, next)
		return value >= 0
	}
	return false
}
