package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// NetworkConflict is the error of events that name another network than their
// profile has, or would get from an earlier event of the same call. A profile
// never changes its network.
type NetworkConflict struct {
	Problems map[int]*domain.Error // each Invalid, by the event's place in the call
}

func (c *NetworkConflict) Error() string {
	return fmt.Sprintf("%d events name another network than their profile has", len(c.Problems))
}

// Unwrap makes it an Invalid, of the first such event.
func (c *NetworkConflict) Unwrap() error {
	return c.Problems[slices.Min(slices.Collect(maps.Keys(c.Problems)))]
}

// networkConflict is nil when each row names its profile's network, as far as
// that is known.
func networkConflict(rows []eventRow, of func(profileID string) domain.Network) error {
	problems := make(map[int]*domain.Error)
	for _, r := range rows {
		if n := of(r.ProfileID); n != "" && n != r.Network {
			problems[r.place] = domain.InvalidField("network", "The profile is of %s, not of %s.", n, r.Network)
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &NetworkConflict{problems}
}

// takeKeys claims the ids within the source of those events that are to be
// stored, and returns for each id the event that has it: one of rows, or the
// one that was there before. The networks are those of the profiles that were there.
func takeKeys(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow) (taken map[string]string, networks map[string]domain.Network, err error) {
	if taken, networks, err = lookUpKnown(ctx, tx, sourceID, rows); err != nil {
		return nil, nil, err
	}
	fresh, err := choose(rows, taken, networks)
	if err != nil || len(fresh) == 0 {
		return taken, networks, err
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO event_keys (source_id, source_event_id, event_id)
		SELECT $1, key, id FROM unnest($2::text[], $3::uuid[]) AS new (key, id)
		ORDER BY key
		ON CONFLICT DO NOTHING`, sourceID,
		column(fresh, func(r eventRow) string { return r.SourceEventID }),
		column(fresh, func(r eventRow) string { return r.ID }))
	if err != nil {
		return nil, nil, err
	}
	if n, err := res.RowsAffected(); err != nil {
		return nil, nil, err
	} else if n < int64(len(fresh)) { // another transaction took some meanwhile
		return lookUpKnown(ctx, tx, sourceID, rows)
	}
	for _, r := range fresh {
		taken[r.SourceEventID] = r.ID
	}
	return taken, networks, nil
}

// choose returns the rows that are to be stored: the first of each id that has
// no event yet.
func choose(rows []eventRow, taken map[string]string, networks map[string]domain.Network) ([]eventRow, error) {
	networks = maps.Clone(networks)
	var fresh, foreign []eventRow
	seen := make(map[string]bool, len(rows))
	for _, r := range rows {
		switch of, known := networks[r.ProfileID]; {
		case taken[r.SourceEventID] != "" || seen[r.SourceEventID]:
		case known && of != r.Network:
			foreign = append(foreign, r)
		default:
			networks[r.ProfileID] = r.Network
			seen[r.SourceEventID] = true
			fresh = append(fresh, r)
		}
	}
	return fresh, networkConflict(foreign, func(id string) domain.Network { return networks[id] })
}

// lookUpKnown returns, by the id within the source, the events that there are, and the
// networks of the profiles that there are. Each event is looked up by itself: a plan
// for many could read all of a source's.
func lookUpKnown(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow) (events map[string]string, networks map[string]domain.Network, err error) {
	var found []struct {
		Profile   bool
		ID, Known string
	}
	err = tx.SelectContext(ctx, &found, `
		SELECT false AS profile, k.source_event_id AS id, k.event_id::text AS known
		FROM unnest($2::text[]) AS asked (key) CROSS JOIN LATERAL (
		    SELECT k.source_event_id, k.event_id FROM event_keys k
		    WHERE k.source_id = $1 AND k.source_event_id = asked.key OFFSET 0) AS k
		UNION ALL SELECT true, id, network FROM profiles WHERE id = ANY($3)`, sourceID,
		column(rows, func(r eventRow) string { return r.SourceEventID }),
		column(rows, func(r eventRow) string { return r.ProfileID }))
	events, networks = make(map[string]string, len(rows)), make(map[string]domain.Network, len(rows))
	for _, f := range found {
		if f.Profile {
			networks[f.ID] = domain.Network(f.Known)
		} else {
			events[f.ID] = f.Known
		}
	}
	return events, networks, err
}
