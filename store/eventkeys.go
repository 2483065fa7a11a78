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
// one that was there before. The networks are those of the profiles that there are.
func takeKeys(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow, networks map[string]domain.Network) (map[string]string, error) {
	taken, err := eventKeys(ctx, tx, sourceID, rows)
	if err != nil {
		return nil, err
	}
	fresh, err := choose(rows, taken, networks)
	if err != nil || len(fresh) == 0 {
		return taken, err
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO event_keys (source_id, source_event_id, event_id)
		SELECT $1, key, id FROM unnest($2::text[], $3::uuid[]) AS new (key, id)
		ORDER BY key
		ON CONFLICT DO NOTHING`, sourceID,
		column(fresh, func(r eventRow) string { return r.SourceEventID }),
		column(fresh, func(r eventRow) string { return r.ID }))
	if err != nil {
		return nil, err
	}
	if n, err := res.RowsAffected(); err != nil {
		return nil, err
	} else if n < int64(len(fresh)) { // another transaction took some meanwhile
		return eventKeys(ctx, tx, sourceID, rows)
	}
	for _, r := range fresh {
		taken[r.SourceEventID] = r.ID
	}
	return taken, nil
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

// eventKeys returns, by the id within the source, the events that there are. Each is
// looked up by itself: a plan for many could read all of a source's.
func eventKeys(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow) (map[string]string, error) {
	var found []struct{ SourceEventID, EventID string }
	err := tx.SelectContext(ctx, &found, `
		SELECT k.source_event_id, k.event_id
		FROM unnest($2::text[]) AS asked (key) CROSS JOIN LATERAL (
		    SELECT k.source_event_id, k.event_id FROM event_keys k
		    WHERE k.source_id = $1 AND k.source_event_id = asked.key OFFSET 0) AS k`, sourceID,
		column(rows, func(r eventRow) string { return r.SourceEventID }))
	keys := make(map[string]string, len(rows))
	for _, f := range found {
		keys[f.SourceEventID] = f.EventID
	}
	return keys, err
}

func profileNetworks(ctx context.Context, tx *sqlx.Tx, rows []eventRow) (map[string]domain.Network, error) {
	var found []struct {
		ID      string
		Network domain.Network
	}
	err := tx.SelectContext(ctx, &found, `SELECT id, network FROM profiles WHERE id = ANY($1)`,
		column(rows, func(r eventRow) string { return r.ProfileID }))
	networks := make(map[string]domain.Network, len(rows))
	for _, f := range found {
		networks[f.ID] = f.Network
	}
	return networks, err
}
