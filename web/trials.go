package main

import (
	"context"
	"time"
	"wherefore/domain/facts"

	"wherefore/store"
)

const (
	trialsEvery  = time.Second
	removesEvery = time.Hour

	// trialsKeptFor is how long a trial can be looked at that no ruleset is based on.
	trialsKeptFor = 14 * 24 * time.Hour
)

// runTrials runs the trials that wait, one after another, until none does.
func (v *service) runTrials(ctx context.Context) error {
	for {
		found, err := v.store.RunTrial(ctx, func(e store.StoredEvent) facts.Facts {
			return v.engine.ReadFacts(e.Network, e.Status, e.Raw)
		})
		if err != nil || !found {
			return err
		}
	}
}

func (v *service) removeTrials(ctx context.Context) error {
	return v.store.RemoveTrials(ctx, time.Now().Add(-trialsKeptFor))
}
