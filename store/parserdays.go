package store

import (
	"context"
	"time"

	"wherefore/domain"
)

// ParserDays are the matches of the parsers of a network by day.
type ParserDays map[domain.Network]map[string][]int

// ParserDays counts what the parsers of all networks explain now, in so many
// stretches of 24 hours before a full hour, the oldest first. Parsers
// without any match in them are absent.
func (s *Store) ParserDays(ctx context.Context, before time.Time, days int) (ParserDays, error) {
	before = before.UTC().Truncate(time.Hour)
	var rows []struct {
		Network domain.Network
		Parser  string
		Ago     int
		Matches int
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT network, parser, floor(extract(epoch FROM $1::timestamptz - hour - interval '1 hour') / 86400)::int AS ago, sum(current) AS matches
		FROM hourly_counts
		WHERE parser <> '' AND hour < $1 AND hour >= $1::timestamptz - make_interval(days => $2)
		GROUP BY 1, 2, 3 HAVING sum(current) > 0`, before, days)
	found := ParserDays{}
	for _, r := range rows {
		if found[r.Network] == nil {
			found[r.Network] = map[string][]int{}
		}
		if found[r.Network][r.Parser] == nil {
			found[r.Network][r.Parser] = make([]int, days)
		}
		found[r.Network][r.Parser][days-1-r.Ago] = r.Matches
	}
	return found, translate(err)
}
