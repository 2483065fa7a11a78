package store

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
)

// RunTrialJob runs the trial of a claimed job to its end, and tells progress how
// far it is. A trial that can't be made has failed, and its error is returned;
// after an error of kind Unavailable it can be run again. It returns ErrJobLost
// if the claim does not hold any more.
func (s *Store) RunTrialJob(ctx context.Context, c JobClaim, read func(StoredEvent) facts.Facts, progress func(done, total int)) error {
	result, err := s.runTrial(ctx, c.ID, read, progress)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case domain.KindOf(err) == domain.Unavailable:
		return err
	case err != nil:
		return errors.Join(err, translate(c.fail(ctx, s.db, err)))
	}
	return s.finishTrial(ctx, c, result)
}

func (s *Store) runTrial(ctx context.Context, id int64, read func(StoredEvent) facts.Facts, progress func(done, total int)) (trial.Result, error) {
	t, err := s.Trial(ctx, id)
	if err != nil {
		return trial.Result{}, err
	}
	candidate, err := s.CandidateTrial(ctx, t.NewTrial)
	if err != nil {
		return trial.Result{}, err
	}
	return s.RunTrial(ctx, TrialRun{Trial: candidate, Window: Window{Network: t.Network, From: t.From}, Facts: read, Progress: progress})
}

// finishTrial stores the result of a claimed trial.
func (s *Store) finishTrial(ctx context.Context, c JobClaim, result trial.Result) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := c.progress(ctx, tx, result.Events, result.Events); err != nil {
			return err
		}
		if err := addResult(ctx, tx, c.ID, result); err != nil {
			return err
		}
		return c.finish(ctx, tx)
	})
}

// CandidateTrial compiles a candidate and the ruleset version that it is tried on.
func (s *Store) CandidateTrial(ctx context.Context, t NewTrial) (*trial.Trial, error) {
	base, err := s.RulesetVersion(ctx, t.Network, t.Base)
	if err != nil {
		return nil, err
	}
	before, _ := base.Compile() // what does not compile here is in the log
	p, err := parse.NewParser(domain.ParserSpec{
		Network: t.Network, Name: t.Candidate.TrialName, Reason: t.Candidate.Reason, Condition: t.Candidate.Condition,
	})
	if err != nil {
		return nil, err
	}
	after, err := before.With(p, t.Candidate.After)
	if err != nil {
		return nil, err
	}
	return trial.New(before, after, p.Name())
}
