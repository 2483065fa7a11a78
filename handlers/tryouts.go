package handlers

import (
	"context"
	"time"

	"wherefore/domain/facts"
	"wherefore/domain/trial"
	"wherefore/store"
)

// typingLimit is how many of the newest errors a trial runs over while someone types.
const typingLimit = 3000

// tryOn sorts the stored errors of a window by what a candidate would change.
func (d *Dashboard) tryOn(ctx context.Context, t *trial.Trial, w store.Window) (trial.Result, error) {
	return d.Store.Try(ctx, store.Tryout{Trial: t, Window: w, Facts: d.facts})
}

// facts reads a stored error again, as arriving ones are read.
func (d *Dashboard) facts(e store.StoredEvent) facts.Facts {
	return d.Engine.ReadFacts(e.Network, e.Status, e.Raw)
}

// trial runs the trial of a bench over its window, at most the newest limit
// errors of it (0: all).
func (d *Dashboard) trial(ctx context.Context, b *bench, limit int) (trial.Result, error) {
	t, err := trial.New(b.before, b.after, b.candidate.Name())
	if err != nil {
		return trial.Result{}, err
	}
	return d.tryOn(ctx, t, store.Window{Network: b.network, From: b.from(), Limit: limit})
}

// from is where the window of a trial begins: at a full hour, to which errors are
// counted.
func (b *bench) from() time.Time { return b.period.From.Truncate(time.Hour) }
