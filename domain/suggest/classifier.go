package suggest

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// Example is an error, or a text about it, whose cause is known.
type Example struct {
	Cause  domain.Cause
	Source string // where it is from, such as a parser; examples of one source are much alike
	IsText bool   // it is a text about the cause, not an error
	Facts  facts.Facts
}

// Score is how probable a cause is.
type Score struct {
	Cause       domain.Cause
	Probability float64 // 0 to 1
}

// Classifier estimates the causes of an error from its words, codes and status. It
// is a naive Bayes classifier over examples.
//
// Naive Bayes is overconfident on text, because words come in phrases and are not
// independent. So the sum of the log likelihoods is divided by the root of the number
// of words, and then calibrated by an exponent: each example is classified by all
// examples of other sources, and the exponent with the greatest likelihood of the
// right causes is kept (temperature scaling, https://arxiv.org/abs/1706.04599, on
// held-out sources). Of the causes with a probability of one half, about half are
// right. A Classifier is safe for concurrent use.
type Classifier struct {
	all         counts
	causes      []domain.Cause // sorted
	of          []counts       // of each cause
	calibration float64        // exponent of the probabilities, greater than 0 and at most 1
}

// counts are the numbers of examples that have a word.
type counts struct {
	words    map[string]float64
	examples float64
}

func newCounts() counts { return counts{words: map[string]float64{}} }

func (c *counts) add(words []string) {
	c.examples++
	for _, w := range words {
		c.words[w]++
	}
}

// calibrations are the exponents that are compared.
var calibrations = []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, 1}

// NewClassifier learns from examples. A thousand take less than a tenth of a second.
func NewClassifier(examples []Example) *Classifier {
	c := &Classifier{all: newCounts()}
	for _, e := range examples {
		c.causes = append(c.causes, e.Cause)
	}
	slices.Sort(c.causes)
	c.causes = slices.Compact(c.causes)
	for range c.causes {
		c.of = append(c.of, newCounts())
	}
	sources := map[string]*counts{}
	for _, e := range examples {
		if sources[e.key()] == nil {
			source := newCounts()
			sources[e.key()] = &source
		}
		words := wordsOf(e.Facts)
		c.all.add(words)
		c.of[c.index(e.Cause)].add(words)
		sources[e.key()].add(words)
	}
	var held []heldOut
	for _, e := range examples {
		if !e.IsText {
			cause := c.index(e.Cause)
			held = append(held, heldOut{cause, c.logScores(wordsOf(e.Facts), cause, *sources[e.key()])})
		}
	}
	c.calibration = bestCalibration(held)
	return c
}

// index returns the index of a cause that has examples.
func (c *Classifier) index(cause domain.Cause) int {
	i, _ := slices.BinarySearch(c.causes, cause)
	return i
}

// key identifies the examples of one source and cause.
func (e Example) key() string { return e.Source + " " + string(e.Cause) }

// wordsOf lists the different words of an error, with its codes and its status. Codes
// of different networks are rarely equal, so they are not kept apart.
func wordsOf(f facts.Facts) []string {
	words := strings.FieldsFunc(strings.ToLower(f.Message+" "+f.Type), func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < 3 })
	if f.Code != "" {
		words = append(words, "code "+f.Code)
	}
	if f.Subcode != "" {
		words = append(words, "subcode "+f.Subcode)
	}
	if f.Status != 0 {
		words = append(words, "status "+strconv.Itoa(f.Status))
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// smoothing is the number of examples that each cause is given beside its own, with
// the words that all examples have: few examples are weak evidence.
const smoothing = 0.2

// logScores returns the log of each cause's unnormalized probability; -Inf for a cause
// without examples. The examples in without are not counted for cause.
func (c *Classifier) logScores(words []string, cause int, without counts) []float64 {
	words = slices.DeleteFunc(words, func(w string) bool { return c.all.words[w] == 0 })
	scores := make([]float64, len(c.causes))
	for i, of := range c.of {
		held := counts{}
		if i == cause {
			held = without
		}
		examples, likelihood := of.examples-held.examples, 0.0
		for _, w := range words {
			everywhere := c.all.words[w] / c.all.examples
			likelihood += math.Log((of.words[w] - held.words[w] + smoothing*everywhere) / (examples + smoothing) / everywhere)
		}
		scores[i] = math.Log(examples) + likelihood/math.Sqrt(float64(max(len(words), 1)))
	}
	return scores
}

// heldOut is an example that was classified by examples of other sources.
type heldOut struct {
	cause  int // the right one
	scores []float64
}

// bestCalibration returns the exponent with the greatest likelihood of the right causes.
func bestCalibration(held []heldOut) float64 {
	best, greatest := 0.0, math.Inf(-1)
	for _, exponent := range calibrations {
		if l := logLikelihood(held, exponent); l > greatest {
			best, greatest = exponent, l
		}
	}
	return best
}

// logLikelihood is that of the right causes. Causes that only the held-out source
// has examples of are left out: nothing could find them.
func logLikelihood(held []heldOut, exponent float64) float64 {
	sum := 0.0
	for _, h := range held {
		if !math.IsInf(h.scores[h.cause], -1) {
			sum += math.Log(probabilities(h.scores, exponent)[h.cause])
		}
	}
	return sum
}

// probabilities is the softmax of calibrated scores.
func probabilities(scores []float64, exponent float64) []float64 {
	greatest, sum := slices.Max(scores), 0.0
	all := make([]float64, len(scores))
	for i, score := range scores {
		all[i] = math.Exp(exponent * (score - greatest))
		sum += all[i]
	}
	for i := range all {
		all[i] /= sum
	}
	return all
}

// Causes returns at most n causes of errors that belong together, the most probable
// first: the mean of what each error says. It returns none when no example has any of
// their words.
func (c *Classifier) Causes(errors []facts.Facts, n int) []Score {
	sums, known := make([]float64, len(c.causes)), false
	for _, f := range errors {
		words := wordsOf(f)
		if !slices.ContainsFunc(words, func(w string) bool { return c.all.words[w] > 0 }) {
			continue
		}
		known = true
		for i, p := range probabilities(c.logScores(words, none, counts{}), c.calibration) {
			sums[i] += p
		}
	}
	if !known {
		return nil
	}
	var list []Score
	for i, cause := range c.causes {
		list = append(list, Score{cause, sums[i] / float64(len(errors))})
	}
	slices.SortStableFunc(list, func(a, b Score) int { return cmp.Compare(b.Probability, a.Probability) })
	return list[:min(n, len(list))]
}

// none is the index of no cause.
const none = -1
