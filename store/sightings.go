package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// sighting is an unparsed error, as its cluster sees it.
type sighting struct {
	network domain.Network
	shape   cluster.Shape
	at      time.Time
}

// foundClusters makes the shapes that are new, each with a cluster of its own.
func foundClusters(ctx context.Context, tx *sqlx.Tx, seen []sighting) error {
	if len(seen) == 0 {
		return nil
	}
	columns := []any{
		textColumn(seen, func(s sighting) domain.Network { return s.network }),
		column(seen, func(s sighting) int64 { return int64(s.shape.Hash) }),
		textColumn(seen, func(s sighting) string { return s.shape.Template }),
		column(seen, func(s sighting) time.Time { return s.at }),
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO clusters (network, founding_hash, template, first_seen_at, last_seen_at)
		SELECT network, hash, min(template), min(at), max(at)
		FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[]) AS new (network, hash, template, at)
		WHERE NOT EXISTS (SELECT FROM shapes s WHERE s.network = new.network AND s.hash = new.hash)
		GROUP BY network, hash
		ORDER BY network, hash
		ON CONFLICT DO NOTHING`, columns...)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO shapes (network, hash, template, cluster_id)
		SELECT DISTINCT ON (c.network, c.founding_hash) c.network, c.founding_hash, new.template, c.id
		FROM unnest($1::text[], $2::bigint[], $3::text[]) AS new (network, hash, template)
		JOIN clusters c ON c.network = new.network AND c.founding_hash = new.hash
		WHERE NOT EXISTS (SELECT FROM shapes s WHERE s.network = new.network AND s.hash = new.hash)
		ORDER BY c.network, c.founding_hash
		ON CONFLICT DO NOTHING`, columns[:3]...)
	return err
}

// touchClusters widens the time in which clusters were seen. They are locked
// in the order of their ids first.
func touchClusters(ctx context.Context, tx *sqlx.Tx, seen []sighting) error {
	if len(seen) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		WITH seen AS (
		    SELECT s.cluster_id, min(at) AS first, max(at) AS last
		    FROM unnest($1::text[], $2::bigint[], $3::timestamptz[]) AS new (network, hash, at)
		    JOIN shapes s ON s.network = new.network AND s.hash = new.hash
		    GROUP BY s.cluster_id
		), moved AS (
		    SELECT c.id, seen.first, seen.last
		    FROM clusters c JOIN seen ON seen.cluster_id = c.id
		    WHERE seen.first < c.first_seen_at OR seen.last > c.last_seen_at
		    ORDER BY c.id
		    FOR NO KEY UPDATE OF c
		)
		UPDATE clusters c
		SET first_seen_at = LEAST(c.first_seen_at, moved.first), last_seen_at = GREATEST(c.last_seen_at, moved.last)
		FROM moved WHERE moved.id = c.id`,
		textColumn(seen, func(s sighting) domain.Network { return s.network }),
		column(seen, func(s sighting) int64 { return int64(s.shape.Hash) }),
		column(seen, func(s sighting) time.Time { return s.at }))
	return err
}
