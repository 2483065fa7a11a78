package cluster

import "strings"

// Values returns what stands in a message in the places of its cluster's masks,
// in their order, where the template is the cluster's and the message that of the
// facts. Of a list there is one value, all of a list of one kind and the first
// record of others. It is false when the message does not fit the template.
func Values(template, message string) ([]string, bool) {
	var s Scanner
	masked, spans := s.Scan(message)
	_, pattern := factsAndMessage(template)
	// A cluster's template is folded already, and where it was opened masks may
	// stand side by side that are no list.
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

// rawValue returns the text of a message that the field f of its template stands for.
func (f token) rawValue(message string, spans []Span) string {
	var out strings.Builder
	mask := f.firstMask
	for i := 0; i < len(f.text); {
		if m := maskAt(f.text[i:]); m != 0 {
			out.WriteString(message[spans[mask].Start:spans[mask].End])
			i += len(maskTexts[m])
			mask++
			continue
		}
		out.WriteByte(f.text[i])
		i++
	}
	return out.String()
}
