// Package anomaly holds every rule of the kind "more than chance": whether counts of
// now differ from the usual ones by more than such counts do by themselves.
//
// Two counts are compared by the exact conditional test for two Poisson means
// (Przyborowski and Wilenski, "Homogeneity of results in testing samples from Poisson
// series", Biometrika 31, 1940): given their sum, the first is binomial with the share
// of its exposure. It is exact for small counts, where a normal approximation marks 3
// beside 0, and exposures may differ.
//
// A page that compares many things marks some by chance. Beyond corrects for that by
// Holm's method ("A simple sequentially rejective multiple test procedure",
// Scandinavian Journal of Statistics 6, 1979), which needs no independence: where
// nothing changed, at most Level of all pages mark anything.
package anomaly

import (
	"cmp"
	"math"
	"slices"
)

// Level is the share of pages that may mark something where nothing has changed.
const Level = 0.05

// A Count is how many there were in an exposure: hours, days, or whatever else both
// sides of a comparison are measured in.
type Count struct {
	N        int
	Exposure float64 // more than 0
}

// A Comparison holds the count of now against usual ones. It grew only if it is more
// than each of them.
type Comparison struct {
	Now   Count
	Usual []Count
}

// Above is the probability of a count of now that is at least as high, if nothing has
// changed: of the usual counts, the one that it differs from the least decides.
func (c Comparison) Above() float64 { return c.most(Count.above) }

// Below is the probability of a count of now that is at most as high.
func (c Comparison) Below() float64 { return c.most(Count.below) }

func (c Comparison) most(p func(now, usual Count) float64) float64 {
	if len(c.Usual) == 0 {
		return 1
	}
	most := 0.0
	for _, usual := range c.Usual {
		most = max(most, p(c.Now, usual))
	}
	return most
}

func (now Count) above(usual Count) float64 {
	return atLeast(now.N, now.N+usual.N, now.Exposure/(now.Exposure+usual.Exposure))
}

func (now Count) below(usual Count) float64 {
	return 1 - atLeast(now.N+1, now.N+usual.N, now.Exposure/(now.Exposure+usual.Exposure))
}

// Beyond tells which of some probabilities are beyond chance, in their order, when so
// many comparisons were made. Comparisons that need no probability, since there was
// nothing to compare, count as well.
func Beyond(probabilities []float64, comparisons int) []bool {
	order := make([]int, len(probabilities))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(probabilities[a], probabilities[b]) })
	beyond := make([]bool, len(probabilities))
	for rank, i := range order {
		if probabilities[i] > Level/float64(max(comparisons, len(probabilities))-rank) {
			break
		}
		beyond[i] = true
	}
	return beyond
}

// Grown tells which comparisons grew beyond chance.
func Grown(all []Comparison, comparisons int) []bool {
	probabilities := make([]float64, len(all))
	for i, c := range all {
		probabilities[i] = c.Above()
	}
	return Beyond(probabilities, comparisons)
}

// atLeast is the probability that a binomial count of n trials with success p is k or
// more. It adds up the shorter tail from its highest term on; the terms fall faster
// than a geometric series, so that a few hundred suffice for a million trials.
func atLeast(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n:
		return 0
	case float64(k) > float64(n)*p:
		return tail(k, n, p)
	default:
		return 1 - tail(n-k+1, n, 1-p)
	}
}

// tail is atLeast of a k beyond the mean.
func tail(k, n int, p float64) float64 {
	term := math.Exp(logChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	sum := 0.0
	for ; k <= n && term > sum*1e-17; k++ {
		sum += term
		term *= float64(n-k) / float64(k+1) * p / (1 - p)
	}
	return min(sum, 1)
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
