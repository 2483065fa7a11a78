package cluster

// class is the kind of token that a byte can begin.
type class uint8

const (
	control class = iota
	space
	letter // or '_'
	digit
	punct        // punctuation
	nonASCIIByte // of a rune beyond ASCII
)

var classes = func() (table [256]class) {
	for i := range table {
		c := byte(i)
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			table[i] = space
		case c >= '0' && c <= '9':
			table[i] = digit
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
			table[i] = letter
		case c > ' ' && c < 0x7f:
			table[i] = punct
		case c >= 0x80:
			table[i] = nonASCIIByte
		}
	}
	return table
}()

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isWord(c byte) bool  { return classes[c] == letter || classes[c] == digit }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// byteAt returns the byte of text at i, 0 outside of it.
func byteAt(text string, i int) byte {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}

// digitsEnd returns the end of the digits that begin at i.
func digitsEnd(text string, i int) int {
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
}

// lettersEnd returns the end of the ASCII letters that begin at i.
func lettersEnd(text string, i int) int {
	for i < len(text) && (isLower(text[i]) || isUpper(text[i])) {
		i++
	}
	return i
}

// foldEqual compares a with b, which is lower case ASCII, without regard to case.
func foldEqual(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i]|0x20 != b[i] {
			return false
		}
	}
	return true
}
