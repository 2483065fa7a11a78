package store

import (
	"context"
	"time"

	"wherefore/domain"
)

// EventGroup counts events of one reason, or the unparsed ones, of a network.
type EventGroup struct {
	Network domain.Network
	Reason  domain.ReasonID // "" for unparsed
	Events  int
}

// EventGroups counts the events that a filter chooses by network and reason,
// the most first. With OnArrival the reason is that on arrival.
func (s *Store) EventGroups(ctx context.Context, f EventFilter) ([]EventGroup, error) {
	if f.isCounted() {
		return s.countedGroups(ctx, f)
	}
	f, err := s.withShapes(ctx, f)
	if err != nil {
		return nil, err
	}
	var groups []EventGroup
	err = s.db.SelectContext(ctx, &groups, `
		SELECT e.network, COALESCE(CASE WHEN $6 THEN e.arrival_reason ELSE e.reason END, '') AS reason, count(*) AS events
		FROM events e WHERE `+filtered+`
		GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`, f.args()...)
	return groups, translate(err)
}

// isCounted reports whether hourly_counts tell how many events the filter chooses.
func (f EventFilter) isCounted() bool {
	isHour := func(t time.Time) bool { return t.Equal(t.Truncate(time.Hour)) }
	return f.Format == "" && f.ProfileID == "" && f.ClusterID == 0 && !f.Needless && isHour(f.From) && isHour(f.To)
}

// countedGroups is EventGroups from hourly_counts.
func (s *Store) countedGroups(ctx context.Context, f EventFilter) ([]EventGroup, error) {
	var groups []EventGroup
	err := s.db.SelectContext(ctx, &groups, `
		SELECT c.network, c.reason, sum(CASE WHEN $6 THEN c.arrived ELSE c.current END) AS events
		FROM hourly_counts c
		WHERE ($1 = '' OR c.network = $1) AND ($2 = '' OR c.reason = $2) AND (NOT $3 OR c.reason = '')
		    AND ($4 = '' OR c.reason IN (SELECT id FROM reasons WHERE category = $4)) AND ($5 = '' OR c.parser = $5)
		    AND ($7 = 0 OR c.source_id = $7) AND CASE WHEN $8 = '' THEN c.type IN ('disconnected', 'failed') ELSE c.type = $8 END
		    AND ($9::timestamptz IS NULL OR c.hour >= $9) AND ($10::timestamptz IS NULL OR c.hour < $10)
		GROUP BY 1, 2 HAVING sum(CASE WHEN $6 THEN c.arrived ELSE c.current END) > 0 ORDER BY 3 DESC, 1, 2`,
		f.Network, f.Reason, f.Unparsed, f.Category, f.Parser, f.OnArrival, f.SourceID, f.Type, nullTime(f.From), nullTime(f.To))
	return groups, translate(err)
}
