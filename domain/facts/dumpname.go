package facts

import "strings"

// maxName is the length in bytes of the longest name of a member in a dump.
const maxName = 80

// name reads the name and the separator in front of an item and leaves pos behind
// them. An item that is only numbered, as in [0] => a, has the empty name. Without
// a name pos stays.
func (d *dumpDecoder) name() (name string, ok bool) {
	name, next := nameAt(d.src, d.pos)
	if next < 0 {
		return "", false
	}
	d.pos = next
	// {FacebookServiceException: code: 190}: a class stands in front of its members.
	if strings.HasSuffix(name, "Exception") || strings.HasSuffix(name, "Error") {
		if inner, next := nameAt(d.src, spacesEnd(d.src, d.pos)); next >= 0 && d.src[d.pos-1] == ':' {
			d.pos = next
			return inner, true
		}
	}
	return name, true
}

// nameAt returns the name that begins at i and where its value begins, or -1.
func nameAt(s string, i int) (name string, value int) {
	if i < len(s) && s[i] == '[' {
		return bracketName(s, i)
	}
	i = namePrefixEnd(s, i)
	if open, size := quoteAt(s, i+literalPrefix(s, i)); open != "" {
		return quotedName(s, i+literalPrefix(s, i)+size, open)
	}
	end := nameEnd(s, i)
	value = separatorEnd(s, end)
	switch {
	case value < 0 || end == i:
		return "", -1
	case !isDigit(s[i]):
		return s[i:end], value
	case digitsEnd(s, i) == end && s[value-1] == '>': // 0 => a, but no time of day
		return "", value
	}
	return "", -1
}

// quotedName reads the name that begins at i, behind its opening quote.
func quotedName(s string, i int, open string) (name string, value int) {
	end, size := shortQuoted(s, i, open)
	if end <= i {
		return "", -1
	}
	value = separatorEnd(s, end+size)
	return s[i:end], value
}

// bracketName reads PHP's [name] => and ["name":protected]=>.
func bracketName(s string, i int) (name string, value int) {
	window := s[i+1 : min(len(s), i+1+maxName)]
	end := strings.IndexByte(window, ']')
	if end < 0 {
		return "", -1
	}
	value = spacesEnd(s, i+1+end+1)
	if !strings.HasPrefix(s[value:], "=>") {
		return "", -1
	}
	name, _, _ = strings.Cut(window[:end], ":")
	name = strings.Trim(name, `"'`)
	if digitsEnd(name, 0) == len(name) {
		name = ""
	}
	return name, value + len("=>")
}

// namePrefixEnd passes the mark that some dumpers put in front of a name: the
// visibility of PHP members, Ruby's symbols and instance variables.
func namePrefixEnd(s string, i int) int {
	if i+1 < len(s) && strings.IndexByte("+-#@:", s[i]) >= 0 && (isLetter(s[i+1]) || s[i+1] == '"') {
		return i + 1
	}
	return i
}

// separatorEnd passes the separator between a name and its value, or returns -1.
func separatorEnd(s string, i int) int {
	i = spacesEnd(s, i)
	if i == len(s) {
		return -1
	}
	rest := s[i:min(len(s), i+3)]
	switch {
	case strings.HasPrefix(rest, "=>"):
		return i + 2
	case rest[0] == '=' && !strings.HasPrefix(rest, "=="):
		return i + 1
	case rest[0] == ':' && !strings.HasPrefix(rest, "::") && rest != "://":
		return i + 1
	}
	return -1
}

// shortQuoted returns where the quoted name that begins at i ends, and how long
// its closing quote is; -1 if it is no name.
func shortQuoted(s string, i int, open string) (end, size int) {
	for j := i; j < len(s) && j < i+maxName; j++ {
		if s[j] == '\n' || s[j] == '\\' {
			break
		}
		if size := closes(s, j, open); size > 0 {
			return j, size
		}
	}
	return -1, 0
}

func nameEnd(s string, i int) int {
	limit := min(len(s), i+maxName)
	for i < limit && (isNameByte(s[i]) || s[i] == '-' && i+1 < limit && isNameByte(s[i+1]) || s[i] == '.' && i+1 < limit && isNameByte(s[i+1])) {
		i++
	}
	return i
}

func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '$' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func spacesEnd(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

func lineEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s)
}
