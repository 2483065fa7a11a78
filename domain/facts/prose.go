package facts

import (
	"regexp"
	"strconv"
	"strings"
	"wherefore/domain/pattern"
)

// addProse adds to f what text says without a structure: what the layout's
// patterns find, pairs of a known name and a value, and a printed code. The facts
// that are known already stay.
func (l *Layout) addProse(f *Facts, text string) {
	text = withoutSystemErrors(cut(text, maxProse))
	if pairs := l.pairs(text); pairs.Len() > 1 { // a list: surer than patterns
		l.addPairs(f, pairs)
		l.addPatterns(f, text)
	} else {
		l.addPatterns(f, text)
		l.addPairs(f, pairs)
	}
	addCodes(f, text)
}

// addPrinted adds what a structure's message says, when the structure says nothing
// else: a wrapper's message may be what the client library printed of the answer.
func (l *Layout) addPrinted(f *Facts) {
	var found Facts
	text := withoutSystemErrors(f.Message)
	l.addPatterns(&found, text)
	addCodes(&found, text)
	f.Code, f.Subcode, f.Type = found.Code, found.Subcode, found.Type
	if f.Status == 0 {
		f.Status = printedStatus(f.Message)
	}
	if found.Message != "" {
		f.Message = found.Message
	}
}

func (l *Layout) addPatterns(f *Facts, text string) {
	text = cut(text, maxProse)
	folded := pattern.Fold(text)
	for i := range l.text {
		l.text[i].add(f, text, folded, l.ignore)
	}
}

var (
	printedCode    = regexp.MustCompile(`(?i)([a-z]*)[ _-]?\bcode['"]?\s*(?:[:=#-]|is\b)?\s*['"(\[]?#?(\d{1,10})\b`)
	printedSubcode = regexp.MustCompile(`(?i)\b(?:error_)?sub[ _-]?code['"]?\s*(?:[:=#-]|is\b)?\s*['"(\[]?(\d{1,10})\b`)
)

// addCodes adds a code that text calls one: "(code 100, subcode 33)".
func addCodes(f *Facts, text string) {
	if f.Code == "" && mentions(text, "code") {
		f.Code = firstCode(text)
	}
	if f.Subcode == "" && mentions(text, "sub") {
		if match := printedSubcode.FindStringSubmatch(text); match != nil && isWord(match[1]) {
			f.Subcode = match[1]
		}
	}
}

// firstCode returns the first number that text calls a code, but for codes of other
// things and for what an address has in its query.
func firstCode(text string) string {
	for _, at := range printedCode.FindAllStringSubmatchIndex(text, 8) {
		word, code := text[at[2]:at[3]], text[at[4]:at[5]]
		if at[0] > 0 && strings.IndexByte("?&", text[at[0]-1]) >= 0 {
			continue
		}
		if !otherCodes[strings.ToLower(word)] && isWord(code) {
			return code
		}
	}
	return ""
}

// mentions reports whether word stands in text in small letters, capitalised or in
// capitals. It spares most texts a regular expression.
func mentions(text, word string) bool {
	return strings.Contains(text, word) || strings.Contains(text, strings.ToUpper(word)) ||
		strings.Contains(text, strings.ToUpper(word[:1])+word[1:])
}

// otherCodes are the words that make of the code behind them none of the network's.
var otherCodes = map[string]bool{
	"status": true, "http": true, "response": true, "returned": true, "exit": true, "authorization": true,
	"auth": true, "verification": true, "country": true, "zip": true, "postal": true, "grant": true, "source": true,
}

var (
	// statusBefore matches what client libraries print in front of an HTTP status.
	statusBefore = regexp.MustCompile(`(?i)(?:` +
		`\bhttp(?:/\d(?:\.\d)?|[ _-]?(?:status|error|code|response|exception)(?:[ _-]?code)?)?` +
		`|\bstatus[ _-]?code|\bstatus|\bresponse(?: code)?|\breturned code|\breceived|\b(?:client|server) error|\bxrpc(?: error)?` +
		`|\breturned an error|\bnot indicate success` + // .NET
		`)['"\]]?\s*(?::|=>|=|of|was|is)?\s*[\x60'"(\[]?$`)
	statusBehind = regexp.MustCompile(`^(?i) (?:bad request|unauthorized|forbidden|not found|too many requests|internal server error|bad gateway|service unavailable)\b`)
)

// printedStatus returns the HTTP status that text tells, or 0.
func printedStatus(text string) int {
	text = cut(text, maxProse)
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		end := digitsEnd(text, i)
		alone := i == 0 || !isNameByte(text[i-1])
		if end-i == 3 && text[i] >= '3' && text[i] <= '5' && alone && (end == len(text) || !isNameByte(text[end])) {
			if statusBehind.MatchString(text[end:min(len(text), end+24)]) || statusBefore.MatchString(text[max(0, i-32):i]) {
				status, _ := strconv.Atoi(text[i:end])
				return status
			}
		}
		i = end
	}
	return 0
}

// statusIn returns the HTTP status that is a member of one of the documents, or 0.
func statusIn(documents []Value) int {
	for _, v := range documents {
		for i := range v.nodes {
			if n := &v.nodes[i]; n.size == 1 && len(n.text) == 3 && isStatusName(n.key) {
				if status, err := strconv.Atoi(n.text); err == nil && status >= 300 && status < 600 {
					return status
				}
			}
		}
	}
	return 0
}

// isStatusName reports whether client libraries keep the HTTP status under name.
func isStatusName(name string) bool {
	switch name {
	case "status", "statusCode", "status_code", "StatusCode", "http_code", "httpStatus", "http_status",
		"httpstatus", "httpStatusCode", "httpResponseCode", "Status":
		return true
	}
	return false
}
