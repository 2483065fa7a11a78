package facts

import (
	"net/url"
	"strings"

	"wherefore/domain"
)

// value reads the value of p, which ends at limit, the next name, at the latest.
func (p pair) value(text string, limit int) (value string, end int) {
	start := lineSpacesEnd(text, p.end)
	if start >= limit {
		return "", p.end
	}
	if quote, _ := quoteAt(text, start+literalPrefix(text, start)); quote != "" {
		d := dumpDecoder{src: text[:min(len(text), start+maxMessage)], pos: start + literalPrefix(text, start)}
		return strings.TrimSpace(d.part(true)), d.pos
	}
	end = min(lineEnd(text, start), limit)
	if p.query {
		return queryValue(text[start:end]), end
	}
	value = text[start:end]
	if p.use == wordUse {
		value = leadingWord(value)
	} else {
		if i := strings.LastIndex(value, " ["); i > 0 && strings.HasSuffix(value, "]") {
			value = value[:i] // [HTTP 400]
		}
		value = plainMessage(strings.TrimRight(value, " \t\r,;&|\"'("))
	}
	switch value {
	case "null", "undefined", "None", "nil", "NULL", "N/A":
		value = ""
	}
	return value, end
}

// queryValue decodes the value at the start of s, a part of an address.
func queryValue(s string) string {
	s = s[:strings.IndexAny(s+"&", "&# \"'")]
	if decoded, err := url.QueryUnescape(s); err == nil {
		s = domain.CleanText([]byte(decoded))
	}
	return strings.TrimSpace(s)
}

// leadingWord returns the number at the start of s or the identifier that s
// consists of; "" if there is neither: "code: expired" is prose.
func leadingWord(s string) string {
	s = strings.TrimRight(s, " \t\r")
	word := s[:strings.IndexAny(s+" ", " \t\r,;)]}\"'&<>")]
	rest := s[len(word):]
	if isNumber(word) || strings.ContainsAny(word, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") && (rest == "" || rest[0] != ' ') {
		return word
	}
	return ""
}

// wordBefore returns the word in front of i, in lower case, and where it begins.
func wordBefore(text string, i int) (word string, start int) {
	end := lineSpacesStart(text, i)
	start = end
	for start > 0 && end-start < maxName && isLetter(text[start-1]) {
		start--
	}
	return strings.ToLower(text[start:end]), start
}

func lineSpacesEnd(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}
