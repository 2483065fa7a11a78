package trials

import (
	"context"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// How many errors of a bucket a trial shows: of what changes more than of what stays.
const (
	changesShown = 8
	staysShown   = 3
)

// bucketLooks is how pages show the buckets.
var bucketLooks = map[trial.Bucket]views.BucketProps{
	trial.NewlyExplained: {Title: "Newly explained", Hint: "unparsed now", Tone: ui.Good, WouldRead: true},
	trial.Unchanged:      {Title: "Unchanged", Hint: "the same reason as now", Tone: ui.Plain, ReadsNow: true},
	trial.ChangesReason:  {Title: "Changes its reason", Hint: "to be accepted pair by pair", Tone: ui.Warn, ReadsNow: true, WouldRead: true},
	trial.Overridden:     {Title: "Overridden", Hint: "another parser wins", Tone: ui.Info, ReadsNow: true, WonBy: true},
	trial.Lost:           {Title: "Lost", Hint: "explained now, not then", Tone: ui.Bad, ReadsNow: true},
	trial.StillUnparsed:  {Title: "Still unparsed", Hint: "no parser matches", Tone: "1"},
}

// Buckets shows how many errors a trial sorted into each bucket.
func Buckets(r trial.Result) []views.BucketProps {
	var all []views.BucketProps
	for _, bucket := range trial.Buckets() {
		look := bucketLooks[bucket]
		look.ID, look.Events = string(bucket), r.Buckets[bucket]
		all = append(all, look)
	}
	return all
}

// AddSampled adds the errors that are shown of a result, as they are now. Candidate
// is nil when an order is tried.
func (ps *Pages) AddSampled(ctx context.Context, p *views.TrialProps, r trial.Result, after *parse.Ruleset, candidate *parse.Parser) error {
	events, err := ps.Store.StoredEventsByID(ctx, effectSamples(r))
	tried := map[string]store.TrialEvent{}
	for _, e := range events {
		one := store.TrialEvent{StoredEvent: e, Facts: ps.Facts(e), Effect: trial.Effect{From: e.Verdict.Reason}}
		if candidate != nil {
			_, one.Effect.Failure = candidate.Matches(one.Facts)
		}
		tried[e.ID] = one
	}
	ps.addEffects(p, r, after, tried)
	return err
}

// Result shows what a trial counted.
func (ps *Pages) Result(r trial.Result, period views.Period, now time.Time, after *parse.Ruleset) *views.TrialProps {
	n := after.Network()
	p := &views.TrialProps{
		Network: n, Now: now, Words: "of " + n.Name() + " " + period.Words, Events: r.Events, Matched: r.Matched,
		UnparsedBefore: r.UnparsedBefore, UnparsedAfter: r.UnparsedAfter, Failures: r.Failures, Stale: r.Stale,
		Buckets: Buckets(r), Chart: trialChart(r.Days, period.From, now), Coverage: coverageProps(r.Coverage),
	}
	for _, c := range r.Changes {
		p.Changes = append(p.Changes, views.ChangeProps{From: ps.ReasonTitle(c.From), To: ps.ReasonTitle(c.To), Events: c.Events})
	}
	for _, s := range r.OverriddenBy {
		p.OverriddenBy = append(p.OverriddenBy, views.ShadowProps{Parser: s.Parser, Events: s.Events})
	}
	return p
}

// ReasonTitle is a reason with its English title.
func (ps *Pages) ReasonTitle(id domain.ReasonID) views.ReasonTitleProps {
	return views.ReasonTitleProps{ID: id, Title: ps.Catalog.Words(id, catalog.English).Title}
}

func coverageProps(all []trial.Coverage) []views.CoverageProps {
	var props []views.CoverageProps
	for _, c := range all {
		props = append(props, views.CoverageProps{Fact: c.Fact, Present: c.Present, Of: c.Of, Instead: coverageProps(c.Instead)})
	}
	return props
}

// effectSamples are the ids of the errors that are shown of a result.
func effectSamples(r trial.Result) []string {
	ids := slices.Clone(r.FailureSamples[:min(len(r.FailureSamples), 1)])
	for _, bucket := range trial.Buckets() {
		ids = append(ids, newest(r, bucket)...)
	}
	return ids
}

// addEffects adds the newest errors of each bucket, and one on which the condition
// failed.
func (ps *Pages) addEffects(p *views.TrialProps, r trial.Result, after *parse.Ruleset, tried map[string]store.TrialEvent) {
	for i, bucket := range trial.Buckets() {
		for _, id := range newest(r, bucket) {
			if t, found := tried[id]; found {
				p.Buckets[i].Samples = append(p.Buckets[i].Samples, ps.effect(after, t))
			}
		}
	}
	if len(r.FailureSamples) > 0 {
		p.FailureEvent = r.FailureSamples[0]
		if failure := tried[p.FailureEvent].Effect.Failure; failure != nil {
			p.Failure = failure.Error()
		}
	}
}

// newest are the ids of the errors of a bucket that are shown.
func newest(r trial.Result, bucket trial.Bucket) []string {
	shown := changesShown
	if bucket == trial.Unchanged || bucket == trial.StillUnparsed {
		shown = staysShown
	}
	return r.Samples[bucket][:min(len(r.Samples[bucket]), shown)]
}

// effect tells what would become of one error, and what decides it.
func (ps *Pages) effect(after *parse.Ruleset, t store.TrialEvent) views.EffectProps {
	verdict := after.Decide(t.Facts)
	text := t.Facts.Message
	if text == "" {
		text = domain.CleanText(t.Raw[:min(len(t.Raw), 300)])
	}
	return views.EffectProps{
		Event: t.ID, At: t.OccurredAt, Text: text, Evidence: verdict.Evidence, Parser: verdict.Parser,
		From: ps.ReasonTitle(t.Effect.From), To: ps.ReasonTitle(verdict.Reason),
	}
}

// maxTrialSlots is how many bars a trial's chart has room for; a longer window
// has a bar for each week.
const maxTrialSlots = 31

// trialChart draws the days of a trial, stacked by bucket.
func trialChart(days []trial.Day, from, now time.Time) ui.ChartProps {
	const day = 24 * time.Hour
	first, last := from.UTC().Truncate(day), now.UTC().Truncate(day)
	width, words := day, "day"
	if last.Sub(first) >= maxTrialSlots*day {
		width, words = 7*day, "week"
	}
	if len(days) > 0 { // a sender's clock may be ahead
		if newest, err := time.Parse(time.DateOnly, days[len(days)-1].Date); err == nil && newest.After(last) {
			last = newest
		}
	}
	chart := ui.ChartProps{Title: "Errors a " + words + ", by what would become of them", Kind: ui.Bars, Unit: "errors", Slot: width}
	for at := first; !at.After(last); at = at.Add(width) {
		chart.Slots = append(chart.Slots, ui.SlotProps{At: at, Partial: at.Add(width).After(now)})
	}
	for _, bucket := range trial.Buckets() {
		series := ui.SeriesProps{Name: bucketLooks[bucket].Title, Tone: bucketLooks[bucket].Tone, Values: make([]float64, len(chart.Slots))}
		sum := 0
		for _, d := range days {
			at, err := time.Parse(time.DateOnly, d.Date)
			if i := int(at.Sub(first) / width); err == nil && i >= 0 && i < len(series.Values) {
				series.Values[i] += float64(d.Buckets[bucket])
				sum += d.Buckets[bucket]
			}
		}
		if sum > 0 {
			chart.Series = append(chart.Series, series)
		}
	}
	chart.Finding = trialFinding(days)
	return chart
}

// trialFinding says on how many days the candidate would have explained more.
func trialFinding(days []trial.Day) string {
	gained := 0
	for _, d := range days {
		if d.Buckets[trial.NewlyExplained] > 0 {
			gained++
		}
	}
	if gained == 0 {
		return "On no day would it have explained more errors."
	}
	return "It would have explained more errors on " + ui.Plural(gained, "day", "days") + "."
}
