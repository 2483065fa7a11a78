package store

import (
	"context"

	"github.com/lib/pq"
)

// maxLookedBack is how many events of a profile are looked at, the newest first.
const maxLookedBack = 1000

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
	err := s.quick.SelectContext(ctx, &rows, lostByQuery, pq.Array(profileIDs), at, id, maxLookedBack)
	for _, r := range rows {
		lost[r.ProfileID] = r.EventID
	}
	return lost, translate(err)
}

// ends is true of an error e, with its reason r, by which a connection was lost.
const ends = `(r.category = 'access' OR r.category = 'reconnect' AND e.worked_at IS NULL)`

// lostByQuery goes back from each profile's newest event to the first that tells
// whether its connection was lost. It looks each profile's events up by itself: joined
// in one go, the planner may read whole partitions.
const lostByQuery = `
	SELECT p.id AS profile_id, e.id AS event_id
	FROM unnest($1::text[]) AS p (id)
	CROSS JOIN LATERAL (
	    SELECT e.id, e.type FROM (
	        SELECT e.id, e.type, e.reason, e.worked_at, e.occurred_at FROM events e
	        WHERE e.profile_id = p.id AND (e.occurred_at, e.id)
	            <= (COALESCE($2::timestamptz, 'infinity'), COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
	        ORDER BY e.occurred_at DESC, e.id DESC LIMIT $4
	    ) AS e LEFT JOIN reasons r ON r.id = e.reason
	    WHERE e.type IN ('reconnected', 'succeeded') OR ` + ends + `
	    ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1
	) AS e WHERE e.type NOT IN ('reconnected', 'succeeded')`
