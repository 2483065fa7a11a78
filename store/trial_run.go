package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/trial"
)

// Window says which stored errors of a network a trial runs over.
type Window struct {
	Network domain.Network
	From    time.Time // of occurrence; zero is open
	Limit   int       // the newest so many; 0 for all
}

// TrialRun is a trial and what it runs over.
type TrialRun struct {
	Trial  *trial.Trial
	Window Window // fastest if From is a full hour
	// Facts reads an error again, as arriving ones are read.
	Facts func(StoredEvent) facts.Facts
	// Progress is told now and then how many of how many errors are sorted. It
	// may be nil.
	Progress func(done, total int)

	progress *progress
}

// RunTrial compares the errors of a window by what a candidate would change, as they are
// at one moment. The outcome is that of asking both rulesets about every error, on
// all processors. But when all errors have the verdicts of the live ruleset, it
// follows from these and from whether the candidate's condition holds; and where the
// database can tell on which errors it holds, these are counted and none is read.
func (s *Store) RunTrial(ctx context.Context, t TrialRun) (trial.Result, error) {
	var result trial.Result
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		m, err := t.moment(ctx, tx)
		if err != nil {
			return err
		}
		t.progress = &progress{tell: t.Progress, total: m.Total}
		t.progress.add(0)
		counts, estimated, err := t.sort(ctx, tx, m.Settled)
		if err != nil {
			return err
		}
		result = counts.Result()
		result.At, result.Newest, result.Estimated = m.At, m.Newest, estimated
		if t.Window.Limit == 0 {
			result.Clusters, err = t.clusters(ctx, tx, result.Shapes)
		}
		return err
	})
	return result, err
}

// connectionsPerSnapshot bounds how many trials run at once, the others wait: each
// has a connection as long as it runs, and arriving events need some, too.
const connectionsPerSnapshot = MinConnections

// snapshot runs fn in a transaction that sees the database of one moment.
func (s *Store) snapshot(ctx context.Context, fn func(*sqlx.Tx) error) error {
	select {
	case s.snapshots <- struct{}{}:
		defer func() { <-s.snapshots }()
	case <-ctx.Done():
		return translate(ctx.Err())
	}
	tx, err := s.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback() // it only reads
	return translate(fn(tx))
}

// moment is when a trial sees the errors.
type moment struct {
	At      time.Time
	Newest  string // the greatest id of an error, "" if there is none
	Total   int    // errors of the window
	Settled bool   // the live ruleset is the trial's, and all errors have its verdicts
}

// moment also keeps the database from compiling statements, which takes longer
// than those of a trial that is looked up.
func (t TrialRun) moment(ctx context.Context, tx *sqlx.Tx) (moment, error) {
	var m moment
	err := tx.GetContext(ctx, &m, `
		SELECT now() AS at,
		    COALESCE((SELECT e.id::text FROM events e WHERE e.network = $1 AND e.type IN ('disconnected', 'failed') ORDER BY e.id DESC LIMIT 1), '') AS newest,
		    (SELECT COALESCE(sum(current), 0)::bigint FROM hourly_counts
		        WHERE network = $1 AND type IN ('disconnected', 'failed') AND ($2::timestamptz IS NULL OR hour >= $2)) AS total,
		    EXISTS (SELECT FROM ruleset_versions WHERE network = $1 AND version = $3 AND live)
		        AND NOT EXISTS (SELECT FROM jobs WHERE kind = 'reparse' AND key = $1 AND finished_at IS NULL) AS settled
		FROM set_config('jit', 'off', true)`, t.Window.Network, nullTime(t.Window.From), t.Trial.Before().Version())
	if t.Window.Limit > 0 {
		m.Total = min(m.Total, t.Window.Limit)
	}
	return m, err
}

// sort compares the errors of the window, or estimates the effects when all verdicts
// are settled; it returns whether it estimated.
func (t TrialRun) sort(ctx context.Context, tx *sqlx.Tx, settled bool) (*trial.Counter, bool, error) {
	if e, ok := t.estimate(); ok && settled {
		if counts, estimated, err := e.run(ctx, tx); estimated || err != nil {
			return counts, estimated, err
		}
	}
	where := t.Window.where()
	if t.Window.Limit > 0 {
		where = where.newest(t.Window.Limit)
	}
	all, err := t.read(ctx, tx, "e.raw", where, t.compare)
	return all.Counter, false, err
}

// clusters tells what becomes of the clusters whose errors are explained, the
// most explained ones first.
func (t TrialRun) clusters(ctx context.Context, tx *sqlx.Tx, shapes map[uint64]int) ([]trial.ClusterCount, error) {
	const most = 50
	hashes, gained := []int64{}, []int64{}
	for hash, n := range shapes {
		hashes, gained = append(hashes, int64(hash)), append(gained, int64(n))
	}
	var counts []trial.ClusterCount
	err := tx.SelectContext(ctx, &counts, `
		WITH gains AS (
		    SELECT s.cluster_id, sum(n)::bigint AS n FROM unnest($3::bigint[], $4::bigint[]) AS g (hash, n)
		    JOIN shapes s ON s.network = $1 AND s.hash = g.hash
		    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $5
		)
		SELECT c.id AS cluster, c.template, g.n AS newly_explained, u.n - g.n AS still_unparsed
		FROM gains g JOIN clusters c ON c.id = g.cluster_id
		CROSS JOIN LATERAL (
		    SELECT count(*) AS n FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		    WHERE s.cluster_id = g.cluster_id AND e.reason IS NULL AND ($2::timestamptz IS NULL OR e.occurred_at >= $2)
		) AS u
		ORDER BY g.n DESC, c.id`, t.Window.Network, nullTime(t.Window.From), pq.Array(hashes), pq.Array(gained), most)
	return counts, err
}
