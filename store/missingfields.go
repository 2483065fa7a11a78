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
)

// The kinds of missing_fields, beside the results of look-ups.
const (
	FieldMissing = "missing" // the source left the field out
	FieldMended  = "mended"  // the source sent a value that could not be used as it was
)

// maxSamples is how many events are kept as samples of a row of missing_fields.
const maxSamples = 3

// fieldKey is a row of missing_fields, of one source.
type fieldKey struct {
	kind, field string
	hour        time.Time // of arrival
}

// fieldCount is what is added to a row, with the newest events as samples. What went to
// quarantine is no event.
type fieldCount struct {
	events  int64
	samples []string
}

// fieldCounts counts, by the hour of arrival.
type fieldCounts map[fieldKey]*fieldCount

func (c fieldCounts) add(kind, field string, at time.Time, event string) {
	key := fieldKey{kind, field, hourOf(at)}
	if c[key] == nil {
		c[key] = &fieldCount{}
	}
	c[key].events++
	if event != "" {
		c[key].samples = append(c[key].samples, event)
	}
}

func (c fieldCounts) addLookups(lookups []Lookup, at time.Time, event string) {
	for _, l := range lookups {
		c.add(string(l.Result), l.Field, at, event)
	}
}

// countFields counts, per field, the events in which the source left it out, those in
// which it had to be mended, and what came of looking it up in the directory. It is one
// statement, in the order of the key, and comes after addFresh and before countSent.
func countFields(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow, unusable []Unusable) error {
	counts := fieldCounts{}
	for _, r := range rows {
		for _, field := range r.Defaulted {
			counts.add(FieldMissing, field, r.ArrivedAt, r.ID)
		}
		for _, field := range r.Mended {
			counts.add(FieldMended, field, r.ArrivedAt, r.ID)
		}
		counts.addLookups(r.Lookups, r.ArrivedAt, r.ID)
	}
	for _, u := range unusable {
		counts.addLookups(u.Lookups, u.ReceivedAt, "")
	}
	if len(counts) == 0 {
		return nil
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b fieldKey) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.field, b.field), a.hour.Compare(b.hour))
	})
	_, err := tx.ExecContext(ctx, `
		INSERT INTO missing_fields AS m (source_id, kind, field, hour, events, samples)
		SELECT $1, kind, field, hour, events, string_to_array(samples, ',')::uuid[]
		FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[]) AS new (kind, field, hour, events, samples)
		ON CONFLICT (source_id, kind, field, hour) DO UPDATE
		SET events = m.events + EXCLUDED.events, samples = (EXCLUDED.samples || m.samples)[1:$7]`, sourceID,
		textColumn(keys, func(k fieldKey) string { return k.kind }),
		textColumn(keys, func(k fieldKey) string { return k.field }),
		column(keys, func(k fieldKey) time.Time { return k.hour }),
		column(keys, func(k fieldKey) int64 { return counts[k].events }),
		column(keys, func(k fieldKey) string { return strings.Join(counts[k].newest(), ",") }),
		maxSamples)
	return err
}

// newest are the samples that arrived last, the newest first.
func (c fieldCount) newest() []string {
	newest := slices.Clone(c.samples[max(0, len(c.samples)-maxSamples):])
	slices.Reverse(newest)
	return newest
}

// MissingField is how much of a field a source left out, or sent in a form that
// had to be mended, in a period.
type MissingField struct {
	SourceID int64
	Source   string
	Kind     string // FieldMissing or FieldMended
	Field    string
	Events   int // in which Field was missing or mended
	Of       int // events of the source that arrived in the period
}

// MissingFields lists, for the hours of arrival from one time to another
// (its hour not included), which fields sources left out or sent in a form that
// had to be mended, most events first.
func (s *Store) MissingFields(ctx context.Context, from, to time.Time) ([]MissingField, error) {
	var fields []MissingField
	err := s.db.SelectContext(ctx, &fields, `
		WITH arrived AS (
		    SELECT source_id, sum(accepted + replayed) AS events FROM source_counts
		    WHERE hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2 GROUP BY 1
		)
		SELECT m.source_id, s.name AS source, m.kind, m.field, sum(m.events) AS events, COALESCE(max(a.events), 0) AS of
		FROM missing_fields m JOIN sources s ON s.id = m.source_id LEFT JOIN arrived a ON a.source_id = m.source_id
		WHERE m.hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND m.hour < $2 AND m.kind IN ('missing', 'mended')
		GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 2, 3, 4`, from, to)
	return fields, translate(err)
}

// LookupReport is how often a field that a source left out was looked up in the
// directory in a period, by result.
type LookupReport struct {
	SourceID    int64
	Source      string
	Field       string
	Since       time.Time // the first hour of any look-up, also before the period
	Found       int
	Unknown     int
	Unavailable int
	Refused     int
	Samples     pq.StringArray // ids of the newest events in the period that it was looked up for
}

// Lookups lists, for the hours of arrival from one time to another (its hour not
// included), what was looked up in the directory because sources left it out, most
// look-ups first.
func (s *Store) Lookups(ctx context.Context, from, to time.Time) ([]LookupReport, error) {
	var reports []LookupReport
	err := s.db.SelectContext(ctx, &reports, `
		WITH looked_up AS (
		    SELECT source_id, kind, field, events, samples FROM missing_fields
		    WHERE hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2 AND kind = ANY($3)
		), counted AS (
		    SELECT source_id, field, sum(events) AS lookups,
		        COALESCE(sum(events) FILTER (WHERE kind = 'found'), 0) AS found,
		        COALESCE(sum(events) FILTER (WHERE kind = 'unknown'), 0) AS unknown,
		        COALESCE(sum(events) FILTER (WHERE kind = 'unavailable'), 0) AS unavailable,
		        COALESCE(sum(events) FILTER (WHERE kind = 'refused'), 0) AS refused
		    FROM looked_up GROUP BY 1, 2
		)
		SELECT c.source_id, s.name AS source, c.field, c.found, c.unknown, c.unavailable, c.refused,
		    (SELECT min(hour) FROM missing_fields m WHERE m.source_id = c.source_id AND m.field = c.field AND m.kind = ANY($3)) AS since,
		    ARRAY(SELECT DISTINCT id::text FROM looked_up l CROSS JOIN unnest(l.samples) AS id
		        WHERE l.source_id = c.source_id AND l.field = c.field ORDER BY 1 DESC LIMIT $4) AS samples
		FROM counted c JOIN sources s ON s.id = c.source_id ORDER BY c.lookups DESC, 2, 3`,
		from, to, textColumn(LookupResults(), func(r LookupResult) LookupResult { return r }), maxSamples)
	return reports, translate(err)
}
