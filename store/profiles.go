package store

import (
	"context"
	"strings"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
)

// profileColumns are all columns of a profile, as profileRow reads them.
const profileColumns = `id, network, name, owner_id, credential_id, state, since,
	COALESCE(state_event_id::text, '') AS state_event_id, COALESCE(state_at, '0001-01-01 00:00Z') AS state_at,
	COALESCE(last_event_id::text, '') AS last_event_id, COALESCE(last_event_at, '0001-01-01 00:00Z') AS last_event_at`

// Profile returns a profile; NotFound if it was never heard of.
func (s *Store) Profile(ctx context.Context, id string) (domain.Profile, error) {
	found, err := s.ProfileDirectory(ctx, []string{id})
	if err != nil {
		return domain.Profile{}, err
	}
	p, ok := found[id]
	if !ok {
		return domain.Profile{}, notFound("profile", id)
	}
	return p, nil
}

// ProfileDirectory returns what is known of profiles, by id, for filling in
// what a source left out. An id never heard of is absent.
func (s *Store) ProfileDirectory(ctx context.Context, ids []string) (map[string]domain.Profile, error) {
	var found []domain.Profile
	err := s.db.SelectContext(ctx, &found, `SELECT `+profileColumns+` FROM profiles WHERE id = ANY($1)`,
		pq.Array(storableAll(ids)))
	profiles := make(map[string]domain.Profile, len(found))
	for _, p := range found {
		profiles[p.ID] = p
	}
	return profiles, translate(err)
}

// ProfileMatch is a profile found, and by what.
type ProfileMatch struct {
	domain.Profile
	By string // "id", "event", "owner", "credential" or "name"
}

// FindProfiles looks profiles up by what a customer or a log may give: the
// beginning of the id or of the name, or the whole id of an event (ours or the
// sender's), an owner or a credential. Whole ids come first.
func (s *Store) FindProfiles(ctx context.Context, text string, limit int) ([]ProfileMatch, error) {
	text = strings.TrimSpace(storable(text))
	if text == "" {
		return nil, nil
	}
	event := ""
	if validID(text) {
		event = text
	}
	var matches []ProfileMatch
	err := s.db.SelectContext(ctx, &matches, `
		WITH found AS (
		    SELECT id, 1 AS rank, 'id' AS by FROM profiles WHERE id = $1
		    UNION ALL (SELECT profile_id, 2, 'event' FROM events WHERE id = $2::uuid)
		    UNION ALL (SELECT e.profile_id, 2, 'event' FROM sources src
		        JOIN event_keys k ON k.source_id = src.id AND k.source_event_id = $1 JOIN events e ON e.id = k.event_id)
		    UNION ALL (SELECT id, 3, 'owner' FROM profiles WHERE owner_id = $1 AND owner_id <> '' LIMIT $5)
		    UNION ALL (SELECT id, 4, 'credential' FROM profiles WHERE credential_id = $1 AND credential_id <> '' LIMIT $5)
		    UNION ALL (SELECT id, 5, 'name' FROM profiles WHERE folded_name LIKE $4 AND folded_name <> '' ORDER BY folded_name LIMIT $5)
		    UNION ALL (SELECT id, 6, 'id' FROM profiles WHERE id LIKE $3 ORDER BY id LIMIT $5)
		), best AS (SELECT DISTINCT ON (id) id, rank, by FROM found ORDER BY id, rank)
		SELECT `+profileColumns+`, best.by FROM best JOIN profiles USING (id)
		ORDER BY best.rank, profiles.folded_name, id LIMIT $5`,
		text, nullText(event), likePrefix(text), likePrefix(fold(text)), limit)
	return matches, translate(err)
}

// likePrefix makes the LIKE pattern of all that begins with text.
func likePrefix(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// Siblings lists the other profiles of the same credential: what ends one
// often ends them all.
func (s *Store) Siblings(ctx context.Context, p domain.Profile, limit int) ([]domain.Profile, error) {
	if p.CredentialID == "" {
		return nil, nil
	}
	var siblings []domain.Profile
	err := s.db.SelectContext(ctx, &siblings, `
		SELECT `+profileColumns+` FROM profiles
		WHERE credential_id = $1 AND credential_id <> '' AND id <> $2 ORDER BY state DESC, id LIMIT $3`,
		p.CredentialID, p.ID, limit)
	return siblings, translate(err)
}

// Timeline lists all events of a profile, reconnections too, by when they
// occurred, the latest first, from an earlier page's Next ("": from the
// latest). Total is counted like that of Events.
func (s *Store) Timeline(ctx context.Context, profileID, page string, limit int) (EventPage, error) {
	if page != "" && !validID(page) {
		return EventPage{}, domain.InvalidField("page", "is not a page of this list")
	}
	var p EventPage
	err := s.db.SelectContext(ctx, &p.Events, `
		SELECT `+summaryColumns+` FROM `+summaryTables+`
		WHERE e.profile_id = $1
		    AND ($2::uuid IS NULL OR (e.occurred_at, e.id) < (SELECT last.occurred_at, last.id FROM events last WHERE last.id = $2))
		ORDER BY e.occurred_at DESC, e.id DESC LIMIT $3`, storable(profileID), nullText(page), limit+1)
	if err != nil {
		return EventPage{}, translate(err)
	}
	if len(p.Events) > limit {
		p.Events = p.Events[:limit]
		p.Next = p.Events[limit-1].ID
	}
	err = s.db.GetContext(ctx, &p.Total, `
		SELECT count(*) FROM (SELECT FROM events WHERE profile_id = $1 LIMIT $2) AS counted`, storable(profileID), MaxTotal+1)
	return p, translate(err)
}

// Repeat is how often a profile was disconnected for one reason.
type Repeat struct {
	Reason  domain.ReasonID // "" for unparsed
	Times   int
	FirstAt time.Time
	LastAt  time.Time
}

// Repeats counts a profile's disconnections by reason, the latest first.
func (s *Store) Repeats(ctx context.Context, profileID string) ([]Repeat, error) {
	var repeats []Repeat
	err := s.db.SelectContext(ctx, &repeats, `
		SELECT COALESCE(reason, '') AS reason, count(*) AS times, min(occurred_at) AS first_at, max(occurred_at) AS last_at
		FROM events WHERE profile_id = $1 AND type = 'disconnected'
		GROUP BY 1 ORDER BY 4 DESC`, storable(profileID))
	return repeats, translate(err)
}
