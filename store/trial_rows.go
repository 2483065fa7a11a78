package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"

	"wherefore/domain/facts"
	"wherefore/domain/trial"
)

// tryChunk is how many errors are handed to a goroutine at once.
const tryChunk = 500

// read counts the errors of a predicate on all processors. What is a column, e.raw or
// what else count takes for it.
func (t TrialRun) read(ctx context.Context, tx *sqlx.Tx, what string, where predicate, count func(*trial.Partial, StoredEvent)) (*trial.Partial, error) {
	return trial.InParallel(ctx, t.Trial, func(ctx context.Context, chunks chan<- []StoredEvent) error {
		return t.chunks(ctx, tx, `SELECT `+trialEventColumns+`, `+what+` FROM events e WHERE `+where.sql, where.args, chunks)
	}, count)
}

// chunks reads errors as a statement asks for them.
func (t TrialRun) chunks(ctx context.Context, tx *sqlx.Tx, statement string, args []any, to chan<- []StoredEvent) error {
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	chunk := make([]StoredEvent, 0, tryChunk)
	for rows.Next() {
		e, err := t.scan(rows)
		if err != nil {
			return err
		}
		if chunk = append(chunk, e); len(chunk) == tryChunk {
			to <- chunk
			t.progress.add(len(chunk))
			chunk = make([]StoredEvent, 0, tryChunk)
		}
	}
	to <- chunk
	return rows.Err()
}

// trialEventColumns are what a trial needs to know of an error beside itself. The day is
// enough of its time, and takes less to read.
const trialEventColumns = `e.id, e.source_id, e.occurred_at::date - '1970-01-01'::date, e.status, COALESCE(e.reason, ''), e.parser,
	COALESCE(e.shape_hash, 0)`

// scan reads a row of trialEventColumns and e.raw, and what stands behind them.
func (t TrialRun) scan(rows *sql.Rows, more ...any) (StoredEvent, error) {
	e := StoredEvent{Network: t.Window.Network}
	var day, shape int64
	err := rows.Scan(append([]any{&e.ID, &e.SourceID, &day, &e.Status, &e.Verdict.Reason, &e.Verdict.Parser, &shape, &e.Raw}, more...)...)
	e.OccurredAt, e.ShapeHash = trial.DayStart(day), uint64(shape)
	return e, err
}

// event is an error as a trial takes it.
func (e StoredEvent) event(f facts.Facts) trial.StoredEvent {
	return trial.StoredEvent{ID: e.ID, SourceID: e.SourceID, OccurredAt: e.OccurredAt, Shape: e.ShapeHash, Present: e.Verdict.Reason, Facts: f}
}

// compare asks both rulesets about an error.
func (t TrialRun) compare(p *trial.Partial, stored StoredEvent) {
	e := stored.event(t.Facts(stored))
	p.Cover(e.Facts)
	p.Count(e, t.Trial.Compare(e), 1)
}

// progress tells how far a trial is.
type progress struct {
	tell        func(done, total int)
	done, total int
}

func (p *progress) add(n int) {
	p.done += n
	if p.tell != nil {
		p.tell(min(p.done, p.total), p.total)
	}
}
