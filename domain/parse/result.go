package parse

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"wherefore/domain"
)

// Result is what a tally counted, fit to be kept with a promotion.
type Result struct {
	At             time.Time           `json:"at"`       // the moment whose events and verdicts were counted
	Newest         string              `json:"newest"`   // the greatest id of them, "" without events
	Foretold       bool                `json:"foretold"` // most were counted by what is stored of them, and not read again
	Events         int                 `json:"events"`
	Buckets        map[Bucket]int      `json:"buckets"` // every bucket; adds up to Events
	UnparsedBefore int                 `json:"unparsed_before"`
	UnparsedAfter  int                 `json:"unparsed_after"`
	Changes        []Change            `json:"changes"`     // most first; adds up to the bucket
	ShadowedBy     []ShadowedBy        `json:"shadowed_by"` // most first; adds up to the bucket
	Days           []Day               `json:"days"`        // oldest first; adds up to Events
	Sources        []SourceCount       `json:"sources"`     // most events first; adds up to Events
	Clusters       []ClusterCount      `json:"clusters"`    // those with newly explained errors, most first
	Samples        map[Bucket][]string `json:"samples"`     // ids of events, newest first, at most 50 each
	Matched        int                 `json:"matched"`     // events on which the candidate's condition holds, whoever wins
	Failures       int                 `json:"failures"`    // events on which the candidate's condition failed
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

// SourceCount is what a trial says of the events of one source.
type SourceCount struct {
	Source  int64          `json:"source"`
	Buckets map[Bucket]int `json:"buckets"`
}

// ClusterCount is what becomes of the unparsed errors of a cluster.
type ClusterCount struct {
	Cluster        int64  `json:"cluster"`
	Template       string `json:"template"`
	NewlyExplained int    `json:"newly_explained"`
	StillUnparsed  int    `json:"still_unparsed"`
}

// Result returns the counts so far.
func (y *Tally) Result() Result {
	r := Result{
		Events: y.events, Buckets: map[Bucket]int{}, Samples: map[Bucket][]string{},
		Matched: y.matched, Failures: y.failures, FailureSamples: slices.Clone(y.failed), Stale: y.stale,
		Coverage: y.coverage.result(),
	}
	for _, b := range Buckets() {
		c := cmp.Or(y.buckets[b], &count{})
		r.Buckets[b], r.Samples[b] = c.events, slices.Clone(c.newest)
	}
	r.UnparsedBefore = r.Buckets[NewlyExplained] + r.Buckets[StillUnparsed]
	r.UnparsedAfter = r.Buckets[Lost] + r.Buckets[StillUnparsed]
	r.Changes, r.ShadowedBy, r.Days, r.Sources = y.pairs(), y.shadowing(), y.perDay(), y.perSource()
	r.Shapes = maps.Clone(y.shapes)
	return r
}

func (y *Tally) pairs() []Change {
	var all []Change
	for p, c := range y.changes {
		all = append(all, Change{p.from, p.to, c.events, slices.Clone(c.newest)})
	}
	slices.SortFunc(all, func(a, b Change) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return all
}

func (y *Tally) shadowing() []ShadowedBy {
	var all []ShadowedBy
	for parser, n := range y.shadows {
		all = append(all, ShadowedBy{parser, n})
	}
	slices.SortFunc(all, func(a, b ShadowedBy) int {
		return cmp.Or(b.Events-a.Events, cmp.Compare(a.Parser, b.Parser))
	})
	return all
}

func (y *Tally) perDay() []Day {
	var all []Day
	for _, day := range slices.Sorted(maps.Keys(y.days)) {
		date := time.Unix(day*secondsOfDay, 0).UTC().Format(time.DateOnly)
		all = append(all, Day{date, maps.Clone(y.days[day])})
	}
	return all
}

func (y *Tally) perSource() []SourceCount {
	sum := func(buckets map[Bucket]int) (n int) {
		for _, in := range buckets {
			n += in
		}
		return n
	}
	var all []SourceCount
	for source, buckets := range y.sources {
		all = append(all, SourceCount{source, maps.Clone(buckets)})
	}
	slices.SortFunc(all, func(a, b SourceCount) int {
		return cmp.Or(sum(b.Buckets)-sum(a.Buckets), cmp.Compare(a.Source, b.Source))
	})
	return all
}
