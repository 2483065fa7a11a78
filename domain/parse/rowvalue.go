package parse

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// listItems parts a list at its commas, those in double quotes apart. Empty
// items are left out.
func listItems(list string) []string {
	var items []string
	for list = strings.TrimSpace(list); list != ""; list = strings.TrimSpace(list) {
		item, rest, _ := strings.Cut(list, ",")
		if quoted, err := strconv.QuotedPrefix(list); err == nil && quoted[0] == '"' {
			after := strings.TrimSpace(list[len(quoted):])
			if after == "" || after[0] == ',' {
				item, rest = quoted, strings.TrimPrefix(after, ",")
			}
		}
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
		list = rest
	}
	return items
}

// unquoted is the text that a written value means, and whether it stands in
// double quotes.
func unquoted(written string) (string, bool) {
	if len(written) < 2 || written[0] != '"' {
		return written, false
	}
	text, err := strconv.Unquote(written)
	if err != nil || !utf8.ValidString(text) {
		return written, false
	}
	return text, true
}

// plainText reports whether a text can be written as it is and be read as such.
func plainText(text string, inList bool) bool {
	if text == "" || text[0] == '"' || text != strings.TrimSpace(text) || inList && strings.Contains(text, ",") {
		return false
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// scalar reads what JSON writes without quotes; false for anything else, and for
// numbers that are too large.
func scalar(written string) (ref.Val, bool) {
	switch written {
	case "true", "false":
		return types.Bool(written == "true"), true
	case "null":
		return types.NullValue, true
	}
	if !numberForm.MatchString(written) {
		return nil, false
	}
	if n, err := strconv.ParseInt(written, 10, 64); err == nil {
		return types.Int(n), true
	}
	f, err := strconv.ParseFloat(written, 64)
	return types.Double(f), err == nil
}

func isScalar(v ref.Val) bool {
	switch v.(type) {
	case types.Bool, types.Null, types.Int, types.Double:
		return true
	}
	return false
}

// inCEL writes a text or a scalar as a literal of CEL.
func inCEL(v ref.Val) string {
	switch v := v.(type) {
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case types.Int:
		return strconv.FormatInt(int64(v), 10)
	case types.Double:
		text := strconv.FormatFloat(float64(v), 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0" // or it would be an int
		}
		return text
	case types.String:
		return strconv.Quote(string(v))
	}
	return "null"
}

var fieldForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// noField are words of CEL that can't follow a dot.
var noField = map[string]bool{"true": true, "false": true, "null": true, "in": true}

// written is the path as conditions write it.
func (p bodyPath) written() string {
	var b strings.Builder
	b.WriteString("body")
	for _, s := range p {
		switch {
		case s.isIndex:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case fieldForm.MatchString(s.key) && !noField[s.key]:
			b.WriteString("." + s.key)
		default:
			b.WriteString("[" + strconv.Quote(s.key) + "]")
		}
	}
	return b.String()
}
