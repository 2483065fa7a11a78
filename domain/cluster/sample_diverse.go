package cluster

import "strings"

// maxCompared is how many bytes of a text Diverse compares.
const maxCompared = 1000

// Diverse chooses the n texts that differ most, by farthest-first traversal: the first
// text, then repeatedly the text with the largest distance to all chosen ones; the
// earlier of equal ones. It returns their indexes in the order of choice, all indexes
// if there are at most n texts. Its work grows with n times the number of texts.
func Diverse(texts []string, n int) []int {
	words := make([]map[string]bool, len(texts))
	nearest := make([]float64, len(texts)) // distance to the nearest chosen text; -1 when chosen
	for i, text := range texts {
		words[i] = wordsOf(text[:min(len(text), maxCompared)])
		nearest[i] = 1
	}
	var chosen []int
	for range min(n, len(texts)) {
		next := 0
		for i, d := range nearest {
			if d > nearest[next] {
				next = i
			}
		}
		chosen = append(chosen, next)
		nearest[next] = -1
		for i := range nearest {
			nearest[i] = min(nearest[i], jaccardDistance(words[i], words[next]))
		}
	}
	return chosen
}

func wordsOf(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// jaccardDistance is the share of the words of two sets that only one has.
func jaccardDistance(a, b map[string]bool) float64 {
	common := 0
	for word := range a {
		if b[word] {
			common++
		}
	}
	all := len(a) + len(b) - common
	if all == 0 {
		return 0
	}
	return 1 - float64(common)/float64(all)
}
