package store

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
)

// Cluster is a group of unparsed errors that say the same. Errors that a parser has
// explained since are not in its counts.
type Cluster struct {
	ID          domain.ClusterID
	Network     domain.Network
	Template    string
	State       string           // open, ignored, merged
	MergedInto  domain.ClusterID // the cluster that the id leads to; 0 unless merged
	Spiked      bool             // it reached many profiles within an hour of being seen first
	FirstSeenAt time.Time
	LastSeenAt  time.Time
	Events      int
	Profiles    int     // different ones
	Share       float64 // of the network's unparsed errors in the same period, 0 to 1
}

// ClusterFilter selects clusters with unparsed errors. A zero field selects all.
type ClusterFilter struct {
	Network  domain.Network
	State    string
	From     time.Time // count only errors that occurred from then on
	NewSince time.Time // seen first since then
	Sort     ClusterSort
}

// ClusterSort is the order of a list of clusters, the most first.
type ClusterSort string

// The orders of clusters.
const (
	ByProfiles ClusterSort = "profiles" // the default
	ByEvents   ClusterSort = "events"
	ByRecency  ClusterSort = "recency"
)

// sortKeys are the only expressions that get into a query; all are whole numbers.
var sortKeys = map[ClusterSort]string{
	"":         "profiles",
	ByProfiles: "profiles",
	ByEvents:   "events",
	ByRecency:  "(extract(epoch FROM last_seen_at) * 1000000)::bigint",
}

// counted counts the unparsed errors of clusters since $2, of network $1. It
// groups by profile first: that hashes, where count(DISTINCT) would sort.
const counted = `
	by_profile AS (
	    SELECT s.cluster_id, e.profile_id, count(*) AS events
	    FROM events e JOIN shapes s ON s.network = e.network AND s.hash = e.shape_hash
	    WHERE e.reason IS NULL AND e.shape_hash IS NOT NULL AND ($1 = '' OR e.network = $1)
	        AND ($2::timestamptz IS NULL OR e.occurred_at >= $2)
	    GROUP BY s.cluster_id, e.profile_id
	), counted AS (
	    SELECT cluster_id, sum(events) AS events, count(*) AS profiles FROM by_profile GROUP BY cluster_id
	), listed AS (
	    SELECT c.id, c.network, c.template, c.state, 0 AS merged_into, c.spiked_at IS NOT NULL AS spiked, seen.first_seen_at, seen.last_seen_at, n.events, n.profiles,
	        n.events / sum(n.events) OVER (PARTITION BY c.network) AS share
	    FROM clusters c JOIN counted n ON n.cluster_id = c.id CROSS JOIN LATERAL (` + clusterSeen + `) AS seen
	)`

// clusterSeen selects when the cluster c was first and last seen.
const clusterSeen = `
	SELECT COALESCE(min(s.first_seen_at), c.created_at) AS first_seen_at, COALESCE(max(s.last_seen_at), c.created_at) AS last_seen_at
	FROM shapes s WHERE s.cluster_id = c.id`

const clusterColumns = `id, network, template, state, merged_into, spiked, first_seen_at, last_seen_at, events, profiles, share`

// Clusters lists clusters in an order, from where an earlier page's Next says
// ("": from the start).
func (s *Store) Clusters(ctx context.Context, f ClusterFilter, page string, limit int) (Page[Cluster], error) {
	key, ok := sortKeys[f.Sort]
	if !ok {
		return Page[Cluster]{}, domain.InvalidField("sort", "Clusters are sorted by profiles, events or recency.")
	}
	after, err := forward(page, isNumber, isNumber)
	if err != nil {
		return Page[Cluster]{}, err
	}
	var rows []clusterRow
	err = s.db.SelectContext(ctx, &rows, fmt.Sprintf(`
		WITH %[1]s, chosen AS (
		    SELECT %[2]s, %[3]s AS key, count(*) OVER () AS total FROM listed
		    WHERE ($3 = '' OR state = $3) AND ($4::timestamptz IS NULL OR first_seen_at >= $4)
		)
		SELECT %[2]s, key, total FROM chosen
		WHERE $6::bigint = 0 OR (key, id) < ($5::bigint, $6::bigint) ORDER BY key DESC, id DESC LIMIT $7`,
		counted, clusterColumns, key),
		f.Network, nullTime(f.From), f.State, nullTime(f.NewSince), after[0], after[1], limit+1)
	listed := cutForward(rows, limit, clusterRow.key)
	p := Page[Cluster]{Next: listed.Next}
	for _, r := range listed.Rows {
		p.Rows, p.Total = append(p.Rows, r.Cluster), r.Total
	}
	return p, translate(err)
}

// clusterRow is a cluster with its place in a list.
type clusterRow struct {
	Cluster
	Key   int64 // of what the list is sorted by
	Total int
}

func (r clusterRow) key() []string { return numberKey(r.Key, int64(r.ID)) }

// Cluster returns a cluster with its counts of now, which are zero when all
// its errors are explained; NotFound if there is none.
func (s *Store) Cluster(ctx context.Context, id domain.ClusterID) (Cluster, error) {
	var c Cluster
	err := s.db.GetContext(ctx, &c, `
		WITH by_profile AS (
		    SELECT e.profile_id, count(*) AS events
		    FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		    WHERE s.cluster_id = $1 AND e.reason IS NULL AND e.shape_hash IS NOT NULL
		    GROUP BY e.profile_id
		)
		SELECT c.id, c.network, c.template, c.state, COALESCE(c.merged_into, 0) AS merged_into, c.spiked_at IS NOT NULL AS spiked, seen.first_seen_at, seen.last_seen_at,
		    (SELECT COALESCE(sum(events), 0) FROM by_profile) AS events, (SELECT count(*) FROM by_profile) AS profiles, 0 AS share
		FROM clusters c CROSS JOIN LATERAL (`+clusterSeen+`) AS seen WHERE c.id = $1`, id)
	if err != nil {
		return c, translate(err)
	}
	var all int
	err = s.db.GetContext(ctx, &all, `
		SELECT COALESCE(sum(current), 0) FROM hourly_counts
		WHERE network = $1 AND parser = '' AND reason = '' AND type IN ('disconnected', 'failed')`, c.Network)
	if all > 0 {
		c.Share = float64(c.Events) / float64(all)
	}
	return c, translate(err)
}

// DayCount is how many events one day has.
type DayCount struct {
	Day    time.Time // its midnight, UTC
	Events int
}

// ClusterDays counts the unparsed errors of clusters by the day on which they
// occurred, from a time on, by cluster. Days without any are absent.
func (s *Store) ClusterDays(ctx context.Context, ids []domain.ClusterID, from time.Time) (map[domain.ClusterID][]DayCount, error) {
	var rows []struct {
		ClusterID domain.ClusterID
		DayCount
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT s.cluster_id, date_trunc('day', e.occurred_at, 'UTC') AS day, count(*) AS events
		FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		WHERE s.cluster_id = ANY($1) AND e.reason IS NULL AND e.shape_hash IS NOT NULL
		    AND e.occurred_at >= $2
		GROUP BY 1, 2 ORDER BY 1, 2`, pq.Array(append([]domain.ClusterID{}, ids...)), from)
	days := make(map[domain.ClusterID][]DayCount)
	for _, r := range rows {
		days[r.ClusterID] = append(days[r.ClusterID], r.DayCount)
	}
	return days, translate(err)
}

// SourceCount is how much of something a source sent.
type SourceCount struct {
	SourceID int64
	Source   string
	Events   int
	Profiles int
}

// ClusterSources counts a cluster's unparsed errors by source, the most first.
func (s *Store) ClusterSources(ctx context.Context, id domain.ClusterID) ([]SourceCount, error) {
	var sources []SourceCount
	err := s.db.SelectContext(ctx, &sources, `
		SELECT src.id AS source_id, src.name AS source, count(*) AS events, count(DISTINCT e.profile_id) AS profiles
		FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		JOIN sources src ON src.id = e.source_id
		WHERE s.cluster_id = $1 AND e.reason IS NULL AND e.shape_hash IS NOT NULL
		GROUP BY src.id, src.name ORDER BY 3 DESC, 2`, id)
	return sources, translate(err)
}
