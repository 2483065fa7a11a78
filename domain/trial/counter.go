package trial

import (
	"cmp"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// Bounds of what a counter keeps, whatever the number of events.
const (
	maxSamples       = 50 // event ids per bucket
	maxChangeSamples = 5  // event ids per pair of reasons
)

const secondsOfDay = 24 * 60 * 60

// DayStart is when a day begins, by its number since 1970, in UTC.
func DayStart(day int64) time.Time { return time.Unix(day*secondsOfDay, 0).UTC() }

// Counter counts the effects of one trial. It is not safe for concurrent use:
// each goroutine counts for itself, and Merge adds the counts up.
type Counter struct {
	trial      *Trial
	events     int
	failed     samples
	failures   int
	stale      int
	matched    int
	buckets    map[Bucket]*count
	changes    map[pair]*count
	overridden map[string]int
	days       map[int64]map[Bucket]int // by the number of the day since 1970
	sources    map[int64]map[Bucket]int
	shapes     map[uint64]int // of the newly explained
	coverage   *coverage
}

type pair struct{ from, to domain.ReasonID }

type count struct {
	events int
	newest samples
}

// NewCounter returns an empty counter of a trial.
func NewCounter(t *Trial) *Counter {
	return &Counter{
		trial: t, buckets: map[Bucket]*count{}, changes: map[pair]*count{}, overridden: map[string]int{},
		days: map[int64]map[Bucket]int{}, sources: map[int64]map[Bucket]int{}, shapes: map[uint64]int{},
		coverage: newCoverage(t.candidate),
	}
}

// Count adds the effect on n events that are alike in all that a counter counts.
// An id of e is that of one of them, which becomes a sample.
func (c *Counter) Count(e StoredEvent, o Effect, n int) {
	c.events += n
	counted(c.buckets, o.Bucket).events += n
	switch o.Bucket {
	case ChangesReason:
		counted(c.changes, pair{o.From, o.To}).events += n
	case Overridden:
		c.overridden[o.Parser] += n
	case NewlyExplained:
		c.shapes[e.Shape] += n
	}
	if o.Failure != nil {
		c.failures += n
	}
	if o.Stale {
		c.stale += n
	}
	if o.Holds {
		c.matched += n
	}
	addTo(c.days, e.OccurredAt.Unix()/secondsOfDay, o.Bucket, n)
	addTo(c.sources, e.SourceID, o.Bucket, n)
	if e.ID != "" {
		c.Sample(e.ID, o)
	}
}

// Sample notes the id of an event that was counted with this effect.
func (c *Counter) Sample(id string, o Effect) {
	counted(c.buckets, o.Bucket).newest.add(id, maxSamples)
	if o.Bucket == ChangesReason {
		counted(c.changes, pair{o.From, o.To}).newest.add(id, maxChangeSamples)
	}
	if o.Failure != nil {
		c.failed.add(id, maxSamples)
	}
}

// Cover notes which facts an error has, to explain why the candidate matches
// none.
func (c *Counter) Cover(f facts.Facts) { c.coverage.add(f) }

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

// Merge adds what another counter of the same trial counted. The result does not
// depend on the order of merging.
func (c *Counter) Merge(other *Counter) {
	c.events += other.events
	c.failures += other.failures
	c.stale += other.stale
	c.matched += other.matched
	c.failed.merge(other.failed, maxSamples)
	mergeCounts(c.buckets, other.buckets, maxSamples)
	mergeCounts(c.changes, other.changes, maxChangeSamples)
	for parser, n := range other.overridden {
		c.overridden[parser] += n
	}
	mergeTo(c.days, other.days)
	mergeTo(c.sources, other.sources)
	for shape, n := range other.shapes {
		c.shapes[shape] += n
	}
	c.coverage.merge(other.coverage)
}

func mergeCounts[K comparable](into, from map[K]*count, most int) {
	for key, n := range from {
		target := counted(into, key)
		target.events += n.events
		target.newest.merge(n.newest, most)
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
