package parse

import (
	"cmp"
	"slices"
	"wherefore/domain/facts"

	"wherefore/domain"
)

// Bounds of what a tally keeps, whatever the number of events.
const (
	maxSamples       = 50 // event ids per bucket
	maxChangeSamples = 5  // event ids per pair of reasons
)

const secondsOfDay = 24 * 60 * 60

// Tally counts the outcomes of one trial. It is not safe for concurrent use:
// each goroutine counts for itself, and Merge adds the counts up.
type Tally struct {
	trial    *Trial
	events   int
	failed   samples
	failures int
	stale    int
	matched  int
	buckets  map[Bucket]*count
	changes  map[pair]*count
	shadows  map[string]int
	days     map[int64]map[Bucket]int // by the number of the day since 1970
	sources  map[int64]map[Bucket]int
	shapes   map[uint64]int // of the newly explained
	coverage *coverage
}

type pair struct{ from, to domain.ReasonID }

type count struct {
	events int
	newest samples
}

// NewTally returns an empty tally of a trial.
func NewTally(t *Trial) *Tally {
	return &Tally{
		trial: t, buckets: map[Bucket]*count{}, changes: map[pair]*count{}, shadows: map[string]int{},
		days: map[int64]map[Bucket]int{}, sources: map[int64]map[Bucket]int{}, shapes: map[uint64]int{},
		coverage: newCoverage(t.candidate),
	}
}

// Count adds the outcome of n events that are alike in all that a tally counts.
// An id of e is that of one of them, which becomes a sample.
func (y *Tally) Count(e StoredEvent, o Outcome, n int) {
	y.events += n
	counted(y.buckets, o.Bucket).events += n
	switch o.Bucket {
	case ChangesReason:
		counted(y.changes, pair{o.From, o.To}).events += n
	case Shadowed:
		y.shadows[o.Parser] += n
	case NewlyExplained:
		y.shapes[e.Shape] += n
	}
	if o.Failure != nil {
		y.failures += n
	}
	if o.Stale {
		y.stale += n
	}
	if o.Holds {
		y.matched += n
	}
	addTo(y.days, e.OccurredAt.Unix()/secondsOfDay, o.Bucket, n)
	addTo(y.sources, e.SourceID, o.Bucket, n)
	if e.ID != "" {
		y.Sample(e.ID, o)
	}
}

// Sample notes the id of an event that was counted with this outcome.
func (y *Tally) Sample(id string, o Outcome) {
	counted(y.buckets, o.Bucket).newest.add(id, maxSamples)
	if o.Bucket == ChangesReason {
		counted(y.changes, pair{o.From, o.To}).newest.add(id, maxChangeSamples)
	}
	if o.Failure != nil {
		y.failed.add(id, maxSamples)
	}
}

// Cover notes which facts an error has, to explain why the candidate matches
// none.
func (y *Tally) Cover(f facts.Facts) { y.coverage.add(f) }

func addTo[K comparable](counts map[K]map[Bucket]int, key K, b Bucket, n int) {
	if counts[key] == nil {
		counts[key] = map[Bucket]int{}
	}
	counts[key][b] += n
}

// counted returns the count of a key, made when it is first asked for.
func counted[K comparable](counts map[K]*count, key K) *count {
	if counts[key] == nil {
		counts[key] = &count{}
	}
	return counts[key]
}

// Merge adds what another tally of the same trial counted. The result does not
// depend on the order of merging.
func (y *Tally) Merge(other *Tally) {
	y.events += other.events
	y.failures += other.failures
	y.stale += other.stale
	y.matched += other.matched
	y.failed.merge(other.failed, maxSamples)
	mergeCounts(y.buckets, other.buckets, maxSamples)
	mergeCounts(y.changes, other.changes, maxChangeSamples)
	for parser, n := range other.shadows {
		y.shadows[parser] += n
	}
	mergeTo(y.days, other.days)
	mergeTo(y.sources, other.sources)
	for shape, n := range other.shapes {
		y.shapes[shape] += n
	}
	y.coverage.merge(other.coverage)
}

func mergeCounts[K comparable](into, from map[K]*count, most int) {
	for key, c := range from {
		target := counted(into, key)
		target.events += c.events
		target.newest.merge(c.newest, most)
	}
}

func mergeTo[K comparable](into, from map[K]map[Bucket]int) {
	for key, buckets := range from {
		for b, n := range buckets {
			addTo(into, key, b, n)
		}
	}
}

// samples are event ids, newest first: ids grow with time.
type samples []string

func (s *samples) add(id string, most int) {
	at, there := slices.BinarySearchFunc(*s, id, func(have, id string) int { return cmp.Compare(id, have) })
	if there || at == most {
		return
	}
	*s = slices.Insert(*s, at, id)
	*s = (*s)[:min(len(*s), most)]
}

func (s *samples) merge(other samples, most int) {
	for _, id := range other {
		s.add(id, most)
	}
}
