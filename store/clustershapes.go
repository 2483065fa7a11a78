package store

import (
	"context"
	"database/sql"

	"wherefore/domain"
)

// ShapeCount is a shape of a cluster with its unparsed errors of now.
type ShapeCount struct {
	Hash     int64
	Template string
	Split    bool // made by a split
	Events   int
}

// ClusterShapes lists shapes of a cluster, those with the most errors first, and
// how many there are in all.
func (s *Store) ClusterShapes(ctx context.Context, id int64, limit int) ([]ShapeCount, int, error) {
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

// maxTallied is the length of the longest messages whose values are counted.
const maxTallied = 4000

// ClusterMessages returns the messages of a cluster's newest unparsed errors,
// without very long ones.
func (s *Store) ClusterMessages(ctx context.Context, id int64, limit int) ([]string, error) {
	var messages []string
	err := s.db.SelectContext(ctx, &messages, `
		SELECT e.message FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		WHERE s.cluster_id = $1 AND e.reason IS NULL AND length(e.message) <= $3 ORDER BY e.id DESC LIMIT $2`,
		id, limit, maxTallied)
	return messages, translate(err)
}

// ClusterTemplate is what a cluster is known by.
type ClusterTemplate struct {
	ID       int64
	Template string
}

// ClusterTemplates lists the newest clusters of a network that were not merged,
// with unparsed errors.
func (s *Store) ClusterTemplates(ctx context.Context, network domain.Network, limit int) ([]ClusterTemplate, error) {
	var templates []ClusterTemplate
	err := s.db.SelectContext(ctx, &templates, `
		SELECT c.id, c.template FROM clusters c WHERE c.network = $1 AND c.state <> 'merged' AND EXISTS (
		    SELECT FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		    WHERE s.cluster_id = c.id AND e.reason IS NULL AND e.shape_hash IS NOT NULL)
		ORDER BY c.id DESC LIMIT $2`, network, limit)
	return templates, translate(err)
}

// ClustersByID returns clusters with their counts of now, in the order of ids;
// ids of none are left out.
func (s *Store) ClustersByID(ctx context.Context, ids []int64) ([]Cluster, error) {
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

// Ignored says why a cluster is out of sight.
type Ignored struct {
	Ignoring
	Above int // errors in a day that bring it back, 0 for none
}

// IgnoredCluster returns what brings an ignored cluster back.
func (s *Store) IgnoredCluster(ctx context.Context, id int64) (Ignored, error) {
	var r struct {
		Until            sql.NullTime
		Events, Profiles int
		Above            int
	}
	err := s.db.GetContext(ctx, &r, `
		SELECT ignored_until AS until, COALESCE(ignored_to_events, 0) AS events,
		    COALESCE(ignored_to_profiles, 0) AS profiles, COALESCE(ignored_above, 0) AS above
		FROM clusters WHERE id = $1`, id)
	i := Ignoring{Until: r.Until.Time, Events: r.Events, Profiles: r.Profiles, Escalates: r.Above > 0}
	return Ignored{i, r.Above}, translate(err)
}
