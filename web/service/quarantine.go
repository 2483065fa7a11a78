package service

import (
	"context"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/web/jobs"
)

const (
	replayBatch = 200 // entries that are read again in one transaction
	expireBatch = 1000
)

// replay reads the entries of one kind again, because somebody asked for it.
func (v *Service) replay(ctx context.Context, job *jobs.Job) error {
	read := v.API().Reread
	return atHalfSpeed(ctx, func() (bool, error) {
		n, err := v.Store.ReplayStep(ctx, job.JobClaim, replayBatch, read)
		return n > 0, err
	})
}

// replayKnown reads the entries again whose missing network can be told by now.
func (v *Service) replayKnown(ctx context.Context) error {
	read := v.API().Reread
	return atHalfSpeed(ctx, func() (bool, error) {
		n, err := v.Store.ReplayKnown(ctx, domain.Networks(), replayBatch, read)
		if n > 0 && err == nil {
			v.log.InfoContext(ctx, "what was missing is known now", "worker", "replay quarantine", "entries", n)
		}
		return n > 0, err
	})
}

// replayDue reads the entries again that wait for the directory, if it answers.
func (v *Service) replayDue(ctx context.Context) error {
	if err := v.config.Directory.Check(ctx); err != nil {
		return err
	}
	read := answered(v.API().Reread)
	return atHalfSpeed(ctx, func() (bool, error) {
		n, err := v.Store.ReplayDue(ctx, replayBatch, read)
		if n > 0 && err == nil {
			v.log.InfoContext(ctx, "entries that waited for the directory were read again", "entries", n)
		}
		return n > 0, err
	})
}

// answered fails when the directory does not answer, so that all entries stay as they are.
func answered(read store.Reader) store.Reader {
	return func(ctx context.Context, entries []store.Quarantined) ([]store.Reading, error) {
		readings, err := read(ctx, entries)
		for _, r := range readings {
			if r.Event == nil && r.Unusable.Replay == store.ReplayAnswered {
				return nil, domain.Errorf(domain.Unavailable, "The directory does not answer.")
			}
		}
		return readings, err
	}
}

// expireEntries ends entries that nobody acted on, and removes those that ended
// long ago.
func (v *Service) expireEntries(ctx context.Context) error {
	before := time.Now().AddDate(0, 0, -v.config.QuarantineDays)
	return atHalfSpeed(ctx, func() (bool, error) {
		expired, removed, err := v.Store.ExpireEntries(ctx, before, expireBatch)
		if expired+removed > 0 && err == nil {
			v.log.InfoContext(ctx, "old entries in quarantine", "expired", expired, "removed", removed)
		}
		return expired+removed > 0, err
	})
}

// countQuarantine puts the numbers of open entries into /metrics.
func (v *Service) countQuarantine(ctx context.Context) error {
	open, err := v.Store.OpenQuarantines(ctx)
	if err == nil {
		v.metrics.setQuarantine(open)
	}
	return err
}
