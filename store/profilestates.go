package store

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// numberedProfile is a profile with its number in the lists of impacts.
type numberedProfile struct {
	domain.Profile
	Number int64
}

// updateProfiles applies the events, which are stored, to their profiles, to the spells of
// those and to what impacts are counted from. Profiles that are not known are made, as the events leave them; the others are locked, and so kept as they
// are until the transaction ends. All this comes late in a transaction, since nearly
// any two batches share a busy profile. What is made comes first: a transaction that
// waits for a profile to be made holds no lock that the maker may need.
//
// A *NetworkConflict when another transaction has made a profile meanwhile, of another
// network.
func updateProfiles(ctx context.Context, tx *sqlx.Tx, rows []eventRow, known map[string]domain.Network) error {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b eventRow) int {
		return position{a.OccurredAt, a.ID}.compare(position{b.OccurredAt, b.ID})
	})
	profiles := newProfiles(rows, known)
	changes := apply(profiles, rows)
	if err := insertProfiles(ctx, tx, profiles); err != nil {
		return err
	}
	changes = slices.DeleteFunc(changes, func(c stateChange) bool { return profiles[c.row.ProfileID] == nil })
	there, err := lockProfiles(ctx, tx, slices.DeleteFunc(slices.Clone(rows), func(r eventRow) bool { return profiles[r.ProfileID] != nil }))
	if err != nil {
		return err
	}
	spells, err := spellsAfter(ctx, tx, append(changes, apply(there, rows)...))
	if err != nil {
		return err
	}
	if err := writeProfiles(ctx, tx, there, spells); err != nil {
		return err
	}
	maps.Copy(profiles, there)
	changed := spellChangesOf(spells)
	return addImpacts(ctx, tx, impactsOf(rows, changed, profiles), changed)
}

// newProfiles returns the profiles of rows that are not known, before any of them. Rows
// are in order of time.
func newProfiles(rows []eventRow, known map[string]domain.Network) map[string]*numberedProfile {
	profiles := make(map[string]*numberedProfile)
	for _, r := range rows {
		if known[r.ProfileID] == "" && profiles[r.ProfileID] == nil {
			profiles[r.ProfileID] = &numberedProfile{Profile: domain.Profile{
				ID: r.ProfileID, Network: r.Network, State: domain.StateConnected, Since: r.OccurredAt,
			}}
		}
	}
	return profiles
}

// apply applies events in order of time to those of their profiles that are given, and
// returns the events that change a state, or came too late to say which it is.
func apply(profiles map[string]*numberedProfile, rows []eventRow) (changes []stateChange) {
	for _, r := range rows {
		p := profiles[r.ProfileID]
		if p == nil {
			continue
		}
		was := p.State
		if late := p.Apply(r.ID, r.Event); late || p.State != was {
			changes = append(changes, stateChange{row: r, late: late})
		}
	}
	return changes
}

// lockProfiles returns the profiles of the events, which are there, and keeps others
// from changing them until the transaction ends.
func lockProfiles(ctx context.Context, tx *sqlx.Tx, rows []eventRow) (map[string]*numberedProfile, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var found []numberedProfile
	err := tx.SelectContext(ctx, &found, `
		SELECT `+profileColumns+`, number FROM profiles WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`,
		column(rows, func(r eventRow) string { return r.ProfileID }))
	if err != nil {
		return nil, err
	}
	profiles := make(map[string]*numberedProfile, len(found))
	for i := range found {
		profiles[found[i].ID] = &found[i]
	}
	return profiles, networkConflict(rows, func(id string) domain.Network { return profiles[id].Network })
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

func profileArrays(of map[string]*numberedProfile) []any {
	profiles := slices.Collect(maps.Values(of))
	return []any{
		column(profiles, func(p *numberedProfile) string { return p.ID }),
		textColumn(profiles, func(p *numberedProfile) domain.Network { return p.Network }),
		column(profiles, func(p *numberedProfile) string { return p.Name }),
		column(profiles, func(p *numberedProfile) string { return fold(p.Name) }),
		column(profiles, func(p *numberedProfile) string { return p.OwnerID }),
		column(profiles, func(p *numberedProfile) string { return p.CredentialID }),
		textColumn(profiles, func(p *numberedProfile) domain.State { return p.State }),
		column(profiles, func(p *numberedProfile) time.Time { return p.Since }),
		column(profiles, func(p *numberedProfile) string { return p.StateEventID }),
		column(profiles, func(p *numberedProfile) time.Time { return p.StateAt }),
		column(profiles, func(p *numberedProfile) string { return p.LastEventID }),
		column(profiles, func(p *numberedProfile) time.Time { return p.LastEventAt }),
		column(profiles, func(p *numberedProfile) string { return p.ErrorEventID }),
		column(profiles, func(p *numberedProfile) time.Time { return p.ErrorAt }),
		column(profiles, func(p *numberedProfile) time.Time { return p.WorkedAt }),
	}
}

// insertProfiles makes profiles and numbers them. Those that others have made meanwhile
// it removes from the map.
func insertProfiles(ctx context.Context, tx *sqlx.Tx, profiles map[string]*numberedProfile) error {
	if len(profiles) == 0 {
		return nil
	}
	var made []struct {
		ID     string
		Number int64
	}
	err := tx.SelectContext(ctx, &made, `
		INSERT INTO profiles (id, network, name, folded_name, owner_id, credential_id, state, since,
		    state_event_id, state_at, last_event_id, last_event_at, error_event_id, error_at, worked_at)
		`+profileValues+` ORDER BY id
		ON CONFLICT DO NOTHING
		RETURNING id, number`, profileArrays(profiles)...)
	numbers := make(map[string]int64, len(made))
	for _, m := range made {
		numbers[m.ID] = m.Number
	}
	for id, p := range profiles {
		if p.Number = numbers[id]; p.Number == 0 {
			delete(profiles, id)
		}
	}
	return err
}

// writeProfiles stores profiles. Their spells say since when they are in their states.
func writeProfiles(ctx context.Context, tx *sqlx.Tx, profiles map[string]*numberedProfile, spells map[string]*profileSpells) error {
	if len(profiles) == 0 {
		return nil
	}
	for id, p := range profiles {
		if s := spells[id]; s != nil {
			p.Since = s.since(p.Since)
		}
	}
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
