package store

import (
	"context"
	"database/sql"
	"errors"
)

// lostOf is SQL for the event lost_id by which the connection of a profile p was lost,
// or no row: the newest error since it last worked of which the category ends
// connections. A profile is known to have worked when it was reconnected and when a call
// succeeded; a success of its credential contradicts the causes that signing in again
// cures. Only events that where chooses are looked at, the newest thousand.
//
// It follows from the events and their verdicts of now, so it is the same in whatever
// order they arrived, and after a new ruleset. It goes back from the newest event to the
// first that tells.
func lostOf(where string) string {
	return `
	SELECT CASE WHEN e.type NOT IN ('reconnected', 'succeeded') THEN e.id END AS lost_id FROM (
	    SELECT e.id, e.type, e.reason, e.worked_at, e.occurred_at FROM events e
	    WHERE e.profile_id = p.id AND ` + where + ` ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1000
	) AS e LEFT JOIN reasons r ON r.id = e.reason
	WHERE e.type IN ('reconnected', 'succeeded') OR r.category = 'access' OR r.category = 'reconnect' AND e.worked_at IS NULL
	ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1`
}

// lostByThen returns the event by which the connection of an event's profile was lost
// when the event occurred, "" if none tells.
func (s *Store) lostByThen(ctx context.Context, e Event) (string, error) {
	var id *string
	err := s.quick.GetContext(ctx, &id, `
		SELECT lost_id FROM (SELECT $1::text AS id) AS p
		CROSS JOIN LATERAL (`+lostOf(`(e.occurred_at, e.id) <= ($2::timestamptz, $3::uuid)`)+`) AS lost`,
		e.ProfileID, e.OccurredAt, e.ID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && id == nil {
		return "", nil
	}
	if err != nil {
		return "", translate(err)
	}
	return *id, nil
}
