package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
)

const (
	trialBeat    = 300 * time.Millisecond // how often a running trial tells how far it is
	trialSilence = 10 * time.Second       // after which another process takes it up from the start
	trialTakes   = 3                      // how often it is taken up before it counts as failed
)

// errTrialLost ends the run of a trial that was cancelled, or that another
// process has taken up.
var errTrialLost = errors.New("the trial is not ours any more")

// RunTrial takes up a trial that waits, or whose process has fallen silent, and
// runs it to its end. It returns false when there is none. When ctx ends, the
// trial waits again; when it is cancelled, the run ends within trialBeat. An error
// that is returned has been noted with the trial, unless it is Unavailable.
func (s *Store) RunTrial(ctx context.Context, facts func(StoredEvent) facts.Facts) (bool, error) {
	t, takes, found, err := s.takeTrial(ctx)
	if err != nil || !found {
		return false, err
	}
	result, err := s.beating(ctx, t.ID, takes, func(ctx context.Context, progress func(done, total int)) (trial.Result, error) {
		candidate, err := s.CandidateTrial(ctx, t.NewTrial)
		if err != nil {
			return trial.Result{}, err
		}
		return s.Try(ctx, Tryout{Trial: candidate, Window: Window{Network: t.Network, From: t.From}, Facts: facts, Progress: progress})
	})
	switch {
	case errors.Is(err, errTrialLost):
		return true, nil
	case ctx.Err() != nil:
		return true, s.releaseTrial(context.WithoutCancel(ctx), t.ID, takes)
	case domain.KindOf(err) == domain.Unavailable:
		return true, err // the database went away: whoever comes next takes it up
	case err != nil:
		return true, errors.Join(err, s.endTrial(ctx, t.ID, takes, problemOf(err), nil))
	}
	return true, s.endTrial(ctx, t.ID, takes, "", &result)
}

// problemOf is what a person may read of an error.
func problemOf(err error) string {
	if known := (*domain.Error)(nil); errors.As(err, &known) {
		return known.Words
	}
	return "the log of the service says why"
}

// takeTrial makes the oldest trial that nobody runs ours. One that was taken up
// too often without coming to its end has failed.
func (s *Store) takeTrial(ctx context.Context) (Trial, int, bool, error) {
	var row trialRow
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		row = trialRow{}
		err := tx.GetContext(ctx, &row, `
			SELECT `+trialColumns+` FROM trials t LEFT JOIN users u ON u.id = t.created_by
			WHERE t.state = 'waiting' OR t.state = 'running' AND t.beat_at < now() - $1::interval
			ORDER BY t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED`, interval(trialSilence))
		if err != nil {
			return err
		}
		if row.Takes++; row.Takes > trialTakes {
			_, err = tx.ExecContext(ctx, `UPDATE trials SET state = 'failed', finished_at = now(), problem = $2 WHERE id = $1`,
				row.ID, "each process that ran it came to an early end")
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE trials SET state = 'running', takes = $2, done = 0, beat_at = now() WHERE id = $1`, row.ID, row.Takes)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Trial{}, 0, false, nil
	}
	if err != nil {
		return Trial{}, 0, false, err
	}
	t, err := row.trial()
	return t, row.Takes, row.Takes <= trialTakes, err
}

// CandidateTrial compiles a candidate and the ruleset version that it is tried on.
func (s *Store) CandidateTrial(ctx context.Context, t NewTrial) (*trial.Trial, error) {
	base, err := s.RulesetVersion(ctx, t.Network, t.Base)
	if err != nil {
		return nil, err
	}
	before, _ := base.Compile() // what does not compile here is in the log
	p, err := parse.NewParser(domain.ParserSpec{
		Network: t.Network, Name: t.Candidate.TriedAs, Reason: t.Candidate.Reason, Condition: t.Candidate.Condition,
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

// beating runs a trial and tells now and then how far it is; it ends the run
// when the trial is not ours any more.
func (s *Store) beating(ctx context.Context, id int64, takes int,
	run func(ctx context.Context, progress func(done, total int)) (trial.Result, error)) (trial.Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var done, total atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(trialBeat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := s.beat(ctx, id, takes, done.Load(), total.Load()); err != nil && ctx.Err() == nil {
					stop(err)
				}
			}
		}
	}()
	result, err := run(ctx, func(d, of int) { done.Store(int64(d)); total.Store(int64(of)) })
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	stop(nil)
	<-ended
	return result, err
}

func (s *Store) beat(ctx context.Context, id int64, takes int, done, total int64) error {
	res, err := s.db.ExecContext(ctx, `
		UPDATE trials SET done = $3, total = $4, beat_at = now() WHERE id = $1 AND takes = $2 AND state = 'running'`,
		id, takes, done, total)
	if err != nil {
		return translate(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return errTrialLost
}

// releaseTrial lets others take a trial up at once.
func (s *Store) releaseTrial(ctx context.Context, id int64, takes int) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE trials SET state = 'waiting', takes = takes - 1 WHERE id = $1 AND takes = $2 AND state = 'running'`, id, takes)
	return translate(err)
}

// endTrial writes what came of a trial, a result or a problem, unless it is not
// ours any more.
func (s *Store) endTrial(ctx context.Context, id int64, takes int, problem string, result *trial.Result) error {
	text, events, err := encodeResult(result)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `
		UPDATE trials SET state = CASE WHEN $3 = '' THEN 'done' ELSE 'failed' END, problem = $3, result = $4::json, finished_at = now(),
		    total = $5, done = $5
		WHERE id = $1 AND takes = $2 AND state = 'running'`, id, takes, problem, text, events)
	return translate(err)
}
