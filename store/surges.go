package store

import (
	"context"

	"wherefore/domain"
)

// Surge is a new cluster that has reached many profiles within an hour.
type Surge struct {
	ID       int64
	Network  domain.Network
	Profiles int // in that hour
}

// MarkSurges finds the clusters, seen first in the last day, whose unparsed errors
// have reached at least so many profiles within an hour of the first, and marks
// them. It returns each once, to one caller. Shapes that wait to be grouped are
// left for later: most belong to clusters that are not new.
func (s *Store) MarkSurges(ctx context.Context, profiles int) ([]Surge, error) {
	var surges []Surge
	err := s.db.SelectContext(ctx, &surges, `
		WITH fresh AS (
		    SELECT c.id, min(s.first_seen_at) AS first_seen_at
		    FROM clusters c JOIN shapes s ON s.cluster_id = c.id
		    WHERE c.state <> 'merged' AND c.surged_at IS NULL
		        AND c.id IN (SELECT cluster_id FROM shapes WHERE first_seen_at > now() - interval '1 day')
		    GROUP BY c.id
		    HAVING min(s.first_seen_at) > now() - interval '1 day' AND bool_and(s.place IS NOT NULL OR s.placed = 'split')
		), surging AS (
		    SELECT f.id, count(DISTINCT e.profile_id) AS profiles
		    FROM fresh f JOIN shapes s ON s.cluster_id = f.id
		    JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		    WHERE e.reason IS NULL AND e.shape_hash IS NOT NULL AND e.occurred_at <= f.first_seen_at + interval '1 hour'
		    GROUP BY f.id HAVING count(DISTINCT e.profile_id) >= $1
		)
		UPDATE clusters c SET surged_at = now() FROM surging WHERE c.id = surging.id AND c.surged_at IS NULL
		RETURNING c.id, c.network, surging.profiles`, profiles)
	return surges, translate(err)
}
