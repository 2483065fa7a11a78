package storebench

import (
	"context"
	"errors"
)

// TrackStatements restarts the server so that Statements works.
func (b *Base) TrackStatements(ctx context.Context) error {
	for _, setting := range []string{
		`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`,
		`ALTER SYSTEM SET shared_buffers = '1GB'`, `ALTER SYSTEM SET max_wal_size = '4GB'`,
	} {
		if err := b.exec(ctx, setting); err != nil {
			return err
		}
	}
	if err := errors.Join(b.Store.Close(), b.db.Close(), b.server.Stop()); err != nil {
		return err
	}
	if err := b.open(ctx); err != nil {
		return err
	}
	for _, statement := range []string{
		`CREATE EXTENSION pg_stat_statements`, `ALTER SYSTEM SET pg_stat_statements.track_planning = on`, `SELECT pg_reload_conf()`,
	} {
		if err := b.exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// Statements is what all statements took in the server since it started.
type Statements struct {
	Calls        int64
	Milliseconds float64 // of planning and running
}

// Statements sums up. Its own statement is not in the sum.
func (b *Base) Statements(ctx context.Context) (s Statements, err error) {
	err = b.db.QueryRowContext(ctx, `
		SELECT COALESCE(sum(calls), 0), COALESCE(sum(total_plan_time + total_exec_time), 0) FROM pg_stat_statements
		WHERE query NOT LIKE '%pg_stat_statements%'`).Scan(&s.Calls, &s.Milliseconds)
	return s, err
}

// Size is how much room the database takes.
type Size struct {
	Bytes  int64
	Tables string // a line for each part of some size
}

// Size adds up all tables with their indexes. The partitions of a table are one part,
// and so are the indexes on them.
func (b *Base) Size(ctx context.Context) (s Size, err error) {
	err = b.db.QueryRowContext(ctx, `
		WITH parts AS (
		    SELECT regexp_replace(c.relname, '_\d{4}_\d\d', '') AS name, sum(pg_table_size(c.oid)) AS bytes
		    FROM pg_class c WHERE c.relkind IN ('r', 'i', 'm') AND c.relnamespace = 'public'::regnamespace GROUP BY 1
		)
		SELECT sum(bytes), string_agg(format('%8s MB  %s', round(bytes / 1e6), name), E'\n' ORDER BY bytes DESC) FILTER (WHERE bytes > 1e6)
		FROM parts`).Scan(&s.Bytes, &s.Tables)
	return s, err
}
