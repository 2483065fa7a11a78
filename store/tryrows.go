package store

import (
	"context"
	"database/sql"
	"runtime"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"wherefore/domain/facts"
	"wherefore/domain/trial"
)

// tryChunk is how many errors are handed to a goroutine at once.
const tryChunk = 500

// share is what one goroutine has sorted.
type share struct {
	tally *trial.Counter
	seen  map[heap]int
}

// heap is errors that are counted beside the events.
type heap struct {
	day    int64 // since 1970
	source int64
	parsed bool
}

const secondsOfDay = 24 * 60 * 60

func heapOf(e trial.StoredEvent) heap {
	return heap{e.OccurredAt.Unix() / secondsOfDay, e.SourceID, e.Present != ""}
}

// count adds n errors that are alike to the share.
func (s *share) count(e trial.StoredEvent, o trial.Effect, n int) {
	s.tally.Count(e, o, n)
	s.seen[heapOf(e)] += n
}

func (t Tryout) share() *share { return &share{trial.NewCounter(t.Trial), map[heap]int{}} }

// add adds what others have counted.
func (s *share) add(others ...*share) {
	for _, o := range others {
		s.tally.Merge(o.tally)
		for h, n := range o.seen {
			s.seen[h] += n
		}
	}
}

// read sorts the errors of a predicate: one goroutine reads them, as many as there
// are processors sort. What is a column, e.raw or what else sort takes for it.
func (t Tryout) read(ctx context.Context, tx *sqlx.Tx, what string, where predicate, sort func(*share, StoredEvent)) (*share, error) {
	group, ctx := errgroup.WithContext(ctx)
	shares := make([]*share, runtime.GOMAXPROCS(0))
	chunks := make(chan []StoredEvent, len(shares))
	group.Go(func() error {
		defer close(chunks)
		return t.chunks(ctx, tx, `SELECT `+triedColumns+`, `+what+` FROM events e WHERE `+where.sql, where.args, chunks)
	})
	for i := range shares {
		shares[i] = t.share()
		group.Go(func() error {
			for chunk := range chunks {
				for _, e := range chunk {
					sort(shares[i], e)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	shares[0].add(shares[1:]...)
	return shares[0], err
}

// chunks reads errors as a statement asks for them.
func (t Tryout) chunks(ctx context.Context, tx *sqlx.Tx, statement string, args []any, to chan<- []StoredEvent) error {
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

// triedColumns are what a trial needs to know of an error beside itself. The day is
// enough of its time, and takes less to read.
const triedColumns = `e.id, e.source_id, e.occurred_at::date - '1970-01-01'::date, e.status, COALESCE(e.reason, ''), e.parser,
	COALESCE(e.shape_hash, 0)`

// scan reads a row of triedColumns and e.raw, and what stands behind them.
func (t Tryout) scan(rows *sql.Rows, more ...any) (StoredEvent, error) {
	e := StoredEvent{Network: t.Window.Network}
	var day, shape int64
	err := rows.Scan(append([]any{&e.ID, &e.SourceID, &day, &e.Status, &e.Verdict.Reason, &e.Verdict.Parser, &shape, &e.Raw}, more...)...)
	e.OccurredAt, e.ShapeHash = time.Unix(day*secondsOfDay, 0).UTC(), uint64(shape)
	return e, err
}

// event is an error as a trial takes it.
func (e StoredEvent) event(f facts.Facts) trial.StoredEvent {
	return trial.StoredEvent{ID: e.ID, SourceID: e.SourceID, OccurredAt: e.OccurredAt, Shape: e.ShapeHash, Present: e.Verdict.Reason, Facts: f}
}

// sortAnew asks both rulesets about an error.
func (t Tryout) sortAnew(s *share, stored StoredEvent) {
	e := stored.event(t.Facts(stored))
	s.tally.Cover(e.Facts)
	s.count(e, t.Trial.Compare(e), 1)
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
