package store

import (
	"context"
	"iter"
	"strconv"
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

// AffectedProfiles lists the profiles that have events which a filter chooses, those
// with the most first, from where an earlier page's Next says ("": from the start).
func (s *Store) AffectedProfiles(ctx context.Context, f EventFilter, page string, limit int) (Page[AffectedProfile], error) {
	after, err := forward(page, isNumber, anyText)
	if err != nil {
		return Page[AffectedProfile]{}, err
	}
	if f, err = s.withShapes(ctx, f); err != nil {
		return Page[AffectedProfile]{}, err
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
		    WHERE $17::bigint = 0 OR (errors, profile_id) < ($17::bigint, $18)
		    ORDER BY errors DESC, profile_id DESC LIMIT $19
		)
		SELECT p.id, p.name, p.network, p.state, p.since, page.errors, page.disconnections, page.last_at, page.total
		FROM page JOIN profiles p ON p.id = page.profile_id
		ORDER BY page.errors DESC, page.profile_id DESC`,
		append(f.args(), after[0], sanitize(after[1]), limit+1)...)
	profiles := make([]AffectedProfile, len(rows))
	for i, r := range rows {
		profiles[i] = r.AffectedProfile
	}
	p := cutForward(profiles, limit, affectedKey)
	if len(rows) > 0 {
		p.Total = rows[0].Total
	}
	return p, translate(err)
}

func affectedKey(p AffectedProfile) []string { return []string{strconv.Itoa(p.Errors), p.ID} }

// AllAffected lists every profile of AffectedProfiles, in its order; an error is the
// last of it.
func (s *Store) AllAffected(ctx context.Context, f EventFilter) iter.Seq2[AffectedProfile, error] {
	const part = 10_000 // each part counts all events again
	return func(yield func(AffectedProfile, error) bool) {
		for next, more := "", true; more; more = next != "" {
			page, err := s.AffectedProfiles(ctx, f, next, part)
			if err != nil {
				yield(AffectedProfile{}, err)
				return
			}
			for _, p := range page.Rows {
				if !yield(p, nil) {
					return
				}
			}
			next = page.Next
		}
	}
}
