package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// Reshape is the work of giving the stored unparsed errors of one shape their
// shapes anew.
type Reshape struct {
	Network   domain.Network
	Hash      int64
	Splits    int64 // the version of the network's splits that must be known for it
	Cursor    string
	CreatedAt time.Time
}

// QueueReshapes has the stored unparsed errors of shapes that older rules made
// given their shapes by a version of the rules. It can be repeated, and has to
// be: a replica of an older program goes on making such shapes.
func (s *Store) QueueReshapes(ctx context.Context, version int) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO reshapes (network, hash, splits)
		SELECT s.network, s.hash, g.splits FROM shapes s JOIN groupings g ON g.network = s.network AND g.version <= $1
		WHERE s.version < $1 AND s.placed <> 'split' AND EXISTS (
		    SELECT FROM events e
		    WHERE e.network = s.network AND e.shape_hash = s.hash AND e.reason IS NULL AND e.shape_hash IS NOT NULL)
		ORDER BY s.network, s.hash
		ON CONFLICT DO NOTHING`, version)
	return translate(err)
}

// ReshapeStep does a part of a Reshape that waits, at most size errors, in one
// transaction, so that each is in one cluster at any time. It returns false when
// nothing waits. shapes returns the shapes of errors by splits that are at least
// of the version the Reshape names, and an error, which ReshapeStep returns, when
// it knows older ones only. A network that was grouped by rules newer than version
// is left to who knows them.
func (s *Store) ReshapeStep(ctx context.Context, version, size int, shapes func(Reshape, []StoredEvent) ([]cluster.Shape, error)) (bool, error) {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var r Reshape
		err := tx.GetContext(ctx, &r, `
			SELECT network, hash, splits, cursor, created_at FROM reshapes r
			WHERE resume_at <= now() AND NOT EXISTS (SELECT FROM groupings g WHERE g.network = r.network AND g.version > $1)
			ORDER BY created_at, network, hash LIMIT 1 FOR UPDATE SKIP LOCKED`, version)
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
		return r.advance(ctx, tx, events, len(events) < size)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (r Reshape) next(ctx context.Context, tx *sqlx.Tx, size int) ([]StoredEvent, error) {
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

// reshaped is an error with another shape than before.
type reshaped struct {
	id string
	sighting
}

// apply gives errors their shapes. A shape that is new takes the place of the old
// one, in its cluster, until the grouping takes it up: so the cluster keeps its
// errors, and its id its meaning, while new rules come in.
func (r Reshape) apply(ctx context.Context, tx *sqlx.Tx, events []StoredEvent, shapes []cluster.Shape) error {
	var changed []reshaped
	var seen []sighting
	for i, e := range events {
		seen = append(seen, sighting{r.Network, shapes[i], e.OccurredAt})
		if shapes[i].Hash != e.ShapeHash {
			changed = append(changed, reshaped{e.ID, seen[i]})
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO shapes (network, hash, template, cluster_id, version, placed)
		SELECT DISTINCT ON (new.hash) $1, new.hash, new.template, old.cluster_id, new.version, old.placed
		FROM unnest($3::bigint[], $4::text[], $5::int[]) AS new (hash, template, version)
		JOIN shapes old ON old.network = $1 AND old.hash = $2
		ORDER BY new.hash
		ON CONFLICT DO NOTHING`, r.Network, r.Hash,
		column(changed, func(c reshaped) int64 { return int64(c.shape.Hash) }),
		textColumn(changed, func(c reshaped) string { return c.shape.Template }),
		column(changed, func(c reshaped) int { return c.shape.Version }))
	if err != nil {
		return err
	}
	ids := column(changed, func(c reshaped) string { return c.id })
	_, err = tx.ExecContext(ctx, `
		UPDATE events e SET shape_hash = new.shape_hash FROM unnest($2::uuid[], $3::bigint[]) AS new (id, shape_hash)
		WHERE e.id = new.id AND e.id = ANY($2) AND e.shape_hash = $1`, r.Hash, ids,
		column(changed, func(c reshaped) int64 { return int64(c.shape.Hash) }))
	if err != nil {
		return err
	}
	return touchShapes(ctx, tx, seen)
}

// advance notes what was done. What has seen all there is waits until all
// replicas have settled, looks once more at what has come since it began, and is
// done.
func (r Reshape) advance(ctx context.Context, tx *sqlx.Tx, events []StoredEvent, caughtUp bool) error {
	if len(events) > 0 {
		r.Cursor = events[len(events)-1].ID
	}
	_, err := tx.ExecContext(ctx, `
		DELETE FROM reshapes WHERE network = $1 AND hash = $2 AND $3 AND now() >= created_at + $4::interval`,
		r.Network, r.Hash, caughtUp, interval(settle))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE reshapes
		SET cursor = CASE WHEN $4 THEN uuid_from_time(created_at - interval '1 minute') ELSE $3::uuid END,
		    resume_at = CASE WHEN $4 THEN created_at + $5::interval ELSE resume_at END
		WHERE network = $1 AND hash = $2`, r.Network, r.Hash, r.Cursor, caughtUp, interval(settle))
	return err
}
