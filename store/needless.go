package store

import (
	"context"

	"wherefore/domain"
)

// NeedlessGroup counts needless disconnections of one source and reason.
type NeedlessGroup struct {
	Source   string
	Network  domain.Network
	Reason   domain.ReasonID // "" for unparsed ones, after which the profile worked
	Events   int
	Profiles int // different ones
}

// NeedlessGroups counts the needless disconnections that a filter chooses by source
// and reason, the most first.
func (s *Store) NeedlessGroups(ctx context.Context, f EventFilter) ([]NeedlessGroup, error) {
	f.Needless = true
	var groups []NeedlessGroup
	err := s.db.SelectContext(ctx, &groups, `
		SELECT src.name AS source, g.network, g.reason, g.events, g.profiles
		FROM (
		    SELECT e.source_id, e.network, COALESCE(e.reason, '') AS reason, count(*) AS events, count(DISTINCT e.profile_id) AS profiles
		    FROM events e WHERE `+filtered+` GROUP BY 1, 2, 3
		) AS g JOIN sources src ON src.id = g.source_id
		ORDER BY g.events DESC, src.name, g.network, g.reason`, f.args()...)
	return groups, translate(err)
}
