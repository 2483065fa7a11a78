package store

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/anomaly"
)

// Spike is a new cluster that has reached many profiles within an hour.
type Spike struct {
	ID       domain.ClusterID
	Network  domain.Network
	Profiles int // in that hour
}

// MarkSpikes finds the clusters, seen first in the last day, whose unparsed errors
// have reached at least so many profiles within an hour of the first, and beyond
// chance more than a cluster of their network reaches in an hour, and marks them. It
// returns each once, to one caller. Shapes that wait to be grouped are left for later:
// most belong to clusters that are not new.
func (s *Store) MarkSpikes(ctx context.Context, profiles int) ([]Spike, error) {
	var fresh []freshCluster
	err := s.db.SelectContext(ctx, &fresh, `
		WITH fresh AS (
		    SELECT c.id, c.network, min(s.first_seen_at) AS first_seen_at
		    FROM clusters c JOIN shapes s ON s.cluster_id = c.id
		    WHERE c.state <> 'merged' AND c.spiked_at IS NULL
		        AND c.id IN (SELECT cluster_id FROM shapes WHERE first_seen_at > now() - interval '1 day')
		    GROUP BY c.id
		    HAVING min(s.first_seen_at) > now() - interval '1 day' AND bool_and(s.seq IS NOT NULL OR s.placement = 'split')
		)
		SELECT f.id, f.network, count(DISTINCT e.profile_id) AS profiles
		FROM fresh f LEFT JOIN shapes s ON s.cluster_id = f.id
		LEFT JOIN events e ON e.network = s.network AND e.shape_hash = s.hash AND e.reason IS NULL
		    AND e.shape_hash IS NOT NULL AND e.occurred_at <= f.first_seen_at + interval '1 hour'
		GROUP BY f.id, f.network`)
	spiking, compared := spiking(fresh, profiles), len(fresh)
	if err != nil || len(spiking) == 0 {
		return nil, translate(err)
	}
	usual, err := s.usualSpread(ctx)
	if err != nil {
		return nil, err
	}
	ids := []domain.ClusterID{}
	for i, beyond := range beyondUsual(spiking, usual, compared) {
		if beyond {
			ids = append(ids, spiking[i].ID)
		}
	}
	var marked []domain.ClusterID
	err = s.db.SelectContext(ctx, &marked, `
		UPDATE clusters SET spiked_at = now() WHERE id = ANY($1) AND spiked_at IS NULL RETURNING id`, pq.Array(ids))
	var spikes []Spike
	for _, c := range spiking {
		if slices.Contains(marked, c.ID) {
			spikes = append(spikes, Spike(c))
		}
	}
	return spikes, translate(err)
}

// freshCluster is a new cluster with the profiles of its first hour.
type freshCluster Spike

// spiking are the fresh clusters that reached so many.
func spiking(fresh []freshCluster, profiles int) []freshCluster {
	return slices.DeleteFunc(slices.Clone(fresh), func(c freshCluster) bool { return c.Profiles < profiles })
}

// usualSpread counts for each network the profiles that its clusters reached, hour by
// hour, in the week before the last day, and these clusters.
func (s *Store) usualSpread(ctx context.Context) (map[domain.Network]anomaly.Spread, error) {
	var rows []struct {
		Network domain.Network
		anomaly.Spread
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT network, count(*) AS profiles, count(DISTINCT cluster_id) AS clusters FROM (
		    SELECT DISTINCT e.network, s.cluster_id, e.profile_id, date_trunc('hour', e.occurred_at) AS hour
		    FROM events e JOIN shapes s ON s.network = e.network AND s.hash = e.shape_hash
		    WHERE e.reason IS NULL AND e.shape_hash IS NOT NULL
		        AND e.occurred_at >= now() - interval '8 days' AND e.occurred_at < now() - interval '1 day'
		) AS spread GROUP BY network`)
	usual := map[domain.Network]anomaly.Spread{}
	for _, r := range rows {
		usual[r.Network] = r.Spread
	}
	return usual, translate(err)
}

func beyondUsual(clusters []freshCluster, usual map[domain.Network]anomaly.Spread, compared int) []bool {
	all := make([]anomaly.Comparison, len(clusters))
	for i, c := range clusters {
		all[i] = anomaly.FirstHour(c.Profiles, usual[c.Network])
	}
	return anomaly.Grown(all, compared)
}
