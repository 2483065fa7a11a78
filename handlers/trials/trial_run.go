package trials

import (
	"context"

	"wherefore/domain/facts"
	"wherefore/domain/trial"
	"wherefore/store"
)

// TypingLimit is how many of the newest errors a trial runs over while someone types.
const TypingLimit = 3000

// Run sorts the stored errors of a window by what a candidate would change.
func (ps *Pages) Run(ctx context.Context, t *trial.Trial, w store.Window) (trial.Result, error) {
	return ps.Store.RunTrial(ctx, store.TrialRun{Trial: t, Window: w, Facts: ps.Facts})
}

// Facts reads a stored error again, as arriving ones are read.
func (ps *Pages) Facts(e store.StoredEvent) facts.Facts {
	return ps.Engine.ReadFacts(e.Network, e.Status, e.Raw)
}

// DefaultPeriod is the window that a trial runs over unless another is chosen.
const DefaultPeriod = "30d"
