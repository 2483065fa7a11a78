package store

import (
	"context"
	"time"
)

// SourceReport is what is known of a source, counted over a window of arrival.
// Accepted, Duplicates and Quarantined add up to all that it sent then.
type SourceReport struct {
	ID          int64
	Name        string
	LastHeardAt *time.Time // nil: never
	Accepted    int
	Duplicates  int
	Quarantined int
	Replayed    int // entries in quarantine that became events then
	Mended      int // fields that were mended, each in each event
	Missing     int // fields that were left out, each in each event
	Open        int // entries in quarantine that are open now
}

// Sent is all that the source sent.
func (r SourceReport) Sent() int { return r.Accepted + r.Duplicates + r.Quarantined }

// SourceReports counts what each source sent in the hours from one time to
// another (its hour not included). Every source is there, also one that sent
// nothing, in the order of their names.
func (s *Store) SourceReports(ctx context.Context, from, to time.Time) ([]SourceReport, error) {
	var reports []SourceReport
	err := s.db.SelectContext(ctx, &reports, `
		SELECT s.id, s.name,
		    (SELECT last_heard_at FROM source_counts WHERE source_id = s.id AND last_heard_at IS NOT NULL ORDER BY hour DESC LIMIT 1),
		    c.accepted, c.duplicates, c.quarantined, c.replayed, g.mended, g.missing,
		    (SELECT count(*) FROM quarantine q WHERE q.source_id = s.id AND q.ended IS NULL) AS open
		FROM sources s CROSS JOIN LATERAL (
		    SELECT COALESCE(sum(accepted), 0) AS accepted, COALESCE(sum(duplicates), 0) AS duplicates,
		        COALESCE(sum(quarantined), 0) AS quarantined, COALESCE(sum(replayed), 0) AS replayed
		    FROM source_counts WHERE source_id = s.id AND hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2
		) AS c CROSS JOIN LATERAL (
		    SELECT COALESCE(sum(events) FILTER (WHERE kind = 'mended'), 0) AS mended,
		        COALESCE(sum(events) FILTER (WHERE kind = 'missing'), 0) AS missing
		    FROM missing_fields WHERE source_id = s.id AND hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2
		) AS g
		ORDER BY s.name`, from, to)
	return reports, translate(err)
}

// SourceHour is what became of what a source sent in an hour.
type SourceHour struct {
	SourceID    int64
	Hour        time.Time
	Accepted    int
	Duplicates  int
	Quarantined int
}

// SourceHours lists, for the hours from one time to another (its hour not
// included), what became of what sources sent. Hours without any are absent.
func (s *Store) SourceHours(ctx context.Context, from, to time.Time) ([]SourceHour, error) {
	var hours []SourceHour
	err := s.db.SelectContext(ctx, &hours, `
		SELECT source_id, hour, accepted, duplicates, quarantined FROM source_counts
		WHERE hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2 ORDER BY source_id, hour`, from, to)
	return hours, translate(err)
}

// AnythingSent reports whether any source has ever sent anything.
func (s *Store) AnythingSent(ctx context.Context) (bool, error) {
	var sent bool
	err := s.db.GetContext(ctx, &sent, `SELECT EXISTS (SELECT FROM source_counts WHERE last_heard_at IS NOT NULL)`)
	return sent, translate(err)
}
