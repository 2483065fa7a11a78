package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// RecountImpacts makes spells and the counts of Impacts anew from all events, for those
// that were not added by AddEvents. Nothing can be added meanwhile.
func (s *Store) RecountImpacts(ctx context.Context) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		for _, statement := range []string{
			`LOCK TABLE profiles IN EXCLUSIVE MODE`,
			`TRUNCATE spells, impact_parts`,
			`SET LOCAL work_mem = '256MB'`,
			recountSpells,
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		changes, err := recountLists(ctx, tx)
		if err != nil {
			return err
		}
		return addImpacts(ctx, tx, changes, spellChanges{})
	})
}

// recountSpells follows each profile through its events. After a disconnection that
// begins a spell, the next event with another state ends it.
const recountSpells = `
	INSERT INTO spells (profile_id, began_at, event_id, reason, ended_at, ended_event_id)
	SELECT profile_id, occurred_at, id, COALESCE(reason, ''), ended_at, ended_event_id
	FROM (
	    SELECT *, lead(occurred_at) OVER life AS ended_at, lead(id) OVER life AS ended_event_id
	    FROM (
	        SELECT profile_id, occurred_at, id, reason, type,
	            lag(type, 1, 'reconnected') OVER (PARTITION BY profile_id ORDER BY occurred_at, id) AS before
	        FROM events WHERE type IN ('disconnected', 'reconnected')
	    ) AS states WHERE type <> before
	    WINDOW life AS (PARTITION BY profile_id ORDER BY occurred_at, id)
	) AS turns WHERE type = 'disconnected'`

// recountLists reads all lists.
func recountLists(ctx context.Context, tx *sqlx.Tx) (impactChanges, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT date_trunc('day', e.occurred_at, 'UTC'), e.network, left(e.type, 1), COALESCE(e.reason, ''),
		    array_agg(p.number * 24 + extract(hour FROM e.occurred_at AT TIME ZONE 'UTC')::bigint)
		FROM events e JOIN profiles p ON p.id = e.profile_id WHERE e.type IN ('disconnected', 'failed')
		GROUP BY 1, 2, 3, 4
		UNION ALL
		SELECT date_trunc('day', s.began_at, 'UTC'), p.network, 's', s.reason,
		    array_agg(COALESCE(floor(extract(epoch FROM s.ended_at - s.began_at))::bigint + 1, 0) * 24
		        + extract(hour FROM s.began_at AT TIME ZONE 'UTC')::bigint)
		FROM spells s JOIN profiles p ON p.id = s.profile_id
		GROUP BY 1, 2, 3, 4`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	changes := make(impactChanges)
	for rows.Next() {
		var (
			day          time.Time
			network      domain.Network
			kind, reason string
			entries      pq.Int64Array
		)
		if err := rows.Scan(&day, &network, &kind, &reason, &entries); err != nil {
			return nil, err
		}
		l := changes.at(day, network, listKey{impactKind(kind[0]), domain.ReasonID(reason)})
		for _, e := range entries {
			l.added = append(l.added, uint64(e))
		}
	}
	return changes, rows.Err()
}
