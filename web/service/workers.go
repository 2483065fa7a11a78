package service

import (
	"context"
	"fmt"
	"sync"
	"time"

	"wherefore/domain/cluster"
	"wherefore/store"
	"wherefore/web/jobs"
)

const reparseBatch = 500 // events that are parsed again in one transaction

// drainWithin is how long what was taken of senders that left may take to be stored.
const drainWithin = 5 * time.Second

// Start starts the background workers; stop ends them and waits, also for what was taken
// and is not stored yet. They go on when ctx ends, while the last requests are answered.
func (v *Service) Start(ctx context.Context, directURL string) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		v.work(ctx, directURL)
		close(done)
	}()
	return func() {
		cancel()
		<-done
		ctx, cancel := context.WithTimeout(context.Background(), drainWithin)
		defer cancel()
		v.intake.Drain(ctx)
	}
}

// work runs the background workers until ctx ends, and returns when all have.
func (v *Service) work(ctx context.Context, directURL string) {
	var workers sync.WaitGroup
	pause := v.config.Intervals
	workers.Go(func() { v.rulesetLoader().follow(ctx, directURL, pause.rulesets) })
	for _, w := range v.jobWorkers() {
		workers.Go(func() {
			v.every(ctx, pause.jobs, "run jobs of kind "+string(w.Kind), func(ctx context.Context) error { return jobs.RunDue(ctx, v.Store, w) })
		})
	}
	workers.Go(func() { v.every(ctx, pause.grouping, "group errors", newGroupings(v.Store, v.metrics.leafBytes).group) })
	workers.Go(func() { v.every(ctx, pause.splits, "load splits", v.loadSplits) })
	workers.Go(func() { v.every(ctx, pause.regrouping, "queue regrouping jobs", v.queueRegroupings) })
	workers.Go(func() { v.every(ctx, pause.spikes, "find new clusters that spread fast", v.markSpikes) })
	workers.Go(func() { v.every(ctx, pause.ignored, "open grown clusters again", v.reopenGrown) })
	workers.Go(func() {
		v.every(ctx, pause.templates, "update the templates of edited clusters", v.Store.UpdateClusterTemplates)
	})
	workers.Go(func() { v.every(ctx, pause.cleanup, "remove old trials", v.removeTrials) })
	workers.Go(func() {
		v.every(ctx, pause.catalog, "compare built-in parsers with the live ones", v.catalogWatch())
	})
	workers.Go(func() { v.every(ctx, pause.cleanup, "forget sign-ins", v.Store.ForgetTurns) })
	workers.Go(func() { v.every(ctx, pause.known, "replay entries whose network is known now", v.replayKnown) })
	if v.config.Directory != nil {
		workers.Go(func() { v.every(ctx, pause.known, "replay entries that wait for the directory", v.replayDue) })
	}
	workers.Go(func() { v.every(ctx, pause.cleanup, "expire entries in quarantine", v.expireEntries) })
	workers.Go(func() { v.every(ctx, pause.quarantine, "count entries in quarantine", v.countQuarantine) })
	workers.Go(func() { v.every(ctx, pause.clock, "compare clocks", v.clockWatch()) })
	workers.Go(func() { v.every(ctx, pause.impacts, "merge parts of impacts", v.Store.MergeImpacts) })
	workers.Go(func() { v.every(ctx, pause.partitions, "make partitions", v.makePartitions) })
	workers.Wait()
}

// every does a step of a worker again and again until ctx ends. The same failure in a
// row is logged once: a database that is away would fill the log.
func (v *Service) every(ctx context.Context, interval time.Duration, name string, step func(context.Context) error) {
	last := ""
	for ctx.Err() == nil {
		err := step(ctx)
		if err != nil && err.Error() != last && ctx.Err() == nil {
			v.log.ErrorContext(ctx, "worker failed", "worker", name, "error", err)
		}
		last = fmt.Sprint(err)
		pause(ctx, interval)
	}
}

// makePartitions keeps partitions ready for the events of coming months.
func (v *Service) makePartitions(ctx context.Context) error {
	return v.Store.EnsurePartitions(ctx, time.Now())
}

// jobWorkers do the background jobs, each the jobs of one kind.
func (v *Service) jobWorkers() []jobs.Worker {
	return []jobs.Worker{
		{JobFilter: store.JobFilter{Kind: store.JobReparse}, Work: v.reparse},
		{JobFilter: store.JobFilter{Kind: store.JobRegrouping, GroupingVersion: cluster.GroupingVersion}, Work: v.regroup},
		{JobFilter: store.JobFilter{Kind: store.JobTrial, MaxAttempts: trialAttempts}, Work: v.runTrial},
		{JobFilter: store.JobFilter{Kind: store.JobReplay}, Work: v.replay},
	}
}

// reparse parses stored events again.
func (v *Service) reparse(ctx context.Context, job *jobs.Job) error {
	return atHalfSpeed(ctx, func() (bool, error) {
		r, err := v.Store.ReparseStep(ctx, job.JobClaim, reparseBatch, v.decide)
		if err == nil && r.State == store.JobDone && r.Done > 0 {
			v.log.InfoContext(ctx, "stored events are parsed again", "network", r.Network,
				"ruleset", r.Ruleset, "events", r.Done, "changed", r.Changed)
		}
		return r.State == store.JobRunning, err
	})
}

// atHalfSpeed takes steps until there are no more. After each it rests as long
// as the step took, so that arriving events have the database to themselves for
// half of the time, however long a history is.
func atHalfSpeed(ctx context.Context, step func() (more bool, err error)) error {
	for {
		began := time.Now()
		if more, err := step(); err != nil || !more {
			return err
		}
		pause(ctx, time.Since(began))
	}
}

// decide asks one ruleset, at least as new as the job's, about stored events.
func (v *Service) decide(job store.Reparse, events []store.StoredEvent) ([]store.Decision, error) {
	ruleset := v.Engine.Ruleset(job.Network)
	if ruleset == nil || ruleset.Version() < job.Ruleset {
		return nil, fmt.Errorf("ruleset %d of %s is not loaded yet", job.Ruleset, job.Network)
	}
	decisions := make([]store.Decision, len(events))
	for i, e := range events {
		x := v.Engine.ExplainAgain(ruleset, e.Status, e.Raw)
		decisions[i] = store.Decision{Event: e, Verdict: x.Verdict, Shape: x.Shape}
	}
	return decisions, nil
}
