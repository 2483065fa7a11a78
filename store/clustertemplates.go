package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

const (
	maxTemplateShapes = 500    // shapes of a cluster from which its template is made
	maxCountedErrors  = 10_000 // errors of a shape that are counted to find the shapes with the most
)

// updateTemplates updates the templates of clusters that people changed: each becomes
// what the cluster's shapes with the most unparsed errors share. Of shapes with more
// errors than are counted, those come first that got them in the shortest time.
// Shapes without errors count only in a cluster that has no errors: their errors
// have other shapes by newer rules, or were explained by parsers.
func updateTemplates(ctx context.Context, tx *sqlx.Tx, ids []domain.ClusterID) error {
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
			) AS counted WHERE events > 0 OR most = 0
			ORDER BY events DESC, since DESC, version DESC, hash LIMIT $2`, id, maxTemplateShapes, maxCountedErrors)
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

// UpdateClusterTemplates updates the templates of all clusters that people changed,
// because the shapes with the most errors change as errors arrive and are explained.
// A cluster whose errors are all explained keeps its template.
func (s *Store) UpdateClusterTemplates(ctx context.Context) error {
	var ids []domain.ClusterID
	err := s.db.SelectContext(ctx, &ids, `
		SELECT cluster_id FROM shapes GROUP BY cluster_id
		HAVING count(*) > 1 AND bool_or(placement <> 'grouped') ORDER BY cluster_id`)
	for _, id := range ids {
		if err == nil {
			err = s.tx(ctx, func(tx *sqlx.Tx) error { return updateUnlessLocked(ctx, tx, id) })
		}
	}
	return translate(err)
}

// updateUnlessLocked updates the template of a cluster, unless somebody is changing
// the cluster.
func updateUnlessLocked(ctx context.Context, tx *sqlx.Tx, id domain.ClusterID) error {
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
	return updateTemplates(ctx, tx, []domain.ClusterID{id})
}
