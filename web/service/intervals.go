package service

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Intervals are how long workers pause between two runs.
type Intervals struct {
	jobs, rulesets, catalog, splits, grouping, regrouping, spikes, ignored, templates, impacts time.Duration
	known, quarantine, clock, partitions, cleanup                                              time.Duration
}

// An interval is that of one worker.
type interval struct {
	name  string
	value *time.Duration
	def   time.Duration
	does  string
}

// all lists the intervals by the names that they are configured by.
func (i *Intervals) all() []interval {
	return []interval{
		{"jobs", &i.jobs, time.Second, "runs background jobs that are due, of each kind"},
		{"rulesets", &i.rulesets, 2 * time.Second, "loads rulesets and shadow runs that other replicas have changed, in case a notification was lost"},
		{"catalog", &i.catalog, 5 * time.Second, "compares the built-in parsers with the live ones"},
		{"splits", &i.splits, time.Second, "loads the clusters that people have split"},
		{"grouping", &i.grouping, time.Second, "groups unparsed errors into clusters"},
		{"regrouping", &i.regrouping, time.Minute, "finds errors that older rules have grouped"},
		{"spikes", &i.spikes, 10 * time.Second, "finds new clusters that spread fast"},
		{"ignored", &i.ignored, 10 * time.Second, "reopens ignored clusters that have grown"},
		{"templates", &i.templates, 10 * time.Minute, "updates the templates of clusters that people have changed"},
		{"impacts", &i.impacts, 5 * time.Second, "merges what transactions add to the counts of profiles"},
		{"known", &i.known, 15 * time.Second, "replays entries in quarantine whose network is known by now, and those that wait for the directory"},
		{"quarantine", &i.quarantine, 15 * time.Second, "counts open entries in quarantine for /metrics"},
		{"clock", &i.clock, time.Minute, "compares the clock with that of the database"},
		{"partitions", &i.partitions, time.Hour, "makes the partitions of coming months"},
		{"cleanup", &i.cleanup, time.Hour, "removes old trials, sign-ins and entries in quarantine"},
	}
}

// DefaultIntervals are those that hold unless others are set.
func DefaultIntervals() Intervals {
	var i Intervals
	for _, one := range i.all() {
		*one.value = one.def
	}
	return i
}

// String is the intervals as they are configured.
func (i Intervals) String() string {
	var parts []string
	for _, one := range i.all() {
		parts = append(parts, one.name+"="+shortDuration(*one.value))
	}
	return strings.Join(parts, ",")
}

// shortDuration writes 1m for a minute, where Duration.String writes 1m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

const minInterval, maxInterval = 10 * time.Millisecond, 24 * time.Hour

// Set changes the intervals that a text names, such as jobs=500ms,spikes=1m. Those of
// zero Intervals are the defaults before.
func (i *Intervals) Set(text string) error {
	if *i == (Intervals{}) {
		*i = DefaultIntervals()
	}
	all := i.all()
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		at := slices.IndexFunc(all, func(one interval) bool { return one.name == name })
		if at < 0 {
			return fmt.Errorf("there is no interval %q; those that there are: %s", name, DefaultIntervals())
		}
		d, err := time.ParseDuration(value)
		if err != nil || d < minInterval || d > maxInterval {
			return fmt.Errorf("%s is %q, which is not a time from 10ms to 24h such as 500ms or 1m", name, value)
		}
		*all[at].value = d
	}
	return nil
}
