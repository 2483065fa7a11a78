package facts

import (
	"slices"
	"strings"
)

// itemFollows reports whether what stands at i can be the next item of a container
// whose items have names. Separator, if not 0, is the last byte of the separator
// that these names have.
func (d *dumpDecoder) itemFollows(i int, separator byte) bool {
	i = spacesEnd(d.src, i)
	if i == len(d.src) {
		return true
	}
	if strings.IndexByte("{}[]()\\.", d.src[i]) >= 0 {
		return true
	}
	if open, size := quoteAt(d.src, i); open != "" && len(d.src) < i+maxName {
		if end := strings.Index(d.src[i+size:], open); end < 0 || i+size+end+len(open) == len(d.src) {
			return true // a name, cut off
		}
	}
	_, value := nameAt(d.src, i)
	return value >= 0 && (separator == 0 || d.src[value-1] == separator)
}

// bare reads unquoted text: a number, a word, or a sentence up to the next item.
func (d *dumpDecoder) bare(key string) {
	end := d.bareEnd(key != "")
	text := strings.TrimRight(d.src[d.pos:end], " \t\r")
	d.pos = end
	switch text {
	case "true", "True", "TRUE", "YES":
		d.scalar(BoolValue, key, "true")
	case "false", "False", "FALSE", "NO":
		d.scalar(BoolValue, key, "false")
	case "", "null", "None", "nil", "NULL", "undefined", "<null>":
		d.scalar(NullValue, key, "")
	default:
		kind := StringValue
		if numberEnd(text, 0) == len(text) {
			kind = NumberValue
		}
		if kind == NumberValue && d.pos == len(d.src) && len(d.closers) > 1 {
			kind, text = NullValue, "" // of a number at which the text was cut, digits may be missing
		}
		d.scalar(kind, key, text)
	}
}

// bareEnd returns where the unquoted text at pos ends: in front of the next item
// or of the bracket that closes a container, brackets of the text's own aside.
func (d *dumpDecoder) bareEnd(named bool) int {
	separator := d.src[spacesStart(d.src, d.pos)-1]
	// Go prints {Code:190 Message:a b}: no space behind the colon, one between items.
	tight := d.src[d.pos-1] == ':'
	number := numberEnd(d.src, d.pos)
	depth := 0
	for i := d.pos; i < len(d.src); i++ {
		switch c := d.src[i]; c {
		case '\n':
			return i
		case '(', '[', '{':
			depth++
		case ')', ']', '}', '>':
			if depth > 0 && c != '>' {
				depth--
			} else if depth == 0 && slices.Contains(d.closers, c) {
				return i
			}
		case ',', ';':
			if depth == 0 && (!named || number == i || d.itemFollows(i+1, separator) && (!tight || d.tightItem(i+1))) {
				return i
			}
		case ' ':
			if depth == 0 && d.itemBehindSpace(i+1, tight) {
				return i
			}
		}
	}
	return len(d.src)
}

// tightItem reports whether what stands at i is an end or an item without a space
// behind its colon.
func (d *dumpDecoder) tightItem(i int) bool {
	i = spacesEnd(d.src, i)
	_, value := nameAt(d.src, i)
	return value < 0 || value == len(d.src) || d.src[value] != ' '
}

// itemBehindSpace reports whether an item begins at i although only a space
// stands in front of it.
func (d *dumpDecoder) itemBehindSpace(i int, tight bool) bool {
	if i == len(d.src) {
		return false
	}
	if d.src[i] == '[' {
		_, value := bracketName(d.src, i)
		return value >= 0
	}
	if d.src[i] != '@' && (!tight || !isLetter(d.src[i])) {
		return false
	}
	_, value := nameAt(d.src, i)
	return value >= 0 && d.src[i] == '@' || value >= 0 && value < len(d.src) && d.src[value-1] == ':' && d.src[value] != ' '
}
