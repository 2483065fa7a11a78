package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// worked is a disconnection's sign of life as the database has it.
type worked struct {
	WorkedAt        *time.Time
	WorkedProfileID *string
}

// mark is what to note with a disconnection.
type mark struct {
	ID string
	worked
}

const workedColumns = `e.worked_at, e.worked_profile_id`

func (w worked) seen() domain.Worked {
	if w.WorkedAt == nil || w.WorkedProfileID == nil {
		return domain.Worked{}
	}
	return domain.Worked{At: *w.WorkedAt, Profile: *w.WorkedProfileID}
}

// markWorked notes with disconnections whether the profile, or another one of its
// credential, was seen to work before any of them was connected again: a new
// connection renews the credential, and what works after it tells nothing. The
// events may come in any order; rows are stored, and their profiles written. The
// credential of a profile is the one it has now.
//
// Only the profiles of rows are locked. A disconnection and a success of two
// profiles of one credential that are stored at the same moment may miss each
// other, until the next success of that credential.
func markWorked(ctx context.Context, tx *sqlx.Tx, rows []eventRow) error {
	touched, err := touchedDisconnections(ctx, tx, rows)
	if err != nil || len(touched) == 0 {
		return err
	}
	var marks []mark
	if err := tx.SelectContext(ctx, &marks, marksQuery, pq.Array(touched)); err != nil || len(marks) == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE events e SET worked_at = new.at, worked_profile_id = new.profile_id
		FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS new (id, at, profile_id)
		WHERE e.id = new.id AND e.id = ANY($1::uuid[])`,
		column(marks, func(m mark) string { return m.ID }),
		column(marks, func(m mark) *time.Time { return m.WorkedAt }),
		column(marks, func(m mark) *string { return m.WorkedProfileID }))
	return err
}

// touchedDisconnections finds the disconnections of which rows may change what is
// noted. Most rows change nothing, and this is seen from profiles alone: a success
// while nobody of its credential is disconnected, or all who are have been seen to
// work already; another event after which nothing has succeeded.
func touchedDisconnections(ctx context.Context, tx *sqlx.Tx, rows []eventRow) ([]string, error) {
	var told []eventRow
	for _, r := range rows {
		if r.Type != domain.Failed {
			told = append(told, r)
		}
	}
	if len(told) == 0 {
		return nil, nil
	}
	var ids []string
	err := tx.SelectContext(ctx, &ids, touchedQuery,
		column(told, func(r eventRow) string { return r.ProfileID }),
		textColumn(told, func(r eventRow) domain.EventType { return r.Type }),
		column(told, func(r eventRow) time.Time { return r.OccurredAt }))
	return ids, err
}

// family is SQL for the ids of the profiles of one credential, of profiles p.
const family = `ARRAY(SELECT p.id UNION SELECT f.id FROM profiles f WHERE f.credential_id = p.credential_id AND f.credential_id <> '')`

// touchedQuery looks each profile's events up by itself: joined in one go, the
// planner may read whole partitions.
const touchedQuery = `
	WITH told AS (
	    SELECT t.profile_id, t.type, t.at, ` + family + ` AS ids
	    FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS t (profile_id, type, at) JOIN profiles p ON p.id = t.profile_id
	    WHERE t.type = 'succeeded' OR p.worked_at >= t.at
	        OR EXISTS (SELECT FROM profiles f WHERE f.credential_id = p.credential_id AND f.credential_id <> '' AND f.worked_at >= t.at)
	), since AS (
	    SELECT t.ids, min(t.at) AS at
	    FROM told t CROSS JOIN LATERAL unnest(t.ids) AS f (id) JOIN profiles m ON m.id = f.id
	    LEFT JOIN LATERAL (
	        SELECT e.worked_at, e.worked_profile_id FROM events e
	        WHERE e.id = CASE WHEN t.type = 'succeeded' AND m.state = 'disconnected' THEN m.state_event_id END) AS e ON true
	    WHERE CASE WHEN t.type <> 'succeeded' THEN m.worked_at >= t.at
	        ELSE m.state_at >= t.at
	            OR m.state = 'disconnected' AND (e.worked_at IS NULL OR e.worked_at > t.at OR m.id = t.profile_id AND e.worked_profile_id <> m.id) END
	    GROUP BY t.ids
	), bounds AS (
	    SELECT since.ids, COALESCE((
	        SELECT max(up.occurred_at) FROM unnest(since.ids) AS f (id) CROSS JOIN LATERAL (
	            SELECT r.occurred_at FROM events r
	            WHERE r.profile_id = f.id AND r.type = 'reconnected' AND r.occurred_at < since.at
	            ORDER BY r.occurred_at DESC LIMIT 1) AS up), '-infinity') AS after
	    FROM since
	)
	SELECT DISTINCT down.id
	FROM bounds CROSS JOIN LATERAL unnest(bounds.ids) AS f (id) CROSS JOIN LATERAL (
	    SELECT d.id FROM events d
	    WHERE d.profile_id = f.id AND d.type = 'disconnected' AND d.occurred_at >= bounds.after OFFSET 0) AS down`

// marksQuery finds for disconnections the first success before the first
// connection after them, preferring the profile's own, where it is another one
// than is noted.
const marksQuery = `
	SELECT d.id, s.occurred_at AS worked_at, s.profile_id AS worked_profile_id
	FROM (
	    SELECT e.id, e.profile_id, e.occurred_at, e.worked_at, e.worked_profile_id, ` + family + ` AS ids
	    FROM events e JOIN profiles p ON p.id = e.profile_id WHERE e.id = ANY($1::uuid[]) OFFSET 0
	) AS d
	LEFT JOIN LATERAL (
	    SELECT r.occurred_at, r.id FROM unnest(d.ids) AS f (id) CROSS JOIN LATERAL (
	        SELECT r.occurred_at, r.id FROM events r
	        WHERE r.profile_id = f.id AND r.type = 'reconnected' AND (r.occurred_at, r.id) > (d.occurred_at, d.id)
	        ORDER BY r.occurred_at, r.id LIMIT 1) AS r
	    ORDER BY r.occurred_at, r.id LIMIT 1
	) AS up ON true
	LEFT JOIN LATERAL (
	    SELECT s.occurred_at, s.id, s.profile_id FROM unnest(d.ids) AS f (id) CROSS JOIN LATERAL (
	        SELECT s.occurred_at, s.id, s.profile_id FROM events s
	        WHERE s.profile_id = f.id AND s.type = 'succeeded' AND (s.occurred_at, s.id) > (d.occurred_at, d.id)
	            AND (up.id IS NULL OR (s.occurred_at, s.id) < (up.occurred_at, up.id))
	        ORDER BY s.occurred_at, s.id LIMIT 1) AS s
	    ORDER BY s.profile_id <> d.profile_id, s.occurred_at, s.id LIMIT 1
	) AS s ON true
	WHERE (d.worked_at, d.worked_profile_id) IS DISTINCT FROM (s.occurred_at, s.profile_id)`
