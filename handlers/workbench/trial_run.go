package workbench

import (
	"context"
	"time"

	"wherefore/domain/catalog"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/rulesets"
	"wherefore/store"
	"wherefore/views"
)

// trial runs the trial of an evaluation over its window, at most the newest limit
// errors of it (0: all).
func (ps *Pages) trial(ctx context.Context, ev *evaluation, limit int) (trial.Result, error) {
	t, err := trial.New(ev.before, ev.after, ev.candidate.Name())
	if err != nil {
		return trial.Result{}, err
	}
	return ps.Trials.Run(ctx, t, store.Window{Network: ev.network, From: ev.from(), Limit: limit})
}

// from is where the window of a trial begins: at a full hour, to which errors are
// counted.
func (ev *evaluation) from() time.Time { return ev.period.From.Truncate(time.Hour) }

// trialProps shows the result of an evaluation, with real errors of each bucket.
func (ps *Pages) trialProps(ctx context.Context, ev *evaluation, r trial.Result, limit int) (*views.TrialProps, error) {
	p := ps.Trials.Result(r, ev.period, ev.now, ev.after)
	p.Fingerprint, p.Partial = ev.fingerprint(ev.live.Version), limit > 0 && r.Events == limit
	p.NoEffect = r.NoEffect()
	p.Reads = handlers.WordsFor(ps.Catalog, ev.network, ev.reason, catalog.English)
	for i, c := range r.Changes {
		p.Changes[i].Field = rulesets.AcceptField(c.From, c.To)
		p.Changes[i].Accepted = ev.consent.Accepted[ruleset.PairOf(c)]
	}
	return p, ps.Trials.AddSampled(ctx, p, r, ev.after, ev.candidate)
}
