package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// occurrence is an unparsed error with what its cluster counts of it: its shape
// and when it occurred.
type occurrence struct {
	network domain.Network
	shape   cluster.Shape
	at      time.Time
}

// createClusters inserts the shapes that are new. Each gets a cluster of its own,
// in which it stays until the grouping reads it.
func createClusters(ctx context.Context, tx *sqlx.Tx, seen []occurrence) error {
	if len(seen) == 0 {
		return nil
	}
	columns := []any{
		textColumn(seen, func(s occurrence) domain.Network { return s.network }),
		column(seen, func(s occurrence) int64 { return int64(s.shape.Hash) }),
		textColumn(seen, func(s occurrence) string { return s.shape.Template }),
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO clusters (network, initial_hash, template)
		SELECT network, hash, min(template)
		FROM unnest($1::text[], $2::bigint[], $3::text[]) AS new (network, hash, template)
		WHERE NOT EXISTS (SELECT FROM shapes s WHERE s.network = new.network AND s.hash = new.hash)
		GROUP BY network, hash
		ORDER BY network, hash
		ON CONFLICT DO NOTHING`, columns...)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO shapes (network, hash, template, cluster_id, version)
		SELECT DISTINCT ON (c.network, c.initial_hash) c.network, c.initial_hash, new.template, c.id, new.version
		FROM unnest($1::text[], $2::bigint[], $3::text[], $4::int[]) AS new (network, hash, template, version)
		JOIN clusters c ON c.network = new.network AND c.initial_hash = new.hash
		WHERE NOT EXISTS (SELECT FROM shapes s WHERE s.network = new.network AND s.hash = new.hash)
		ORDER BY c.network, c.initial_hash
		ON CONFLICT DO NOTHING`, append(columns, column(seen, func(s occurrence) int { return s.shape.Version }))...)
	return err
}

// touchShapes updates when shapes were first and last seen. It locks them in the
// order of their key first. A shape that newer rules have made again waits for
// the grouping by those rules.
func touchShapes(ctx context.Context, tx *sqlx.Tx, seen []occurrence) error {
	if len(seen) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		WITH seen AS (
		    SELECT network, hash, min(at) AS first, max(at) AS last, max(version) AS version
		    FROM unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::int[]) AS new (network, hash, at, version)
		    GROUP BY network, hash
		), wider AS (
		    SELECT s.network, s.hash, seen.first, seen.last, seen.version
		    FROM shapes s JOIN seen ON seen.network = s.network AND seen.hash = s.hash
		    WHERE s.first_seen_at IS NULL OR seen.first < s.first_seen_at OR seen.last > s.last_seen_at
		        OR seen.version > s.version
		    ORDER BY s.network, s.hash
		    FOR NO KEY UPDATE OF s
		)
		UPDATE shapes s
		SET first_seen_at = LEAST(s.first_seen_at, w.first), last_seen_at = GREATEST(s.last_seen_at, w.last),
		    version = GREATEST(s.version, w.version),
		    seq = CASE WHEN w.version > s.version THEN NULL ELSE s.seq END,
		    group_id = CASE WHEN w.version > s.version THEN NULL ELSE s.group_id END
		FROM wider w WHERE s.network = w.network AND s.hash = w.hash`,
		textColumn(seen, func(s occurrence) domain.Network { return s.network }),
		column(seen, func(s occurrence) int64 { return int64(s.shape.Hash) }),
		column(seen, func(s occurrence) time.Time { return s.at }),
		column(seen, func(s occurrence) int { return s.shape.Version }))
	return err
}
