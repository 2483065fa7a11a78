package cluster

import (
	"strings"
	"unicode/utf8"
)

// quoteEnd returns the end of the quoted name that begins at i, 0 if the quote
// is something else. A name that a sentence mentions is variable. What stands
// behind a colon or an equals sign is a field's value, a quote before an equals
// sign is a field's name, and both are read like the rest of the text; so is what
// follows the announcement of an error, a reason, a state and the like. A colon
// behind a name that words lead to begins what is said about it.
func (s *Scanner) quoteEnd(i int, glued bool) int {
	if glued || !s.afterWord || !s.spaceBefore || s.afterCodeLabel || topicLabels.has(lastWord(s.template)) {
		return 0
	}
	quote := s.text[i]
	length := strings.IndexByte(s.text[i+1:min(len(s.text), i+2+maxQuoted)], quote)
	if length <= 0 {
		return 0
	}
	end := i + 2 + length
	if !isQuotedName(s.text[i+1:end-1]) || isWord(byteAt(s.text, end)) || equalsFollows(s.text, end) {
		return 0
	}
	return end
}

// lastWord returns the word that a template ends in, in lower case.
func lastWord(template []byte) string {
	i := len(template)
	for i > 0 && isWord(template[i-1]) && len(template)-i < maxWord {
		i--
	}
	return strings.ToLower(string(template[i:]))
}

func (s *Scanner) typographicQuoteEnd(i, n int, closing rune) int {
	from := i + n
	length := strings.IndexRune(s.text[from:min(len(s.text), from+maxQuoted)], closing)
	if s.afterCodeLabel || length <= 0 || !isQuotedName(s.text[from:from+length]) {
		return 0
	}
	return from + length + utf8.RuneLen(closing)
}

// isQuotedName refuses quotes that say something: sentences, requests ("GET /x"),
// states ("expired"), and identifiers in capitals, which are codes by custom.
func isQuotedName(content string) bool {
	words, capitals := 1, 0
	for i := range len(content) {
		switch c := content[i]; {
		case c == ' ':
			words++
		case c == '\n' || c == '{' || c == '\\' && i == len(content)-1:
			return false
		case isUpper(c):
			capitals++
		case c == '_' || isDigit(c):
		default:
			capitals -= maxQuoted
		}
	}
	if words > 4 || capitals > 1 {
		return false
	}
	for word := range strings.FieldsSeq(content) {
		if namesState(word) {
			return false
		}
	}
	first, _, more := strings.Cut(content, " ")
	return !more || !isHTTPMethod(first)
}

func isHTTPMethod(w string) bool {
	switch w {
	case "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT":
		return true
	}
	return false
}

// equalsFollows tells whether an equals sign follows.
func equalsFollows(text string, i int) bool {
	for byteAt(text, i) == ' ' {
		i++
	}
	return byteAt(text, i) == '='
}

// closingQuote returns the sign that closes the typographic quote r, 0 if r is none.
func closingQuote(r rune) rune {
	switch r {
	case '“', '„':
		return '”'
	case '‘':
		return '’'
	case '«':
		return '»'
	case '「':
		return '」'
	}
	return 0
}
