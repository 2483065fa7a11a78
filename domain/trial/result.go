package trial

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"wherefore/domain"
)

// Result is what a trial counted, in the form that is stored with a promotion.
type Result struct {
	At             time.Time           `json:"at"`        // the moment whose events and verdicts were counted
	Newest         string              `json:"newest"`    // the greatest id of them, "" without events
	Estimated      bool                `json:"estimated"` // from stored counts: only candidates were read again
	Events         int                 `json:"events"`
	Buckets        map[Bucket]int      `json:"buckets"` // every bucket; adds up to Events
	UnparsedBefore int                 `json:"unparsed_before"`
	UnparsedAfter  int                 `json:"unparsed_after"`
	Changes        []Change            `json:"changes"`       // most first; adds up to the bucket
	OverriddenBy   []OverriddenBy      `json:"overridden_by"` // most first; adds up to the bucket
	Days           []Day               `json:"days"`          // oldest first; adds up to Events
	Sources        []SourceCount       `json:"sources"`       // most events first; adds up to Events
	Clusters       []ClusterCount      `json:"clusters"`      // those with newly explained errors, most first
	Samples        map[Bucket][]string `json:"samples"`       // ids of events, newest first, at most 50 each
	Matched        int                 `json:"matched"`       // events on which the candidate's condition holds, whoever wins
	Failures       int                 `json:"failures"`      // events on which the candidate's condition failed
	FailureSamples []string            `json:"failure_samples"`
	Stale          int                 `json:"stale"`    // events whose verdict is not the live ruleset's yet
	Coverage       []Coverage          `json:"coverage"` // of each fact that the candidate reads; none if only what matches was read
	Shapes         map[uint64]int      `json:"-"`        // of the newly explained events, by their shape
}

// Change is a pair of reasons of which the one would take the other's place.
type Change struct {
	From    domain.ReasonID `json:"from"`
	To      domain.ReasonID `json:"to"`
	Events  int             `json:"events"`
	Samples []string        `json:"samples"` // at most 5
}

// OverriddenBy is a parser that wins where the candidate's condition holds, too.
type OverriddenBy struct {
	Parser string `json:"parser"`
	Events int    `json:"events"`
}

// Day is one day of a trial, in UTC.
type Day struct {
	Date    string         `json:"date"` // 2026-11-20
	Buckets map[Bucket]int `json:"buckets"`
}

// SourceCount is what a trial says of the events of one source.
type SourceCount struct {
	Source  int64          `json:"source"`
	Buckets map[Bucket]int `json:"buckets"`
}

// ClusterCount is what becomes of the unparsed errors of a cluster.
type ClusterCount struct {
	Cluster        domain.ClusterID `json:"cluster"`
	Template       string           `json:"template"`
	NewlyExplained int              `json:"newly_explained"`
	StillUnparsed  int              `json:"still_unparsed"`
}

// Result returns the counts so far.
func (c *Counter) Result() Result {
	r := Result{
		Events: c.events, Buckets: map[Bucket]int{}, Samples: map[Bucket][]string{},
		Matched: c.matched, Failures: c.failures, FailureSamples: slices.Clone(c.failed), Stale: c.stale,
		Coverage: c.coverage.result(),
	}
	for _, b := range Buckets() {
		n := cmp.Or(c.buckets[b], &count{})
		r.Buckets[b], r.Samples[b] = n.events, slices.Clone(n.newest)
	}
	r.UnparsedBefore = r.Buckets[NewlyExplained] + r.Buckets[StillUnparsed]
	r.UnparsedAfter = r.Buckets[Lost] + r.Buckets[StillUnparsed]
	r.Changes, r.OverriddenBy, r.Days, r.Sources = c.pairs(), c.overriding(), c.perDay(), c.perSource()
	r.Shapes = maps.Clone(c.shapes)
	return r
}

func (c *Counter) pairs() []Change {
	var all []Change
	for p, n := range c.changes {
		all = append(all, Change{p.from, p.to, n.events, slices.Clone(n.newest)})
	}
	slices.SortFunc(all, func(a, b Change) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return all
}

func (c *Counter) overriding() []OverriddenBy {
	var all []OverriddenBy
	for parser, n := range c.overridden {
		all = append(all, OverriddenBy{parser, n})
	}
	slices.SortFunc(all, func(a, b OverriddenBy) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.Parser, b.Parser))
	})
	return all
}

func (c *Counter) perDay() []Day {
	var all []Day
	for _, day := range slices.Sorted(maps.Keys(c.days)) {
		date := DayStart(day).Format(time.DateOnly)
		all = append(all, Day{date, maps.Clone(c.days[day])})
	}
	return all
}

func (c *Counter) perSource() []SourceCount {
	sum := func(buckets map[Bucket]int) (n int) {
		for _, in := range buckets {
			n += in
		}
		return n
	}
	var all []SourceCount
	for source, buckets := range c.sources {
		all = append(all, SourceCount{source, maps.Clone(buckets)})
	}
	slices.SortFunc(all, func(a, b SourceCount) int {
		return cmp.Or(sum(b.Buckets)-sum(a.Buckets), cmp.Compare(a.Source, b.Source))
	})
	return all
}

// NoEffect reports whether a trial found that nothing changes: no error is newly
// explained, lost, or given another reason.
func (r Result) NoEffect() bool {
	return r.Buckets[NewlyExplained]+r.Buckets[ChangesReason]+r.Buckets[Lost] == 0
}
