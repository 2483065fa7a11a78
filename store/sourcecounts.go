package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// sent is what became of what a source sent in an hour. Accepted, Duplicates
// and Quarantined add up to it.
type sent struct {
	accepted, duplicates, quarantined int64
	last                              time.Time
}

// sentByHour counts a batch by the hour of arrival.
func sentByHour(rows []eventRow, outcomes []Outcome, unusable []Unusable) map[time.Time]sent {
	hours := make(map[time.Time]sent)
	add := func(at time.Time, one sent) {
		h := hours[hourOf(at)]
		if at.After(h.last) {
			h.last = at
		}
		hours[hourOf(at)] = sent{
			h.accepted + one.accepted, h.duplicates + one.duplicates, h.quarantined + one.quarantined, h.last,
		}
	}
	for i, r := range rows {
		if outcomes[i].Duplicate {
			add(r.ArrivedAt, sent{duplicates: 1})
		} else {
			add(r.ArrivedAt, sent{accepted: 1})
		}
	}
	for _, u := range unusable {
		add(u.ReceivedAt, sent{quarantined: 1})
	}
	return hours
}

// countSent writes what sentByHour counts. It comes last in a transaction,
// since all of a source's share the row of the hour.
func countSent(ctx context.Context, tx *sqlx.Tx, sourceID int64, hours map[time.Time]sent) error {
	keys := slices.SortedFunc(maps.Keys(hours), time.Time.Compare)
	_, err := tx.ExecContext(ctx, `
		INSERT INTO source_counts AS c (source_id, hour, accepted, duplicates, quarantined, replayed, last_heard_at)
		SELECT $1, hour, accepted, duplicates, quarantined, 0, last
		FROM unnest($2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[])
		    AS new (hour, accepted, duplicates, quarantined, last)
		ORDER BY hour
		ON CONFLICT (source_id, hour) DO UPDATE
		SET accepted = c.accepted + EXCLUDED.accepted, duplicates = c.duplicates + EXCLUDED.duplicates,
		    quarantined = c.quarantined + EXCLUDED.quarantined, last_heard_at = GREATEST(c.last_heard_at, EXCLUDED.last_heard_at)`,
		sourceID, column(keys, func(h time.Time) time.Time { return h }),
		column(keys, func(h time.Time) int64 { return hours[h].accepted }),
		column(keys, func(h time.Time) int64 { return hours[h].duplicates }),
		column(keys, func(h time.Time) int64 { return hours[h].quarantined }),
		column(keys, func(h time.Time) time.Time { return hours[h].last }))
	return err
}

// countReplays counts entries that became events now. They were counted as sent
// when they came.
func countReplays(ctx context.Context, tx *sqlx.Tx, sourceID int64, n int) error {
	if n == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO source_counts AS c (source_id, hour, accepted, duplicates, quarantined, replayed)
		VALUES ($1, date_trunc('hour', now(), 'UTC'), 0, 0, 0, $2)
		ON CONFLICT (source_id, hour) DO UPDATE SET replayed = c.replayed + EXCLUDED.replayed`, sourceID, n)
	return err
}
