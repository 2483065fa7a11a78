package cluster

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// MaskValues is a masked part of a template with what stands there in messages.
type MaskValues struct {
	Context string // the words before the mask, and the mask
	Values  []ValueCount
}

// ValueCount is how many messages have a value in a place.
type ValueCount struct {
	Value    string
	Messages int
}

// CountValues counts what stands behind each mask of a template in messages, the most
// frequent first, and how many of the messages fit the template: not all need to,
// since people put other shapes into clusters too.
func CountValues(template string, messages []string) (places []MaskValues, fit int) {
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
		places = append(places, MaskValues{context, byFrequency(counts[i])})
	}
	return places, fit
}

func byFrequency(counts map[string]int) []ValueCount {
	var list []ValueCount
	for _, value := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, ValueCount{value, counts[value]})
	}
	slices.SortStableFunc(list, func(a, b ValueCount) int { return cmp.Compare(b.Messages, a.Messages) })
	return list
}

// contextWords is how many words before a mask say what it is.
const contextWords = 2

// contexts returns, for each mask of a template, the mask with the words before it.
func maskContexts(template string) []string {
	_, message := factsAndMessage(template)
	var found []string
	for i, start := 0, maskStart(message, 0); start >= 0; i, start = i+1, maskStart(message, i+1) {
		end := start + maskLength(message[start:])
		before := strings.Fields(message[:start])
		glued := start > 0 && message[start-1] != ' '
		from := max(0, len(before)-contextWords)
		text := strings.Join(before[from:], " ")
		if text != "" && !glued {
			text += " "
		}
		found = append(found, text+message[start:end])
	}
	return found
}

// maxDistance is how different two templates may be to be called similar: more
// than a third of their words are the same.
const maxDistance = 0.67

// Similar returns the indexes of at most n templates that resemble a template
// most, by the words and facts that they share; none that has little to do with it.
func Similar(template string, others []string, n int) []int {
	own := wordsOf(generalizeMasks(template))
	distances := make([]float64, len(others))
	var near []int
	for i, other := range others {
		if distances[i] = jaccardDistance(own, wordsOf(generalizeMasks(other))); distances[i] <= maxDistance {
			near = append(near, i)
		}
	}
	slices.SortStableFunc(near, func(a, b int) int { return cmp.Compare(distances[a], distances[b]) })
	return near[:min(n, len(near))]
}

// Masks returns the different masks of a template, as they stand in it.
func Masks(template string) []string {
	_, message := factsAndMessage(template)
	var masks []string
	for i := 0; i < len(message); {
		n := maskLength(message[i:])
		if n > 0 && !slices.Contains(masks, message[i:i+n]) {
			masks = append(masks, message[i:i+n])
		}
		i += max(n, 1)
	}
	return masks
}
