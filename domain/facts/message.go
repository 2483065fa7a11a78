package facts

import (
	"regexp"
	"strings"
)

// withoutLinePrefix takes off what a logger wrote in front of every line but the
// first, or of all: time, process, component. Text of few lines, or of lines with
// nothing in common, stays.
func withoutLinePrefix(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) < 3 {
		return text
	}
	width := commonPrefix(lines[1:])
	width = prefixBoundary(lines[1][:width])
	if width == 0 {
		return text
	}
	for i, line := range lines {
		if i > 0 || len(line) >= width && samePrefix(line, lines[1], width) == width {
			lines[i] = line[min(width, len(line)):]
		}
	}
	return strings.Join(lines, "\n")
}

// commonPrefix returns the length in bytes of what the lines that are not empty
// begin with alike, any digit counting as any other.
func commonPrefix(lines []string) int {
	width := len(lines[0])
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) != "" {
			width = samePrefix(line, lines[0], width)
		}
	}
	return width
}

func samePrefix(a, b string, limit int) int {
	limit = min(limit, len(a), len(b))
	for i := range limit {
		if a[i] != b[i] && !(isDigit(a[i]) && isDigit(b[i])) {
			return i
		}
	}
	return limit
}

// prefixBoundary returns where the last separator of a logger ends within the
// prefix; 0 if there is none or hardly anything in front of it.
func prefixBoundary(prefix string) int {
	end := 0
	for _, separator := range []string{": ", "] ", "| ", "> ", " - "} {
		if i := strings.LastIndex(prefix, separator); i >= 0 {
			end = max(end, i+len(separator))
		}
	}
	words := 0
	for i := range end {
		if isLetter(prefix[i]) || isDigit(prefix[i]) {
			words++
		}
	}
	if words < 6 || strings.ContainsAny(prefix[:end], "\"{=") {
		return 0
	}
	return end
}

var (
	// stackTrace finds where the stack begins that a program printed behind its words.
	stackTrace = regexp.MustCompile(`\s+(?:at [\w$.<>\[\] ]+ \(?[\w./\\:@-]+:\d+|at \S+ line \d+\.?$|in (?:/|[A-Z]:\\)\S+\.php(?::\d+| on line \d+)|Stack trace:|Traceback \(most recent)`)
	// quotedByPHP finds the words in a fatal error of PHP.
	quotedByPHP = regexp.MustCompile(`(?s)\bwith message '(.*)'`)
	// exceptionName finds the class of an exception in front of its words.
	exceptionName = regexp.MustCompile(`^(?:PHP )?(?:Fatal error:\s+)?(?:Uncaught |Unhandled rejection )?(?:exception )?(?:[A-Za-z_]\w*[.\\]|[A-Za-z_]\w*::)*[A-Za-z_]*(?:Error|Exception)(?:\([^)]*\))?:\s+|^(?:[a-z_]\w*\.)+[A-Z]\w*:\s+`)
)

// plainMessage returns the words of a text without structure: without the class of
// the exception in front and the stack behind.
func plainMessage(text string) string {
	message := cut(text, maxMessage)
	if at := stackTrace.FindStringIndex(message); at != nil && at[0] > 0 {
		message = message[:at[0]]
	}
	if quoted := quotedByPHP.FindStringSubmatch(message); quoted != nil {
		message = quoted[1]
	}
	if name := exceptionName.FindString(message); name != "" && len(name) < len(message) {
		message = message[len(name):]
	}
	message = unwrapped(strings.TrimSpace(message))
	if len(message) > 1 && message[0] == message[len(message)-1] && strings.IndexByte("\"'", message[0]) >= 0 {
		message = unescape(message[1 : len(message)-1])
	}
	return message
}

// wrappedLine finds where a console or a mail broke a sentence in two: behind a word
// or a comma, in front of a small letter.
var wrappedLine = regexp.MustCompile(`([\pL,]) *\r?\n *(\p{Ll})`)

// unwrapped puts the lines of a sentence together again, so that words are found
// wherever the line was broken.
func unwrapped(text string) string {
	if strings.IndexByte(text, '\n') < 0 {
		return text
	}
	return wrappedLine.ReplaceAllString(text, "$1 $2")
}

// singleSpaced makes one space of several and of tabs. Line ends stay.
func singleSpaced(text string) string {
	if !strings.Contains(text, "  ") && strings.IndexByte(text, '\t') < 0 {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	last := byte(0)
	for i := range len(text) {
		c := text[i]
		if c == '\t' {
			c = ' '
		}
		if c != ' ' || last != ' ' {
			out.WriteByte(c)
		}
		last = c
	}
	return out.String()
}
