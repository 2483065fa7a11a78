package cluster

import "strings"

// maxCompared is how much of a text Varied reads, in bytes.
const maxCompared = 1000

// Diverse chooses n of the texts that differ most: the first, then again and
// again the one least like all chosen so far; of equals the earlier one. It
// returns their indexes in the order of choice, all when there are no more than n.
// Its work grows with n times the number of texts.
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

// jaccardDistance is Jaccard's: the share of the words of both that only one has.
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
