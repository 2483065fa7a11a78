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

// makeProfiles inserts the profiles of the events that are new.
func makeProfiles(ctx context.Context, tx *sqlx.Tx, rows []eventRow) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO profiles (id, network, since)
		SELECT id, network, at FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS new (id, network, at)
		WHERE NOT EXISTS (SELECT FROM profiles p WHERE p.id = new.id)
		ORDER BY id
		ON CONFLICT DO NOTHING`,
		column(rows, func(r eventRow) string { return r.ProfileID }),
		textColumn(rows, func(r eventRow) domain.Network { return r.Network }),
		column(rows, func(r eventRow) time.Time { return r.OccurredAt }))
	return err
}

// lockProfiles returns the profiles of the events, which are there, and keeps others
// from changing them until the transaction ends. It comes late in a transaction,
// since nearly any two batches share a busy profile. A *NetworkConflict when another
// transaction has made one meanwhile, of another network.
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

// updateProfiles applies the events, which are stored, to their profiles, which
// are locked.
func updateProfiles(ctx context.Context, tx *sqlx.Tx, profiles map[string]*domain.Profile, rows []eventRow) error {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b eventRow) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), strings.Compare(a.ID, b.ID))
	})
	var late []string
	for _, r := range rows {
		if profiles[r.ProfileID].Apply(r.ID, r.Event) {
			late = append(late, r.ProfileID)
		}
	}
	if err := writeProfiles(ctx, tx, slices.Collect(maps.Values(profiles))); err != nil || len(late) == 0 {
		return err
	}
	return lookUpSince(ctx, tx, late)
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

func writeProfiles(ctx context.Context, tx *sqlx.Tx, changed []*domain.Profile) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE profiles p
		SET name = new.name, folded_name = new.folded_name, owner_id = new.owner_id,
		    credential_id = new.credential_id, state = new.state, since = new.since,
		    state_event_id = NULLIF(new.state_event_id, '')::uuid,
		    state_at = CASE WHEN new.state_event_id <> '' THEN new.state_at END,
		    last_event_id = new.last_event_id, last_event_at = new.last_event_at,
		    error_event_id = NULLIF(new.error_event_id, '')::uuid,
		    error_at = CASE WHEN new.error_event_id <> '' THEN new.error_at END,
		    worked_at = NULLIF(new.worked_at, '0001-01-01 00:00Z')
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
		        $7::timestamptz[], $8::text[], $9::timestamptz[], $10::uuid[], $11::timestamptz[],
		        $12::text[], $13::timestamptz[], $14::timestamptz[])
		    AS new (id, name, folded_name, owner_id, credential_id, state, since,
		        state_event_id, state_at, last_event_id, last_event_at, error_event_id, error_at, worked_at)
		WHERE p.id = new.id`,
		column(changed, func(p *domain.Profile) string { return p.ID }),
		column(changed, func(p *domain.Profile) string { return p.Name }),
		column(changed, func(p *domain.Profile) string { return fold(p.Name) }),
		column(changed, func(p *domain.Profile) string { return p.OwnerID }),
		column(changed, func(p *domain.Profile) string { return p.CredentialID }),
		textColumn(changed, func(p *domain.Profile) domain.State { return p.State }),
		column(changed, func(p *domain.Profile) time.Time { return p.Since }),
		column(changed, func(p *domain.Profile) string { return p.StateEventID }),
		column(changed, func(p *domain.Profile) time.Time { return p.StateAt }),
		column(changed, func(p *domain.Profile) string { return p.LastEventID }),
		column(changed, func(p *domain.Profile) time.Time { return p.LastEventAt }),
		column(changed, func(p *domain.Profile) string { return p.ErrorEventID }),
		column(changed, func(p *domain.Profile) time.Time { return p.ErrorAt }),
		column(changed, func(p *domain.Profile) time.Time { return p.WorkedAt }))
	return err
}

// fold puts a name into one case. It is done here and not by the database,
// whose notion of case depends on how it was set up.
func fold(name string) string { return clip(strings.ToLower(name)) }
