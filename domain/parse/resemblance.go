package parse

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

// Example is an error, or words about it, whose cause is known.
type Example struct {
	Cause  domain.Cause
	Source string // what it is an example for, such as a parser; those of one source are much alike
	Words  bool   // it is words about the cause and no error
	Facts  facts.Facts
}

// Likeness is a cause that errors resemble.
type Likeness struct {
	Cause domain.Cause
	Share float64 // how likely it is, 0 to 1
}

// Resemblance finds the causes that an error resembles in its words, codes and
// status: naive Bayes over examples, in which every word speaks for a cause as much
// as it is more frequent there than elsewhere.
//
// Such counts are far too sure of themselves, since words come in phrases: so many
// words are taken to say as much as the root of their number would, each for itself.
// How much even that is believed is tried out and not guessed: each example is taken
// for an unknown error once, without all from its source, and the belief is the one
// under which the right causes are the likeliest on the whole. So of the causes that
// are called half likely, about half are right. A Resemblance is safe for concurrent
// use.
type Resemblance struct {
	all    tally
	causes []domain.Cause // in order
	of     []tally        // of each cause
	belief float64        // in what words say; 1 is all of it
}

// tally counts the examples that have a word.
type tally struct {
	words    map[string]float64
	examples float64
}

func newTally() tally { return tally{words: map[string]float64{}} }

func (t *tally) add(words []string) {
	t.examples++
	for _, w := range words {
		t.words[w]++
	}
}

// beliefs are those that are tried.
var beliefs = []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, 1}

// NewResemblance learns from examples. For a thousand it takes less than a tenth of a second.
func NewResemblance(examples []Example) *Resemblance {
	r := &Resemblance{all: newTally()}
	for _, e := range examples {
		r.causes = append(r.causes, e.Cause)
	}
	slices.Sort(r.causes)
	r.causes = slices.Compact(r.causes)
	for range r.causes {
		r.of = append(r.of, newTally())
	}
	sources := map[string]*tally{}
	for _, e := range examples {
		if sources[e.key()] == nil {
			source := newTally()
			sources[e.key()] = &source
		}
		words := wordsOf(e.Facts)
		r.all.add(words)
		r.of[r.index(e.Cause)].add(words)
		sources[e.key()].add(words)
	}
	var tries []try
	for _, e := range examples {
		if !e.Words {
			cause := r.index(e.Cause)
			tries = append(tries, try{cause, r.scores(wordsOf(e.Facts), cause, *sources[e.key()])})
		}
	}
	r.belief = bestBelief(tries)
	return r
}

// index returns the place of a cause that there are examples of.
func (r *Resemblance) index(cause domain.Cause) int {
	i, _ := slices.BinarySearch(r.causes, cause)
	return i
}

// key tells the examples of one source and cause from others.
func (e Example) key() string { return e.Source + " " + string(e.Cause) }

// wordsOf are the different words of an error, with its codes and its status. Codes
// mean something on their own network only, but seldom are those of two equal.
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

// doubt is how many examples a cause is thought to have beyond those that are
// there, with the words that all have. It keeps few examples from settling things.
const doubt = 0.2

// scores returns, for each cause, how much more the words are at home there than
// elsewhere; of a cause without examples it is -Inf. What is in without does not
// count for its cause.
func (r *Resemblance) scores(words []string, cause int, without tally) []float64 {
	words = slices.DeleteFunc(words, func(w string) bool { return r.all.words[w] == 0 }) // they speak for nothing
	scores := make([]float64, len(r.causes))
	for i, t := range r.of {
		gone := tally{}
		if i == cause {
			gone = without
		}
		examples, said := t.examples-gone.examples, 0.0
		for _, w := range words {
			everywhere := r.all.words[w] / r.all.examples
			said += math.Log((t.words[w] - gone.words[w] + doubt*everywhere) / (examples + doubt) / everywhere)
		}
		scores[i] = math.Log(examples) + said/math.Sqrt(float64(max(len(words), 1)))
	}
	return scores
}

// try is what was found out about an example that was taken for unknown.
type try struct {
	cause  int
	scores []float64
}

// bestBelief returns the belief that makes the right causes the likeliest.
func bestBelief(tries []try) float64 {
	best, top := 0.0, math.Inf(-1)
	for _, belief := range beliefs {
		if s := success(tries, belief); s > top {
			best, top = belief, s
		}
	}
	return best
}

// success is how likely a belief makes the right causes. One that no other example
// has can't be found by any.
func success(tries []try, belief float64) float64 {
	sum := 0.0
	for _, t := range tries {
		if !math.IsInf(t.scores[t.cause], -1) {
			sum += math.Log(shares(t.scores, belief)[t.cause])
		}
	}
	return sum
}

// shares makes shares of scores, which add up to 1.
func shares(scores []float64, belief float64) []float64 {
	top, sum := slices.Max(scores), 0.0
	likely := make([]float64, len(scores))
	for i, score := range scores {
		likely[i] = math.Exp(belief * (score - top))
		sum += likely[i]
	}
	for i := range likely {
		likely[i] /= sum
	}
	return likely
}

// Causes returns at most n causes that errors resemble, the likeliest first. Of
// several errors that belong together each has one voice. Nothing is returned of
// errors whose words no example has.
func (r *Resemblance) Causes(errors []facts.Facts, n int) []Likeness {
	sums, voices := make([]float64, len(r.causes)), 0.0
	for _, f := range errors {
		words := wordsOf(f)
		if !slices.ContainsFunc(words, func(w string) bool { return r.all.words[w] > 0 }) {
			continue
		}
		voices++
		for i, share := range shares(r.scores(words, none, tally{}), r.belief) {
			sums[i] += share
		}
	}
	var list []Likeness
	for i, c := range r.causes {
		if voices > 0 {
			list = append(list, Likeness{c, sums[i] / float64(len(errors))})
		}
	}
	slices.SortStableFunc(list, func(a, b Likeness) int { return cmp.Compare(b.Share, a.Share) })
	return list[:min(n, len(list))]
}

// none is the index of no cause.
const none = -1
