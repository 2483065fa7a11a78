package parse

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"wherefore/domain"
)

// Bounds of what a tally keeps, whatever the number of events.
const (
	maxSamples       = 50 // event ids per bucket
	maxChangeSamples = 5  // event ids per pair of reasons
)

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
	days     map[string]map[Bucket]int
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
		days: map[string]map[Bucket]int{}, coverage: newCoverage(t.candidate),
	}
}

// Add sorts one event and counts it.
func (y *Tally) Add(e StoredEvent) Outcome {
	o := y.trial.Sort(e)
	y.events++
	counted(y.buckets, o.Bucket).add(e.ID, maxSamples)
	switch o.Bucket {
	case ChangesReason:
		counted(y.changes, pair{o.From, o.To}).add(e.ID, maxChangeSamples)
	case Shadowed:
		y.shadows[o.Parser]++
	}
	if o.Failure != nil {
		y.failures++
		y.failed.add(e.ID, maxSamples)
	}
	if o.Stale {
		y.stale++
	}
	if o.Holds {
		y.matched++
	}
	y.addToDay(e.OccurredAt.UTC().Format(time.DateOnly), o.Bucket, 1)
	y.coverage.add(e.Facts)
	return o
}

func (y *Tally) addToDay(day string, b Bucket, n int) {
	if y.days[day] == nil {
		y.days[day] = map[Bucket]int{}
	}
	y.days[day][b] += n
}

// counted returns the count of a key, made when it is first asked for.
func counted[K comparable](counts map[K]*count, key K) *count {
	if counts[key] == nil {
		counts[key] = &count{}
	}
	return counts[key]
}

func (c *count) add(id string, most int) {
	c.events++
	c.newest.add(id, most)
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
	for day, buckets := range other.days {
		for b, n := range buckets {
			y.addToDay(day, b, n)
		}
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

// samples are event ids, newest first: ids grow with time.
type samples []string

func (s *samples) add(id string, most int) {
	at, _ := slices.BinarySearchFunc(*s, id, func(have, id string) int { return cmp.Compare(id, have) })
	if at == most {
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

// Result is what a tally counted, fit to be kept with a promotion.
type Result struct {
	Events         int                 `json:"events"`
	Buckets        map[Bucket]int      `json:"buckets"` // every bucket; adds up to Events
	UnparsedBefore int                 `json:"unparsed_before"`
	UnparsedAfter  int                 `json:"unparsed_after"`
	Changes        []Change            `json:"changes"`     // most first; adds up to the bucket
	ShadowedBy     []ShadowedBy        `json:"shadowed_by"` // most first; adds up to the bucket
	Days           []Day               `json:"days"`        // oldest first; adds up to Events
	Samples        map[Bucket][]string `json:"samples"`     // ids of events, newest first, at most 50 each
	Matched        int                 `json:"matched"`     // events on which the candidate's condition holds, whoever wins
	Failures       int                 `json:"failures"`    // events on which the candidate's condition failed
	FailureSamples []string            `json:"failure_samples"`
	Stale          int                 `json:"stale"`    // events whose verdict is not the live ruleset's yet
	Coverage       []Coverage          `json:"coverage"` // of each fact that the candidate reads
}

// Change is a pair of reasons of which the one would take the other's place.
type Change struct {
	From    domain.ReasonID `json:"from"`
	To      domain.ReasonID `json:"to"`
	Events  int             `json:"events"`
	Samples []string        `json:"samples"` // at most 5
}

// ShadowedBy is a parser that wins where the candidate's condition holds, too.
type ShadowedBy struct {
	Parser string `json:"parser"`
	Events int    `json:"events"`
}

// Day is one day of a trial, in UTC.
type Day struct {
	Date    string         `json:"date"` // 2026-11-20
	Buckets map[Bucket]int `json:"buckets"`
}

// Result returns the counts so far.
func (y *Tally) Result() Result {
	r := Result{
		Events: y.events, Buckets: map[Bucket]int{}, Samples: map[Bucket][]string{},
		Matched: y.matched, Failures: y.failures, FailureSamples: slices.Clone(y.failed), Stale: y.stale, Coverage: y.coverage.result(),
	}
	for _, b := range Buckets() {
		c := cmp.Or(y.buckets[b], &count{})
		r.Buckets[b], r.Samples[b] = c.events, slices.Clone(c.newest)
	}
	r.UnparsedBefore = r.Buckets[NewlyExplained] + r.Buckets[StillUnparsed]
	r.UnparsedAfter = r.Buckets[Lost] + r.Buckets[StillUnparsed]
	for p, c := range y.changes {
		r.Changes = append(r.Changes, Change{p.from, p.to, c.events, slices.Clone(c.newest)})
	}
	slices.SortFunc(r.Changes, func(a, b Change) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for parser, n := range y.shadows {
		r.ShadowedBy = append(r.ShadowedBy, ShadowedBy{parser, n})
	}
	slices.SortFunc(r.ShadowedBy, func(a, b ShadowedBy) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.Parser, b.Parser))
	})
	for _, date := range slices.Sorted(maps.Keys(y.days)) {
		r.Days = append(r.Days, Day{date, maps.Clone(y.days[date])})
	}
	return r
}
