package trials

import (
	"context"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/views"
)

// How many errors of a bucket a trial shows: of what changes more than of what stays.
const (
	changesShown = 8
	staysShown   = 3
)

// Buckets shows how many errors a trial sorted into each bucket.
func Buckets(r trial.Result) []views.BucketProps {
	var all []views.BucketProps
	for _, bucket := range trial.Buckets() {
		p := views.Bucket(string(bucket))
		p.Events = r.Buckets[bucket]
		all = append(all, p)
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
		Buckets: Buckets(r), Window: views.Window{From: period.From, To: now}, Days: trialDayProps(r.Days), Coverage: coverageProps(r.Coverage),
	}
	for _, c := range r.Changes {
		p.Changes = append(p.Changes, views.ChangeProps{From: ps.ReasonTitle(c.From), To: ps.ReasonTitle(c.To), Events: c.Events})
	}
	for _, s := range r.OverriddenBy {
		p.OverriddenBy = append(p.OverriddenBy, views.ShadowProps{Parser: s.Parser, Events: s.Events})
	}
	return p
}

// trialDayProps are the days of a trial. A day that can't be read is left out.
func trialDayProps(days []trial.Day) []views.TrialDayProps {
	var props []views.TrialDayProps
	for _, d := range days {
		at, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			continue
		}
		p := views.TrialDayProps{Day: at}
		for _, bucket := range trial.Buckets() {
			p.Buckets = append(p.Buckets, d.Buckets[bucket])
		}
		props = append(props, p)
	}
	return props
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
	return views.EffectProps{
		Event: t.ID, At: t.OccurredAt, Text: handlers.ErrorText(t.Facts, t.Raw), Evidence: verdict.Evidence, Parser: verdict.Parser,
		From: ps.ReasonTitle(t.Effect.From), To: ps.ReasonTitle(verdict.Reason),
	}
}
