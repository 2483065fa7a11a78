package cluster

import (
	"strings"
	"unicode/utf8"
)

// quoteEnd returns the end of the quoted name that begins at i, 0 if the quote holds
// no name. A quoted name in a sentence is variable: "page 'Blue Door' is missing".
// A quote after a colon or an equals sign is a value, and one before an equals sign
// is a key; both are read like other text. So is a quote after a word such as
// "error", "reason" or "state".
func (s *Scanner) quoteEnd(i int, afterLetter bool) int {
	if afterLetter || !s.afterWord || !s.spaceBefore || s.afterCodeLabel || topicLabels.has(lastWord(s.template)) {
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

// isQuotedName reports whether the content of a quote is a name. Sentences, requests
// ("GET /x"), states ("expired") and identifiers in capitals, which are mostly codes,
// are not.
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

// equalsFollows reports whether an equals sign follows, after spaces or none.
func equalsFollows(text string, i int) bool {
	for byteAt(text, i) == ' ' {
		i++
	}
	return byteAt(text, i) == '='
}

// closingQuote returns the closing quote for the typographic opening quote r, 0 if r
// is none.
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
