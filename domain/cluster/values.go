package cluster

import "strings"

// Values returns the values of a message behind the masks of its cluster's template,
// in order. A list has one value: the whole list if all items are of one kind, else
// its first record. It returns false if the message does not fit the template. For
// example "user ann left 10.0.0.1" has the values "ann" and "10.0.0.1" in the
// template "user <*> left <ip>".
func Values(template, message string) ([]string, bool) {
	var s Scanner
	masked, spans := s.Scan(message)
	_, pattern := factsAndMessage(template)
	// The lists of a cluster's template are folded already, and neighbouring
	// wildcards in it are no list.
	want, have := tokenizeMessage(pattern, false), foldLists(tokenizeMessage(string(masked), false))
	if len(want) != len(have) {
		return nil, false
	}
	var values []string
	for i, w := range want {
		switch {
		case w.kind == variable && w.maskCount != have[i].maskCount || w.isWildcard():
			values = append(values, have[i].rawValue(message, spans))
		case w.hash != have[i].hash:
			return nil, false
		default:
			for _, span := range spans[have[i].firstMask : have[i].firstMask+have[i].maskCount] {
				values = append(values, message[span.Start:span.End])
			}
		}
	}
	return values, true
}

// rawValue returns the text of a message that the token t of its template stands for.
func (t token) rawValue(message string, spans []Span) string {
	var out strings.Builder
	mask := t.firstMask
	for i := 0; i < len(t.text); {
		if m := maskAt(t.text[i:]); m != 0 {
			out.WriteString(message[spans[mask].Start:spans[mask].End])
			i += len(maskTexts[m])
			mask++
			continue
		}
		out.WriteByte(t.text[i])
		i++
	}
	return out.String()
}
