package store

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/trial"
)

// Candidate is a parser under trial, as the workbench's form has it.
type Candidate struct {
	Editing   string           `json:"editing,omitempty"` // the live parser that it replaces, "" for a new one
	Name      string           `json:"name,omitempty"`    // as written; may be one that no parser can have
	TrialName string           `json:"trial_name"`        // the name under which it is tried
	Condition string           `json:"condition"`
	Reason    domain.ReasonID  `json:"reason"`
	After     string           `json:"after,omitempty"` // the parser that it stands after, "" for first
	Period    string           `json:"period"`
	Cluster   domain.ClusterID `json:"cluster,omitempty"` // what it was started from
	Sample    string           `json:"sample,omitempty"`  // the event that was looked at
	Why       string           `json:"why,omitempty"`
}

// NewTrial is a trial that is asked for.
type NewTrial struct {
	Network   domain.Network
	Base      int // the version of the ruleset that it is made on
	Candidate Candidate
	From      time.Time // errors that occurred then or later
}

// Trial is a run of a candidate over stored errors, with what came of it.
type Trial struct {
	ID int64
	NewTrial
	State      JobState
	Silent     bool // it runs, but the last heartbeat of its process is some time ago
	Total      int  // errors to be sorted; 0 until that is known
	Done       int
	Problem    string // why it failed
	By         string // "" when the user is gone
	CreatedAt  time.Time
	FinishedAt *time.Time
	Result     *trial.Result // of a trial that is done
}

// trialRow is a Trial as the database has it.
type trialRow struct {
	Trial
	Network    domain.Network
	Base       int
	Candidate  []byte
	WindowFrom time.Time
	Result     []byte
}

const (
	trialColumns = jobColumns + `, j.problem, j.state = 'running' AND j.heartbeat_at < now() - interval '3 seconds' AS silent,
	t.network, t.base, t.candidate, t.window_from, t.result, COALESCE(u.name, '') AS by`
	trialTables = `trials t JOIN jobs j ON j.id = t.id LEFT JOIN users u ON u.id = t.created_by`
)

func (r trialRow) trial() (Trial, error) {
	t := r.Trial
	t.NewTrial = NewTrial{Network: r.Network, Base: r.Base, From: r.WindowFrom}
	if err := json.Unmarshal(r.Candidate, &t.Candidate); err != nil {
		return t, err
	}
	if r.Result == nil {
		return t, nil
	}
	return t, json.Unmarshal(r.Result, &t.Result)
}

// Trial returns a trial; NotFound if there is none.
func (s *Store) Trial(ctx context.Context, id int64) (Trial, error) {
	var row trialRow
	err := s.db.GetContext(ctx, &row, `
		SELECT `+trialColumns+` FROM `+trialTables+` WHERE t.id = $1`, id)
	if err != nil {
		return Trial{}, translate(err)
	}
	return row.trial()
}

// Trials lists the trials of a network, the newest first.
func (s *Store) Trials(ctx context.Context, n domain.Network, limit int) ([]Trial, error) {
	var rows []trialRow
	err := s.db.SelectContext(ctx, &rows, `
		SELECT `+trialColumns+` FROM `+trialTables+`
		WHERE t.network = $1 ORDER BY t.id DESC LIMIT $2`, n, limit)
	if err != nil {
		return nil, translate(err)
	}
	trials := make([]Trial, len(rows))
	for i, r := range rows {
		if trials[i], err = r.trial(); err != nil {
			return nil, err
		}
	}
	return trials, nil
}

// AddTrial asks for a trial, which is a job, and returns its id.
func (s *Store) AddTrial(ctx context.Context, by Actor, t NewTrial) (int64, error) {
	var id int64
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var err error
		if id, err = insertTrial(ctx, tx, by, t, nil); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "trial.add", trialSubject(id), map[string]any{
			"network": t.Network, "ruleset": t.Base, "condition": t.Candidate.Condition, "reason": t.Candidate.Reason,
		})
	})
	return id, err
}

// insertTrial adds a trial that waits, or is done with a result.
func insertTrial(ctx context.Context, tx *sqlx.Tx, by Actor, t NewTrial, result *trial.Result) (int64, error) {
	candidate, err := json.Marshal(t.Candidate)
	if err != nil {
		return 0, err
	}
	id, err := addJob(ctx, tx, JobTrial, "")
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO trials (id, network, base, candidate, window_from, created_by) VALUES ($1, $2, $3, $4, $5, NULLIF($6::bigint, 0))`,
		id, t.Network, t.Base, string(candidate), t.From, by.UserID)
	if err != nil || result == nil {
		return id, err
	}
	if err := addResult(ctx, tx, id, *result); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE jobs SET state = 'done', total = $2, done = $2, finished_at = now() WHERE id = $1`, id, result.Events)
	return id, err
}

func addResult(ctx context.Context, tx *sqlx.Tx, id int64, result trial.Result) error {
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE trials SET result = $2::json WHERE id = $1`, id, string(text))
	return err
}

// CancelTrial ends a trial that is not over, wherever it runs. One that is over
// stays as it is; NotFound if there is none.
func (s *Store) CancelTrial(ctx context.Context, by Actor, id int64) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		isOver := false
		err := tx.GetContext(ctx, &isOver, `SELECT finished_at IS NOT NULL FROM jobs WHERE id = $1 AND kind = $2 FOR UPDATE`, id, JobTrial)
		if err != nil || isOver {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE jobs SET state = 'cancelled', finished_at = now() WHERE id = $1`, id); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "trial.cancel", trialSubject(id), nil)
	})
}

// RemoveTrials removes the trials that were over before a time, unless a ruleset
// version or a proposal is based on them.
func (s *Store) RemoveTrials(ctx context.Context, before time.Time) error {
	_, err := s.db.ExecContext(ctx, `
		DELETE FROM jobs j USING trials t
		WHERE t.id = j.id AND j.finished_at < $1
		    AND NOT EXISTS (SELECT FROM ruleset_versions v WHERE v.network = t.network AND v.trial->>'id' = t.id::text)
		    AND NOT EXISTS (SELECT FROM proposals p WHERE p.network = t.network AND p.trial->>'id' = t.id::text)`, before)
	return translate(err)
}

func trialSubject(id int64) string { return "trial/" + strconv.FormatInt(id, 10) }
