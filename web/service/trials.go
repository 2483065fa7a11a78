package service

import (
	"context"
	"time"

	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/web/jobs"
)

const (

	// trialAttempts is how often a trial is begun before it has failed, because it
	// may be what ends the processes that run it.
	trialAttempts = 3

	// trialsKeptFor is how long a trial can be looked at that no ruleset is based on.
	trialsKeptFor = 14 * 24 * time.Hour
)

func (v *Service) runTrial(ctx context.Context, job *jobs.Job) error {
	return v.Store.RunTrialJob(ctx, job.JobClaim, func(e store.StoredEvent) facts.Facts {
		return v.Engine.ReadFacts(e.Network, e.Status, e.Raw)
	}, job.Progress)
}

func (v *Service) removeTrials(ctx context.Context) error {
	return v.Store.RemoveTrials(ctx, time.Now().Add(-trialsKeptFor))
}
