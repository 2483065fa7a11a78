package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// Regrouping is the background job that computes the shapes of stored unparsed
// errors again: of all errors that have one shape.
type Regrouping struct {
	Network   domain.Network
	Hash      int64
	Splits    int64 // the version of the network's splits that the job needs
	Cursor    string
	CreatedAt time.Time
}

// QueueRegroupings adds a job for each shape that was made by rules older than
// version and still has unparsed errors. It must be repeated, because a replica
// that runs an older program still makes such shapes.
func (s *Store) QueueRegroupings(ctx context.Context, version int) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			WITH old AS (
			    SELECT s.network, s.hash, g.splits FROM shapes s JOIN groupings g ON g.network = s.network AND g.version <= $1
			    WHERE s.version < $1 AND s.placement <> 'split' AND EXISTS (
			        SELECT FROM events e
			        WHERE e.network = s.network AND e.shape_hash = s.hash AND e.reason IS NULL AND e.shape_hash IS NOT NULL)
			), `+addRegroupings, version, JobRegrouping)
		return err
	})
}

// addRegroupings adds a job for each of the rows (network, hash, splits) of old,
// unless one is unfinished. $2 is the kind.
const addRegroupings = `added AS (
	INSERT INTO jobs (kind, key) SELECT $2, network || '/' || hash FROM old ORDER BY network, hash
	ON CONFLICT (kind, key) WHERE finished_at IS NULL AND key <> '' DO NOTHING RETURNING id, key
)
INSERT INTO regroupings (id, network, hash, splits)
SELECT added.id, old.network, old.hash, old.splits FROM old JOIN added ON added.key = old.network || '/' || old.hash`

// regroup adds a job for each of some shapes, with the version of the splits that
// it needs. An unfinished one begins again.
func regroup(ctx context.Context, tx *sqlx.Tx, n domain.Network, hashes []int64, splits int64) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM jobs
		WHERE kind = $2 AND finished_at IS NULL AND key IN (SELECT $1::text || '/' || hash FROM unnest($3::bigint[]) AS new (hash))`,
		n, JobRegrouping, pq.Array(hashes))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		WITH old AS (SELECT DISTINCT $1::text AS network, hash, $4::bigint AS splits FROM unnest($3::bigint[]) AS new (hash)), `+addRegroupings,
		n, JobRegrouping, pq.Array(hashes), splits)
	return err
}

// RegroupStep does a part of a claimed job, at most size errors, in one
// transaction, so that each error is in exactly one cluster at any time. It
// returns false when the job is done or waits for its second look, and ErrJobLost
// if the claim does not hold any more. The function shapes returns the shapes of
// errors; it must know the splits of the version that the job names, and returns
// an error, which RegroupStep passes on, when it knows only older ones.
func (s *Store) RegroupStep(ctx context.Context, c JobClaim, size int, shapes func(Regrouping, []StoredEvent) ([]cluster.Shape, error)) (more bool, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		var r Regrouping
		err := tx.GetContext(ctx, &r, `
			SELECT r.network, r.hash, r.splits, r.cursor, j.created_at FROM regroupings r JOIN jobs j ON j.id = r.id WHERE `+isHeld, c.ID, c.Attempt)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrJobLost
		}
		if err != nil {
			return err
		}
		events, err := r.next(ctx, tx, size)
		if err != nil {
			return err
		}
		now, err := shapes(r, events)
		if err != nil {
			return err
		}
		if err := r.apply(ctx, tx, events, now); err != nil {
			return err
		}
		more = len(events) == size
		return r.advance(ctx, tx, c, events, !more)
	})
	return more && err == nil, err
}

func (r Regrouping) next(ctx context.Context, tx *sqlx.Tx, size int) ([]StoredEvent, error) {
	var rows []storedRow
	err := tx.SelectContext(ctx, &rows, `
		SELECT `+storedColumns+` FROM events e
		WHERE e.network = $1 AND e.shape_hash = $2 AND e.reason IS NULL AND e.id > $3 ORDER BY e.id LIMIT $4`,
		r.Network, r.Hash, r.Cursor, size)
	events := make([]StoredEvent, len(rows))
	for i, row := range rows {
		events[i] = row.event()
	}
	return events, err
}

// changedShape is an error whose shape has changed.
type changedShape struct {
	id string
	occurrence
}

// apply writes the shapes of errors. A new shape goes into the cluster of the old
// one until the grouping reads it: so the cluster keeps its errors, and its id
// keeps its meaning, while the rules change.
func (r Regrouping) apply(ctx context.Context, tx *sqlx.Tx, events []StoredEvent, shapes []cluster.Shape) error {
	var changed []changedShape
	var seen []occurrence
	for i, e := range events {
		seen = append(seen, occurrence{r.Network, shapes[i], e.OccurredAt})
		if shapes[i].Hash != e.ShapeHash {
			changed = append(changed, changedShape{e.ID, seen[i]})
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO shapes (network, hash, template, cluster_id, version, placement)
		SELECT DISTINCT ON (new.hash) $1, new.hash, new.template, old.cluster_id, new.version, old.placement
		FROM unnest($3::bigint[], $4::text[], $5::int[]) AS new (hash, template, version)
		JOIN shapes old ON old.network = $1 AND old.hash = $2
		ORDER BY new.hash
		ON CONFLICT DO NOTHING`, r.Network, r.Hash,
		column(changed, func(c changedShape) int64 { return int64(c.shape.Hash) }),
		textColumn(changed, func(c changedShape) string { return c.shape.Template }),
		column(changed, func(c changedShape) int { return c.shape.Version }))
	if err != nil {
		return err
	}
	ids := column(changed, func(c changedShape) string { return c.id })
	_, err = tx.ExecContext(ctx, `
		UPDATE events e SET shape_hash = new.shape_hash FROM unnest($2::uuid[], $3::bigint[]) AS new (id, shape_hash)
		WHERE e.id = new.id AND e.id = ANY($2) AND e.shape_hash = $1`, r.Hash, ids,
		column(changed, func(c changedShape) int64 { return int64(c.shape.Hash) }))
	if err != nil {
		return err
	}
	return touchShapes(ctx, tx, seen)
}

// advance moves the job's cursor. A job that has read all errors waits until all
// replicas know the same splits, reads the errors that came since it was queued
// once more, and is then deleted.
func (r Regrouping) advance(ctx context.Context, tx *sqlx.Tx, c JobClaim, events []StoredEvent, caughtUp bool) error {
	if len(events) > 0 {
		r.Cursor = events[len(events)-1].ID
	}
	var settled bool
	err := tx.GetContext(ctx, &settled, `
		UPDATE regroupings r SET cursor = CASE WHEN $3 THEN uuid_from_time(j.created_at - interval '1 minute') ELSE $2::uuid END
		FROM jobs j WHERE j.id = r.id AND r.id = $1 RETURNING now() >= j.created_at + $4::interval`, c.ID, r.Cursor, caughtUp, interval(settle))
	switch {
	case err != nil:
		return err
	case !caughtUp:
		return c.update(ctx, tx, `heartbeat_at = now()`)
	case settled:
		return c.remove(ctx, tx)
	}
	return c.snooze(ctx, tx, settle)
}
