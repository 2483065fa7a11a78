package store

import (
	"context"
	"iter"
	"time"

	"wherefore/domain"
)

// AffectedProfile is a profile with the errors of it that a filter chooses.
type AffectedProfile struct {
	ID             string
	Name           string
	Network        domain.Network
	State          domain.State
	Since          time.Time // of State
	Errors         int
	Disconnections int // of Errors
	LastAt         time.Time
}

// AffectedKey is a profile's place in the list.
type AffectedKey struct {
	Errors int
	ID     string
}

// AffectedPage is a part of a list of affected profiles.
type AffectedPage struct {
	Profiles []AffectedProfile
	Total    int          // of the whole list
	Next     *AffectedKey // where the page that follows begins, nil when this is the last
}

// AffectedProfiles lists the profiles that have events which a filter chooses, those
// with the most first, from behind a profile of an earlier page (nil: from the start).
func (s *Store) AffectedProfiles(ctx context.Context, f EventFilter, after *AffectedKey, limit int) (AffectedPage, error) {
	f, err := s.withShapes(ctx, f)
	if err != nil {
		return AffectedPage{}, err
	}
	if after == nil {
		after = &AffectedKey{}
	}
	var rows []struct {
		AffectedProfile
		Total int
	}
	err = s.db.SelectContext(ctx, &rows, `
		WITH affected AS (
		    SELECT e.profile_id, count(*) AS errors, count(*) FILTER (WHERE e.type = 'disconnected') AS disconnections,
		        max(e.occurred_at) AS last_at
		    FROM events e WHERE `+filtered+` GROUP BY e.profile_id
		), page AS (
		    SELECT *, (SELECT count(*) FROM affected) AS total FROM affected
		    WHERE $16 = 0 OR (errors, profile_id) < ($16, $17)
		    ORDER BY errors DESC, profile_id DESC LIMIT $18
		)
		SELECT p.id, p.name, p.network, p.state, p.since, page.errors, page.disconnections, page.last_at, page.total
		FROM page JOIN profiles p ON p.id = page.profile_id
		ORDER BY page.errors DESC, page.profile_id DESC`,
		append(f.args(), after.Errors, sanitize(after.ID), limit+1)...)
	var p AffectedPage
	for i, r := range rows {
		if p.Total = r.Total; i == limit {
			last := p.Profiles[limit-1]
			p.Next = &AffectedKey{last.Errors, last.ID}
			break
		}
		p.Profiles = append(p.Profiles, r.AffectedProfile)
	}
	return p, translate(err)
}

// AllAffected lists every profile of AffectedProfiles, in its order; an error is the
// last of it.
func (s *Store) AllAffected(ctx context.Context, f EventFilter) iter.Seq2[AffectedProfile, error] {
	const part = 10_000 // each part counts all events again
	return func(yield func(AffectedProfile, error) bool) {
		for next := (&AffectedKey{}); next != nil; {
			page, err := s.AffectedProfiles(ctx, f, next, part)
			if err != nil {
				yield(AffectedProfile{}, err)
				return
			}
			for _, p := range page.Profiles {
				if !yield(p, nil) {
					return
				}
			}
			next = page.Next
		}
	}
}
