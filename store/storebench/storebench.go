// Package storebench makes large databases and measures bare SQL on them, so
// that costs can be compared with what PostgreSQL alone would take.
package storebench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/embedded"
)

// Base is a database of its own, on a server that ends with the process.
type Base struct {
	Store  *store.Store
	db     *sql.DB
	server *embedded.Server
	home   string

	durable bool
}

// New starts a server and makes the schema. Unless it is durable, it gives up
// safety for speed.
func New(ctx context.Context, durable bool) (*Base, error) {
	b := &Base{durable: durable}
	var err error
	if b.home, err = os.MkdirTemp("", "wherefore-bench-"); err != nil {
		return nil, err
	}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Base) open(ctx context.Context) error {
	var err error
	if b.server, err = embedded.Start(ctx, embedded.Config{DataDir: b.home, Throwaway: !b.durable}); err != nil {
		return err
	}
	if err := store.Migrate(ctx, b.server.URL()); err != nil {
		return err
	}
	if b.db, err = sql.Open("postgres", b.server.URL()); err != nil {
		return err
	}
	b.db.SetMaxOpenConns(1) // so that what a session is told holds for the next statement
	b.Store, err = store.Open(ctx, b.server.URL(), store.DefaultConnections)
	return err
}

// Close stops the server and removes its data.
func (b *Base) Close() error {
	var errs []error
	if b.Store != nil {
		errs = append(errs, b.Store.Close())
	}
	if b.db != nil {
		errs = append(errs, b.db.Close())
	}
	if b.server != nil {
		errs = append(errs, b.server.Stop())
	}
	return errors.Join(append(errs, os.RemoveAll(b.home))...)
}

// Kind is errors that differ only in a number, which stands for § in Raw and
// in the message.
type Kind struct {
	Raw     string
	Facts   facts.Facts
	Verdict domain.Verdict
	Shape   cluster.Shape
	Weight  int // how many of the sum of all weights are of this kind
}

// Fill stores n errors of a network, as evenly over days until now as their
// kinds are mixed, as if they had come one by one and been parsed by the live
// ruleset.
func (b *Base) Fill(ctx context.Context, network domain.Network, kinds []Kind, n, days int) error {
	source, err := b.Store.AddSource(ctx, "bench")
	if err != nil {
		return err
	}
	start := time.Now().AddDate(0, 0, -days)
	if err := b.Store.EnsurePartitions(ctx, start); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return b.exec(ctx, `SET session_replication_role = replica`) }, // no look at each key
		func() error { return b.addKinds(ctx, network, kinds) },
		func() error { return b.addEvents(ctx, network, source.ID, start, n, days) },
		func() error { return b.exec(ctx, counts) },
		func() error { return b.Store.RecountImpacts(ctx) },
		func() error { return b.exec(ctx, `UPDATE jobs SET state = 'done', finished_at = now()`) },
		func() error { return b.exec(ctx, `VACUUM (ANALYZE) events`) },
		func() error { return b.exec(ctx, `VACUUM (ANALYZE) hourly_counts`) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *Base) exec(ctx context.Context, statement string, args ...any) error {
	_, err := b.db.ExecContext(ctx, statement, args...)
	return err
}

// addKinds notes the kinds, each as often as its weight says.
func (b *Base) addKinds(ctx context.Context, network domain.Network, kinds []Kind) error {
	err := b.exec(ctx, `CREATE TEMP TABLE kinds (place serial, raw text, format text, status int, code text, subcode text,
		error_type text, message text, shape bigint, reason text, parser text)`)
	for _, k := range kinds {
		if err != nil {
			return err
		}
		for range k.Weight {
			if err == nil {
				err = b.exec(ctx, `INSERT INTO kinds (raw, format, status, code, subcode, error_type, message, shape, reason, parser)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, k.Raw, k.Facts.Format, k.Facts.Status, k.Facts.Code,
					k.Facts.Subcode, k.Facts.Type, k.Facts.Message, int64(k.Shape.Hash), k.Verdict.Reason, k.Verdict.Parser)
			}
		}
		if err == nil && !k.Verdict.Parsed() {
			err = b.exec(ctx, `
				WITH c AS (INSERT INTO clusters (network, initial_hash, template) VALUES ($1, $2, $3) RETURNING id)
				INSERT INTO shapes (network, hash, template, cluster_id) SELECT $1, $2, $3, id FROM c`,
				network, int64(k.Shape.Hash), k.Shape.Template)
		}
	}
	return err
}

func (b *Base) addEvents(ctx context.Context, network domain.Network, source int64, start time.Time, n, days int) error {
	const profiles = 20_000
	err := b.exec(ctx, `INSERT INTO profiles (id, network, since) SELECT 'p-' || i, $1, now() FROM generate_series(0, $2 - 1) AS i`,
		network, profiles)
	if err != nil {
		return err
	}
	step := fmt.Sprintf("%d microseconds", time.Duration(days)*24*time.Hour/time.Duration(n)/time.Microsecond)
	return b.exec(ctx, `
		INSERT INTO events (id, source_id, source_event_id, network, profile_id, type, occurred_at, operation, defaulted, scrubbed,
		    raw, cleaned, format, status, code, subcode, error_type, message, shape_hash,
		    reason, parser, ruleset, evidence, arrival_reason, arrival_parser, arrival_ruleset)
		SELECT (left(uuid_from_time(at)::text, 13) || '-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, $2, 'e-' || i, $1,
		    'p-' || i % $3, 'failed', at, '', '{}', '{}',
		    convert_to(replace(k.raw, '§', i::text), 'UTF8'), replace(k.raw, '§', i::text), k.format, k.status, k.code, k.subcode,
		    k.error_type, replace(k.message, '§', i::text), CASE WHEN k.reason = '' THEN k.shape END,
		    NULLIF(k.reason, ''), k.parser, 1, '[]', NULLIF(k.reason, ''), k.parser, 1
		FROM generate_series(1, $4) AS i
		CROSS JOIN LATERAL (SELECT $5::timestamptz + i * $6::interval AS at) AS t
		JOIN kinds k ON k.place = 1 + (hashint4(i::int) & 2147483647) % (SELECT count(*) FROM kinds)`,
		network, source, profiles, n, start, step)
}

const counts = `
	INSERT INTO hourly_counts (hour, network, source_id, type, reason, parser, arrived, current)
	SELECT date_trunc('hour', occurred_at, 'UTC'), network, source_id, type, COALESCE(reason, ''), parser, count(*), count(*)
	FROM events GROUP BY 1, 2, 3, 4, 5, 6`

// Count counts the errors of a network since a time that have a code and a message
// that holds a text.
func (b *Base) Count(ctx context.Context, network domain.Network, since time.Time, code, text string) (int, error) {
	var n int
	err := b.db.QueryRowContext(ctx, `
		SELECT count(*) FROM events
		WHERE network = $1 AND type IN ('disconnected', 'failed') AND occurred_at >= $2 AND code = $3 AND strpos(message, $4) > 0`,
		network, since, code, text).Scan(&n)
	return n, err
}

// Read reads the errors of a network since a time with their verdicts, does nothing
// with them, and returns how many they are.
func (b *Base) Read(ctx context.Context, network domain.Network, since time.Time) (int, error) {
	rows, err := b.db.QueryContext(ctx, `
		SELECT id, source_id, occurred_at, status, raw, COALESCE(reason, ''), parser, COALESCE(shape_hash, 0)
		FROM events WHERE network = $1 AND type IN ('disconnected', 'failed') AND occurred_at >= $2`, network, since)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var (
		id, reason, parser    string
		source, status, shape int64
		at                    time.Time
		raw                   []byte
		n                     int
	)
	for ; rows.Next(); n++ {
		if err := rows.Scan(&id, &source, &at, &status, &raw, &reason, &parser, &shape); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}
