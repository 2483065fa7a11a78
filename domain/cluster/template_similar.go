package cluster

import (
	"cmp"
	"slices"
)

// maxDistance is the largest distance of similar templates: about a third of the words
// of both are the same.
const maxDistance = 0.67

// Similar returns the indexes of the at most n templates that are most similar to a
// template, by the words and facts that they share.
func Similar(template string, others []string, n int) []int {
	own := wordsOf(generalizeMasks(template))
	distances := make([]float64, len(others))
	var similar []int
	for i, other := range others {
		if distances[i] = jaccardDistance(own, wordsOf(generalizeMasks(other))); distances[i] <= maxDistance {
			similar = append(similar, i)
		}
	}
	slices.SortStableFunc(similar, func(a, b int) int { return cmp.Compare(distances[a], distances[b]) })
	return similar[:min(n, len(similar))]
}
