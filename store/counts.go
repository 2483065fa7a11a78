package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// countKey is a row of hourly_counts.
type countKey struct {
	hour     time.Time
	network  domain.Network
	sourceID int64
	typ      domain.EventType
	reason   domain.ReasonID // "" for unparsed, and where there is no error
	parser   string
}

// countChange is what is added to a row.
type countChange struct{ arrived, current int64 }

func hourOf(t time.Time) time.Time { return t.UTC().Truncate(time.Hour) }

func arrivals(sourceID int64, rows []eventRow) map[countKey]countChange {
	changes := make(map[countKey]countChange)
	for _, r := range rows {
		key := countKey{hourOf(r.OccurredAt), r.Network, sourceID, r.Type, r.Verdict.Reason, r.Verdict.Parser}
		c := changes[key]
		changes[key] = countChange{c.arrived + 1, c.current + 1}
	}
	return changes
}

// addCounts changes rows of hourly_counts. The first statement makes the rows,
// or locks them, in the order of their key; a row's current count can then
// also go down, which an INSERT's check would refuse.
func addCounts(ctx context.Context, tx *sqlx.Tx, changes map[countKey]countChange) error {
	if len(changes) == 0 {
		return nil
	}
	keys := slices.Collect(maps.Keys(changes))
	columns := []any{
		column(keys, func(k countKey) time.Time { return k.hour }),
		textColumn(keys, func(k countKey) domain.Network { return k.network }),
		column(keys, func(k countKey) int64 { return k.sourceID }),
		textColumn(keys, func(k countKey) domain.EventType { return k.typ }),
		textColumn(keys, func(k countKey) domain.ReasonID { return k.reason }),
		textColumn(keys, func(k countKey) string { return k.parser }),
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO hourly_counts AS c (hour, network, source_id, type, reason, parser, arrived, current)
		SELECT hour, network, source_id, type, reason, parser, arrived, current
		FROM unnest($1::timestamptz[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
		    AS new (hour, network, source_id, type, reason, parser, arrived, current)
		ORDER BY hour, network, source_id, type, reason, parser
		ON CONFLICT (hour, network, source_id, type, reason, parser) DO UPDATE
		SET arrived = c.arrived + EXCLUDED.arrived, current = c.current + EXCLUDED.current`,
		append(slices.Clone(columns),
			column(keys, func(k countKey) int64 { return changes[k].arrived }),
			column(keys, func(k countKey) int64 { return max(0, changes[k].current) }))...)
	if err != nil || !slices.ContainsFunc(keys, func(k countKey) bool { return changes[k].current < 0 }) {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE hourly_counts c SET current = c.current - new.gone
		FROM unnest($1::timestamptz[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[])
		    AS new (hour, network, source_id, type, reason, parser, gone)
		WHERE new.gone > 0 AND (c.hour, c.network, c.source_id, c.type, c.reason, c.parser)
		    = (new.hour, new.network, new.source_id, new.type, new.reason, new.parser)`,
		append(columns, column(keys, func(k countKey) int64 { return max(0, -changes[k].current) }))...)
	return err
}
