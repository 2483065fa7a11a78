package cluster

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// MaskValues holds the values behind one mask of a template.
type MaskValues struct {
	Context string // the mask with the words before it, such as "of page <num>"
	Values  []ValueCount
}

// ValueCount is how many messages have a value behind a mask.
type ValueCount struct {
	Value    string
	Messages int
}

// CountValues counts the values behind each mask of a template in messages, the most
// frequent first, and the messages that fit the template. Not all messages of a
// cluster need to fit, because people can merge clusters.
func CountValues(template string, messages []string) (masks []MaskValues, fit int) {
	contexts := maskContexts(template)
	counts := make([]map[string]int, len(contexts))
	for i := range counts {
		counts[i] = map[string]int{}
	}
	for _, m := range messages {
		values, ok := Values(template, m)
		if !ok {
			continue
		}
		fit++
		for i, v := range values[:min(len(values), len(counts))] {
			counts[i][v]++
		}
	}
	for i, context := range contexts {
		masks = append(masks, MaskValues{context, byFrequency(counts[i])})
	}
	return masks, fit
}

func byFrequency(counts map[string]int) []ValueCount {
	var list []ValueCount
	for _, value := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, ValueCount{value, counts[value]})
	}
	slices.SortStableFunc(list, func(a, b ValueCount) int { return cmp.Compare(b.Messages, a.Messages) })
	return list
}

// contextWords is how many words before a mask belong to its context.
const contextWords = 2

// maskContexts returns, for each mask of a template, the mask with the words before it.
func maskContexts(template string) []string {
	_, message := factsAndMessage(template)
	var found []string
	for i, start := 0, maskStart(message, 0); start >= 0; i, start = i+1, maskStart(message, i+1) {
		end := start + maskLength(message[start:])
		before := strings.Fields(message[:start])
		joined := start > 0 && message[start-1] != ' '
		from := max(0, len(before)-contextWords)
		text := strings.Join(before[from:], " ")
		if text != "" && !joined {
			text += " "
		}
		found = append(found, text+message[start:end])
	}
	return found
}
