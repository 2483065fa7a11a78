package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// Impact is what errors did to profiles.
type Impact struct {
	Profiles     int           // different ones
	Disconnected int           // of Profiles, those that were disconnected
	Repeated     int           // of Disconnected, those that were so more than once
	Spells       int           // stretches of being disconnected that began in the period
	Cured        int           // of Spells, those that ended with a reconnection, however late
	MedianCure   time.Duration // half of the Cured took no longer; 0 without any
}

// ImpactFilter chooses errors. Zero fields choose all.
type ImpactFilter struct {
	Network  domain.Network
	Reasons  []domain.ReasonID // "" is unparsed; nil chooses all
	Type     domain.EventType  // one with an error; of the errors that Profiles counts
	From, To time.Time         // of occurrence, To exclusive
	By       ImpactKey
}

// ImpactKey is what errors are grouped by.
type ImpactKey string

// The keys: a reason's id ("" for unparsed), a network, a category ("" for unparsed).
const (
	ByReason   ImpactKey = "reason"
	ByNetwork  ImpactKey = "network"
	ByCategory ImpactKey = "category"
)

// impactKey is what events e, with their reasons r, are grouped by.
const impactKey = `CASE $5 WHEN 'network' THEN e.network WHEN 'category' THEN COALESCE(r.category, '') ELSE COALESCE(e.reason, '') END`

// impactQuery follows each profile through its events. After a disconnection
// that begins a spell, the next event with another state ends it.
const impactQuery = `
	WITH affected AS (
	    SELECT ` + impactKey + ` AS key, e.profile_id, count(*) FILTER (WHERE e.type = 'disconnected') AS times
	    FROM events e LEFT JOIN reasons r ON r.id = e.reason
	    WHERE ($1 = '' OR e.network = $1) AND e.occurred_at >= $3 AND e.id >= uuid_from_time($3::timestamptz - interval '1 day')
	        AND e.type IN ('disconnected', 'failed') AND ($6 = '' OR e.type = $6)
	        AND ($2::text[] IS NULL OR COALESCE(e.reason, '') = ANY($2)) AND e.occurred_at < $4
	    GROUP BY 1, 2
	), profiles AS (
	    SELECT key, count(*) AS profiles, count(*) FILTER (WHERE times > 0) AS disconnected, count(*) FILTER (WHERE times > 1) AS repeated
	    FROM affected GROUP BY 1
	), states AS (
	    SELECT e.profile_id, e.network, e.reason, e.type, e.occurred_at, e.id, lag(e.type) OVER life AS before
	    FROM events e
	    WHERE ($1 = '' OR e.network = $1) AND e.occurred_at >= $3 AND e.id >= uuid_from_time($3::timestamptz - interval '1 day')
	        AND e.type IN ('disconnected', 'reconnected')
	    WINDOW life AS (PARTITION BY e.profile_id ORDER BY e.occurred_at, e.id)
	), turns AS (
	    SELECT profile_id, network, reason, type, occurred_at,
	        lead(occurred_at) OVER (PARTITION BY profile_id ORDER BY occurred_at, id) AS cured_at
	    FROM states WHERE type IS DISTINCT FROM before
	), cures AS (
	    SELECT ` + impactKey + ` AS key, count(*) AS spells, count(e.cured_at) AS cured,
	        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.cured_at - e.occurred_at)) AS median
	    FROM turns e LEFT JOIN reasons r ON r.id = e.reason
	    WHERE e.type = 'disconnected' AND ($2::text[] IS NULL OR COALESCE(e.reason, '') = ANY($2)) AND e.occurred_at < $4
	    GROUP BY 1
	)
	SELECT key, profiles, disconnected, repeated, COALESCE(spells, 0) AS spells, COALESCE(cured, 0) AS cured,
	    COALESCE(median, 0)::bigint AS median_cure_seconds
	FROM profiles LEFT JOIN cures USING (key)`

// Impacts tells what the errors that a filter chooses did to profiles, by key.
// It reads each event of the period, so it can take too long: the caller should
// set a deadline, and kind Unavailable says that it was reached.
func (s *Store) Impacts(ctx context.Context, f ImpactFilter) (map[string]Impact, error) {
	var rows []struct {
		Key                              string
		Profiles, Disconnected, Repeated int
		Spells, Cured, MedianCureSeconds int
	}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		// Sorts and hashes over a month of events would go to disk with the usual
		// memory, and compiling the query takes longer than it saves.
		if _, err := tx.ExecContext(ctx, `SET LOCAL work_mem = '64MB'; SET LOCAL jit = off`); err != nil {
			return err
		}
		return tx.SelectContext(ctx, &rows, impactQuery, f.Network, reasonArray(f.Reasons), f.From, f.To, f.By, f.Type)
	})
	impacts := make(map[string]Impact, len(rows))
	for _, r := range rows {
		impacts[r.Key] = Impact{r.Profiles, r.Disconnected, r.Repeated, r.Spells, r.Cured, time.Duration(r.MedianCureSeconds) * time.Second}
	}
	return impacts, translate(err)
}

// reasonArray is nil, which chooses all, for nil only.
func reasonArray(reasons []domain.ReasonID) any {
	if reasons == nil {
		return nil
	}
	ids := make([]string, len(reasons))
	for i, r := range reasons {
		ids[i] = sanitize(string(r))
	}
	return pq.Array(ids)
}
