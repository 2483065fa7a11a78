package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
)

// profileColumns are all columns of a profile, as profileRow reads them.
const profileColumns = `id, network, name, owner_id, credential_id, state, since,
	COALESCE(state_event_id::text, '') AS state_event_id, COALESCE(state_at, '0001-01-01 00:00Z') AS state_at,
	COALESCE(last_event_id::text, '') AS last_event_id, COALESCE(last_event_at, '0001-01-01 00:00Z') AS last_event_at,
	COALESCE(error_event_id::text, '') AS error_event_id, COALESCE(error_at, '0001-01-01 00:00Z') AS error_at,
	COALESCE(worked_at, '0001-01-01 00:00Z') AS worked_at`

// Profile returns a profile; NotFound if it was never heard of.
func (s *Store) Profile(ctx context.Context, id string) (domain.Profile, error) {
	found, err := s.KnownProfiles(ctx, []string{id})
	if err != nil {
		return domain.Profile{}, err
	}
	p, ok := found[id]
	if !ok {
		return domain.Profile{}, notFound("profile", id)
	}
	return p, nil
}

// KnownProfiles returns the profiles that events have told of, by id. An id that no
// event has named is absent.
func (s *Store) KnownProfiles(ctx context.Context, ids []string) (map[string]domain.Profile, error) {
	var found []domain.Profile
	err := s.quick.SelectContext(ctx, &found, `SELECT `+profileColumns+` FROM profiles WHERE id = ANY($1)`,
		pq.Array(sanitizeAll(ids)))
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

// found are the ids of the profiles that a text finds, and by what. Each place
// that can hold many is told which of them to take: the names by the second text.
const found = `
	SELECT id, 1 AS rank, 'id' AS by FROM profiles WHERE id = $1
	UNION ALL (SELECT profile_id, 2, 'event' FROM events WHERE id = $2::uuid)
	UNION ALL (SELECT e.profile_id, 2, 'event' FROM sources src
	    JOIN event_keys k ON k.source_id = src.id AND k.source_event_id = $1 JOIN events e ON e.id = k.event_id)
	UNION ALL (SELECT id, 3, 'owner' FROM profiles WHERE owner_id = $1 AND owner_id <> '' %[1]s)
	UNION ALL (SELECT id, 4, 'credential' FROM profiles WHERE credential_id = $1 AND credential_id <> '' %[1]s)
	UNION ALL (SELECT id, 5, 'name' FROM profiles WHERE folded_name LIKE $4 AND folded_name <> '' %[2]s)
	UNION ALL (SELECT id, 6, 'id' FROM profiles WHERE id LIKE $3 %[1]s)`

// foundArgs are the first four parameters of found; false for a text that finds nothing.
func foundArgs(text string) ([]any, bool) {
	text = strings.TrimSpace(sanitize(text))
	event := ""
	if validID(text) {
		event = text
	}
	return []any{text, nullText(event), likePrefix(text), likePrefix(fold(text))}, text != ""
}

// FindProfiles looks profiles up by what a customer or a log may give: the
// beginning of the id or of the name, or the whole id of an event (ours or the
// sender's), an owner or a credential. Whole ids come first.
func (s *Store) FindProfiles(ctx context.Context, text string, limit int) ([]ProfileMatch, error) {
	args, any := foundArgs(text)
	if !any {
		return nil, nil
	}
	var matches []ProfileMatch
	err := s.db.SelectContext(ctx, &matches, `
		WITH found AS (`+fmt.Sprintf(found, "ORDER BY id LIMIT $5", "ORDER BY folded_name LIMIT $5")+`),
		best AS (SELECT DISTINCT ON (id) id, rank, by FROM found ORDER BY id, rank)
		SELECT `+profileColumns+`, best.by FROM best JOIN profiles USING (id)
		ORDER BY best.rank, profiles.folded_name, id LIMIT $5`, append(args, limit)...)
	return matches, translate(err)
}

// ProfilesFound is a page of all that FindProfiles chooses from, in the order of ids.
func (s *Store) ProfilesFound(ctx context.Context, text, page string, limit int) (Page[ProfileMatch], error) {
	args, any := foundArgs(text)
	if !any {
		return Page[ProfileMatch]{}, nil
	}
	after, err := readCursor(page, anyText)
	if err != nil {
		return Page[ProfileMatch]{}, err
	}
	const part = "AND id > $6 ORDER BY id LIMIT $5"
	var matches []ProfileMatch
	err = s.db.SelectContext(ctx, &matches, `
		WITH found AS (`+fmt.Sprintf(found, part, part)+`),
		best AS (SELECT DISTINCT ON (id) id, by FROM found WHERE id > $6 ORDER BY id, rank)
		SELECT `+profileColumns+`, best.by FROM best JOIN profiles USING (id) ORDER BY id LIMIT $5`, append(args, limit+1, after.id())...)
	return cutForward(matches, limit, func(p ProfileMatch) []string { return []string{p.ID} }), translate(err)
}

// CountProfilesFound counts them; MaxTotal+1 stands for more than MaxTotal.
func (s *Store) CountProfilesFound(ctx context.Context, text string) (int, error) {
	args, any := foundArgs(text)
	if !any {
		return 0, nil
	}
	var n int
	err := s.db.GetContext(ctx, &n, `
		WITH found AS (`+fmt.Sprintf(found, "ORDER BY id LIMIT $5", "ORDER BY id LIMIT $5")+`)
		SELECT LEAST(count(DISTINCT id), $5) FROM found`, append(args, MaxTotal+1)...)
	return n, translate(err)
}

// likePrefix makes the LIKE pattern of all that begins with text.
func likePrefix(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// Siblings lists the other profiles of the same credential, and then those of
// the same owner: what ends one often ends them all.
func (s *Store) Siblings(ctx context.Context, p domain.Profile, limit int) ([]ProfileMatch, error) {
	var siblings []ProfileMatch
	err := s.db.SelectContext(ctx, &siblings, `
		WITH found AS (
		    SELECT id, 'credential' AS by FROM profiles WHERE credential_id = $1 AND credential_id <> '' AND id <> $3
		    UNION ALL
		    SELECT id, 'owner' FROM profiles WHERE owner_id = $2 AND owner_id <> '' AND id <> $3
		), best AS (SELECT id, min(by) AS by FROM found GROUP BY id)
		SELECT `+profileColumns+`, best.by FROM best JOIN profiles USING (id)
		ORDER BY best.by, state DESC, id LIMIT $4`, p.CredentialID, p.OwnerID, p.ID, limit)
	return siblings, translate(err)
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
		GROUP BY 1 ORDER BY 4 DESC`, sanitize(profileID))
	return repeats, translate(err)
}
