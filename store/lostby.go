package store

import (
	"context"

	"github.com/lib/pq"
)

// maxErrorsSince is how many errors since a profile last worked are looked at.
const maxErrorsSince = 1000

// lostBy names, of profiles, the newest error since they last worked of which the
// category ends connections. A profile is known to have worked when it was
// reconnected and when a call succeeded; a success of its credential contradicts
// the causes that signing in again cures. A profile without such an error is absent.
// With until, only that event and older ones are looked at.
//
// It follows from the events and their verdicts of now, so it is the same in
// whatever order they arrived, and after a new ruleset.
func (s *Store) lostBy(ctx context.Context, profileIDs []string, until *Event) (map[string]string, error) {
	lost := make(map[string]string, len(profileIDs))
	if len(profileIDs) == 0 {
		return lost, nil
	}
	var at, id any
	if until != nil {
		at, id = until.OccurredAt, until.ID
	}
	var rows []struct{ ProfileID, EventID string }
	err := s.quick.SelectContext(ctx, &rows, lostByQuery, pq.Array(profileIDs), at, id, maxErrorsSince)
	for _, r := range rows {
		lost[r.ProfileID] = r.EventID
	}
	return lost, translate(err)
}

// lostByQuery looks each profile's events up by itself: joined in one go, the
// planner may read whole partitions.
const lostByQuery = `
	SELECT p.id AS profile_id, e.id AS event_id
	FROM unnest($1::text[]) AS p (id)
	CROSS JOIN (SELECT COALESCE($2::timestamptz, 'infinity') AS at, COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') AS id) AS until
	CROSS JOIN LATERAL (
	    SELECT w.occurred_at AS at, w.id FROM (
	        (SELECT e.occurred_at, e.id FROM events e
	            WHERE e.profile_id = p.id AND e.type = 'reconnected' AND (e.occurred_at, e.id) < (until.at, until.id)
	            ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1)
	        UNION ALL (SELECT e.occurred_at, e.id FROM events e
	            WHERE e.profile_id = p.id AND e.type = 'succeeded' AND (e.occurred_at, e.id) < (until.at, until.id)
	            ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1)
	        UNION ALL SELECT '-infinity', '00000000-0000-0000-0000-000000000000'
	    ) AS w ORDER BY w.occurred_at DESC, w.id DESC LIMIT 1) AS worked
	CROSS JOIN LATERAL (
	    SELECT e.id FROM (
	        SELECT e.id, e.occurred_at, e.reason, e.worked_at FROM events e
	        WHERE e.profile_id = p.id AND e.type IN ('disconnected', 'failed')
	            AND (e.occurred_at, e.id) > (worked.at, worked.id) AND (e.occurred_at, e.id) <= (until.at, until.id)
	        ORDER BY e.occurred_at DESC, e.id DESC LIMIT $4
	    ) AS e
	    WHERE e.reason = ANY(ARRAY(SELECT r.id FROM reasons r WHERE r.category = 'access'))
	        OR e.worked_at IS NULL AND e.reason = ANY(ARRAY(SELECT r.id FROM reasons r WHERE r.category = 'reconnect'))
	    ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1) AS e`
