package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// updateProfiles applies the events, which are stored, to their profiles. Profiles that
// are not known are made, as the events leave them; the others are locked, and so kept
// as they are until the transaction ends. All this comes late in a transaction, since
// nearly any two batches share a busy profile. What is made comes first: a transaction
// that waits for a profile to be made holds no lock that the maker may need.
//
// A *NetworkConflict when another transaction has made a profile meanwhile, of another
// network.
func updateProfiles(ctx context.Context, tx *sqlx.Tx, rows []eventRow, known map[string]domain.Network) error {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b eventRow) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), strings.Compare(a.ID, b.ID))
	})
	made, err := insertProfiles(ctx, tx, newProfiles(rows, known))
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r eventRow) bool { return made[r.ProfileID] })
	if len(rows) == 0 {
		return nil
	}
	profiles, err := lockProfiles(ctx, tx, rows)
	if err != nil {
		return err
	}
	late := apply(profiles, rows)
	if err := writeProfiles(ctx, tx, slices.Collect(maps.Values(profiles))); err != nil || len(late) == 0 {
		return err
	}
	return lookUpSince(ctx, tx, late)
}

// newProfiles returns the profiles of rows that are not known, as rows leave them. Rows
// are in order of time.
func newProfiles(rows []eventRow, known map[string]domain.Network) []*domain.Profile {
	profiles := make(map[string]*domain.Profile)
	var of []eventRow
	for _, r := range rows {
		if known[r.ProfileID] != "" {
			continue
		}
		of = append(of, r)
		if profiles[r.ProfileID] == nil {
			profiles[r.ProfileID] = &domain.Profile{ID: r.ProfileID, Network: r.Network, State: domain.StateConnected, Since: r.OccurredAt}
		}
	}
	apply(profiles, of)
	return slices.Collect(maps.Values(profiles))
}

// apply returns the profiles of which an event changed the state late.
func apply(profiles map[string]*domain.Profile, rows []eventRow) (late []string) {
	for _, r := range rows {
		if profiles[r.ProfileID].Apply(r.ID, r.Event) {
			late = append(late, r.ProfileID)
		}
	}
	return late
}

// lockProfiles returns the profiles of the events, which are there, and keeps others
// from changing them until the transaction ends.
func lockProfiles(ctx context.Context, tx *sqlx.Tx, rows []eventRow) (map[string]*domain.Profile, error) {
	var found []domain.Profile
	err := tx.SelectContext(ctx, &found, `
		SELECT `+profileColumns+` FROM profiles WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`,
		column(rows, func(r eventRow) string { return r.ProfileID }))
	if err != nil {
		return nil, err
	}
	profiles := make(map[string]*domain.Profile, len(found))
	for i := range found {
		profiles[found[i].ID] = &found[i]
	}
	return profiles, networkConflict(rows, func(id string) domain.Network { return profiles[id].Network })
}

// lookUpSince sets since when profiles are in their state: since the first event
// after the last that said another one. It reads two events of each profile.
func lookUpSince(ctx context.Context, tx *sqlx.Tx, ids []string) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE profiles p
		SET since = COALESCE((
		    SELECT e.occurred_at
		    FROM (
		        SELECT occurred_at, id FROM (
		            (SELECT o.occurred_at, o.id FROM events o
		                WHERE o.profile_id = p.id AND o.type IN ('disconnected', 'reconnected')
		                    AND (o.type = 'disconnected') <> (p.state = 'disconnected')
		                ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1)
		            UNION ALL SELECT '-infinity', '00000000-0000-0000-0000-000000000000'
		        ) AS said ORDER BY occurred_at DESC LIMIT 1
		    ) AS other CROSS JOIN LATERAL (
		        SELECT e.occurred_at FROM events e
		        WHERE e.profile_id = p.id AND e.type IN ('disconnected', 'reconnected') AND (e.occurred_at, e.id) > (other.occurred_at, other.id)
		        ORDER BY e.occurred_at, e.id LIMIT 1
		    ) AS e), p.since)
		WHERE p.id = ANY($1)`, pq.Array(ids))
	return err
}

// profileValues is SQL for rows of profiles as profileColumns makes them.
const profileValues = `
	SELECT id, network, name, folded_name, owner_id, credential_id, state, since,
	    NULLIF(state_event_id, '')::uuid AS state_event_id, CASE WHEN state_event_id <> '' THEN state_at END AS state_at,
	    last_event_id, last_event_at,
	    NULLIF(error_event_id, '')::uuid AS error_event_id, CASE WHEN error_event_id <> '' THEN error_at END AS error_at,
	    NULLIF(worked_at, '0001-01-01 00:00Z') AS worked_at
	FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
	        $8::timestamptz[], $9::text[], $10::timestamptz[], $11::uuid[], $12::timestamptz[],
	        $13::text[], $14::timestamptz[], $15::timestamptz[])
	    AS new (id, network, name, folded_name, owner_id, credential_id, state, since,
	        state_event_id, state_at, last_event_id, last_event_at, error_event_id, error_at, worked_at)`

func profileArrays(profiles []*domain.Profile) []any {
	return []any{
		column(profiles, func(p *domain.Profile) string { return p.ID }),
		textColumn(profiles, func(p *domain.Profile) domain.Network { return p.Network }),
		column(profiles, func(p *domain.Profile) string { return p.Name }),
		column(profiles, func(p *domain.Profile) string { return fold(p.Name) }),
		column(profiles, func(p *domain.Profile) string { return p.OwnerID }),
		column(profiles, func(p *domain.Profile) string { return p.CredentialID }),
		textColumn(profiles, func(p *domain.Profile) domain.State { return p.State }),
		column(profiles, func(p *domain.Profile) time.Time { return p.Since }),
		column(profiles, func(p *domain.Profile) string { return p.StateEventID }),
		column(profiles, func(p *domain.Profile) time.Time { return p.StateAt }),
		column(profiles, func(p *domain.Profile) string { return p.LastEventID }),
		column(profiles, func(p *domain.Profile) time.Time { return p.LastEventAt }),
		column(profiles, func(p *domain.Profile) string { return p.ErrorEventID }),
		column(profiles, func(p *domain.Profile) time.Time { return p.ErrorAt }),
		column(profiles, func(p *domain.Profile) time.Time { return p.WorkedAt }),
	}
}

// insertProfiles makes profiles, but for those that others have made meanwhile, and
// returns the ids of those that it made.
func insertProfiles(ctx context.Context, tx *sqlx.Tx, profiles []*domain.Profile) (map[string]bool, error) {
	if len(profiles) == 0 {
		return nil, nil
	}
	var ids []string
	err := tx.SelectContext(ctx, &ids, `
		INSERT INTO profiles (id, network, name, folded_name, owner_id, credential_id, state, since,
		    state_event_id, state_at, last_event_id, last_event_at, error_event_id, error_at, worked_at)
		`+profileValues+` ORDER BY id
		ON CONFLICT DO NOTHING
		RETURNING id`, profileArrays(profiles)...)
	made := make(map[string]bool, len(ids))
	for _, id := range ids {
		made[id] = true
	}
	return made, err
}

func writeProfiles(ctx context.Context, tx *sqlx.Tx, profiles []*domain.Profile) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE profiles p
		SET name = new.name, folded_name = new.folded_name, owner_id = new.owner_id,
		    credential_id = new.credential_id, state = new.state, since = new.since,
		    state_event_id = new.state_event_id, state_at = new.state_at,
		    last_event_id = new.last_event_id, last_event_at = new.last_event_at,
		    error_event_id = new.error_event_id, error_at = new.error_at, worked_at = new.worked_at
		FROM (`+profileValues+`) AS new WHERE p.id = new.id`, profileArrays(profiles)...)
	return err
}

// fold puts a name into one case. It is done here and not by the database,
// whose notion of case depends on how it was set up.
func fold(name string) string { return clip(strings.ToLower(name)) }
