package workbench

import (
	"context"
	"time"

	"wherefore/domain/facts"
	"wherefore/domain/trial"
	"wherefore/store"
)

// TypingLimit is how many of the newest errors a trial runs over while someone types.
const TypingLimit = 3000

// runTrial sorts the stored errors of a window by what a candidate would change.
func (ps *Pages) runTrial(ctx context.Context, t *trial.Trial, w store.Window) (trial.Result, error) {
	return ps.Store.RunTrial(ctx, store.TrialRun{Trial: t, Window: w, Facts: ps.Facts})
}

// Facts reads a stored error again, as arriving ones are read.
func (ps *Pages) Facts(e store.StoredEvent) facts.Facts {
	return ps.Engine.ReadFacts(e.Network, e.Status, e.Raw)
}

// trial runs the trial of an evaluation over its window, at most the newest limit
// errors of it (0: all).
func (ps *Pages) trial(ctx context.Context, ev *evaluation, limit int) (trial.Result, error) {
	t, err := trial.New(ev.before, ev.after, ev.candidate.Name())
	if err != nil {
		return trial.Result{}, err
	}
	return ps.runTrial(ctx, t, store.Window{Network: ev.network, From: ev.from(), Limit: limit})
}

// from is where the window of a trial begins: at a full hour, to which errors are
// counted.
func (ev *evaluation) from() time.Time { return ev.period.From.Truncate(time.Hour) }
