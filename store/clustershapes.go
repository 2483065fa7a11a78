package store

import (
	"context"

	"wherefore/domain"
)

// ShapeCount is a shape of a cluster with the number of its unparsed errors.
type ShapeCount struct {
	Hash     int64
	Template string
	Split    bool // made by a split
	Events   int
}

// ClusterShapes lists shapes of a cluster, those with the most errors first, and
// how many there are in all.
func (s *Store) ClusterShapes(ctx context.Context, id domain.ClusterID, limit int) ([]ShapeCount, int, error) {
	var rows []struct {
		ShapeCount
		Total int
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT s.hash, s.template, s.placement = 'split' AS split, count(*) OVER () AS total, (
		    SELECT count(*) FROM events e
		    WHERE e.network = s.network AND e.shape_hash = s.hash AND e.reason IS NULL AND e.shape_hash IS NOT NULL
		) AS events
		FROM shapes s WHERE s.cluster_id = $1 ORDER BY events DESC, s.hash LIMIT $2`, id, limit)
	shapes, total := make([]ShapeCount, len(rows)), 0
	for i, r := range rows {
		shapes[i], total = r.ShapeCount, r.Total
	}
	return shapes, total, translate(err)
}

// maxCountedLength is the length of the longest message whose values are counted.
const maxCountedLength = 4000

// ClusterMessages returns the messages of a cluster's newest unparsed errors,
// without very long ones.
func (s *Store) ClusterMessages(ctx context.Context, id domain.ClusterID, limit int) ([]string, error) {
	var messages []string
	err := s.db.SelectContext(ctx, &messages, `
		SELECT e.message FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		WHERE s.cluster_id = $1 AND e.reason IS NULL AND length(e.message) <= $3 ORDER BY e.id DESC LIMIT $2`,
		id, limit, maxCountedLength)
	return messages, translate(err)
}

// ClusterTemplate is a cluster's id and template.
type ClusterTemplate struct {
	ID       domain.ClusterID
	Template string
}

// ClusterTemplates lists the newest clusters of a network that were not merged,
// with unparsed errors.
func (s *Store) ClusterTemplates(ctx context.Context, network domain.Network, limit int) ([]ClusterTemplate, error) {
	var templates []ClusterTemplate
	err := s.db.SelectContext(ctx, &templates, `
		SELECT c.id, c.template FROM clusters c CROSS JOIN LATERAL ( -- EXISTS would read all unparsed events
		    SELECT FROM shapes s CROSS JOIN LATERAL (
		        SELECT FROM events e
		        WHERE e.network = s.network AND e.shape_hash = s.hash AND e.reason IS NULL AND e.shape_hash IS NOT NULL LIMIT 1
		    ) AS error WHERE s.cluster_id = c.id LIMIT 1
		) AS shape
		WHERE c.network = $1 AND c.state <> 'merged' ORDER BY c.id DESC LIMIT $2`, network, limit)
	return templates, translate(err)
}

// ClustersByID returns clusters with their counts, in the order of ids. It skips ids
// that do not exist.
func (s *Store) ClustersByID(ctx context.Context, ids []domain.ClusterID) ([]Cluster, error) {
	var clusters []Cluster
	for _, id := range ids {
		c, err := s.Cluster(ctx, id)
		if domain.KindOf(err) == domain.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		clusters = append(clusters, c)
	}
	return clusters, nil
}
