package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"

	"wherefore/domain/cluster"
)

const (
	describedBy = 500    // shapes of a cluster that its template is made from
	weighed     = 10_000 // errors of a shape that are counted to find the shapes with the most
)

// describeClusters writes the templates of clusters that people had a hand in:
// what the shapes with the most unparsed errors share. Of shapes that have more
// than are counted, those go first that got them in the least time. A shape
// without any counts only where all are: such are left over when newer rules, or
// parsers, have taken its errors.
func describeClusters(ctx context.Context, tx *sqlx.Tx, ids []int64) error {
	for _, id := range ids {
		var templates []string
		err := tx.SelectContext(ctx, &templates, `
			SELECT template FROM (
			    SELECT s.template, s.version, s.hash, n.events, n.since, max(n.events) OVER () AS most
			    FROM shapes s CROSS JOIN LATERAL (
			        SELECT count(*) AS events, min(occurred_at) AS since FROM (
			            SELECT e.occurred_at FROM events e
			            WHERE e.network = s.network AND e.shape_hash = s.hash AND e.reason IS NULL AND e.shape_hash IS NOT NULL
			            ORDER BY e.occurred_at DESC LIMIT $3
			        ) AS newest
			    ) AS n WHERE s.cluster_id = $1
			) AS weighed WHERE events > 0 OR most = 0
			ORDER BY events DESC, since DESC, version DESC, hash LIMIT $2`, id, describedBy, weighed)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE clusters SET template = $2, group_id = NULL
			WHERE id = $1 AND (template <> $2 OR group_id IS NOT NULL)`, id, cluster.CommonTemplate(templates))
		if err != nil {
			return err
		}
	}
	return nil
}

// DescribeClusters writes the templates anew of clusters that people had a hand
// in: which of their shapes have the most errors changes as errors arrive, get
// explained and get other shapes. One whose errors are all explained keeps its own.
func (s *Store) DescribeClusters(ctx context.Context) error {
	var ids []int64
	err := s.db.SelectContext(ctx, &ids, `
		SELECT cluster_id FROM shapes GROUP BY cluster_id
		HAVING count(*) > 1 AND bool_or(placement <> 'grouped') ORDER BY cluster_id`)
	for _, id := range ids {
		if err == nil {
			err = s.tx(ctx, func(tx *sqlx.Tx) error { return describeAgain(ctx, tx, id) })
		}
	}
	return translate(err)
}

// describeAgain leaves a cluster alone that somebody is at.
func describeAgain(ctx context.Context, tx *sqlx.Tx, id int64) error {
	err := tx.GetContext(ctx, &id, `
		SELECT id FROM clusters c WHERE id = $1 AND EXISTS (
		    SELECT FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		    WHERE s.cluster_id = c.id AND e.reason IS NULL AND e.shape_hash IS NOT NULL
		) AND EXISTS (SELECT FROM shapes s WHERE s.cluster_id = c.id AND s.placement <> 'grouped')
		FOR NO KEY UPDATE SKIP LOCKED`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return describeClusters(ctx, tx, []int64{id})
}
