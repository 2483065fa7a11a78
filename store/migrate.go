package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"wherefore/migrations"
)

// partitionsAhead is how many months of partitions stand ready beyond this one.
const partitionsAhead = 3

// Migrate brings the schema up to date. The address must lead straight to the
// database, past any pooler, since a lock of the session keeps two from
// migrating at once. A server older than PostgreSQL 15 is refused.
func Migrate(ctx context.Context, address string) error {
	address, err := sessionAddress(address)
	if err != nil {
		return err
	}
	c, err := newConnector(address, migrationLimits, ownSession)
	if err != nil {
		return err
	}
	db := sql.OpenDB(c)
	defer db.Close()
	if err := checkServerVersion(ctx, db); err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	steps, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	if _, err := steps.Up(ctx); err != nil {
		return translate(err)
	}
	now := time.Now()
	return translate(ensurePartitions(ctx, db, now, now))
}

// oldestServer is the least version of PostgreSQL that is supported, as the
// server numbers itself: 150000 is 15.0.
const oldestServer = 150000

func checkServerVersion(ctx context.Context, db *sql.DB) error {
	var number int
	var name string
	err := db.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version')`).Scan(&number, &name)
	if err != nil {
		return translate(err)
	}
	return supportedServer(number, name)
}

func supportedServer(number int, name string) error {
	if number < oldestServer {
		return fmt.Errorf("the database is PostgreSQL %s, which is too old: Wherefore needs PostgreSQL %d or later", name, oldestServer/10000)
	}
	return nil
}

// EnsurePartitions makes the partitions for events that arrive from the month
// of a given time until some months ahead of now. Call it daily, and before
// adding events with an older arrival.
func (s *Store) EnsurePartitions(ctx context.Context, from time.Time) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error { return ensurePartitions(ctx, tx, from, time.Now()) })
}

type execer interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

// ensurePartitions begins a day early: clocks of replicas differ.
func ensurePartitions(ctx context.Context, db execer, from, now time.Time) error {
	_, err := db.ExecContext(ctx, `
		SELECT make_event_partition(month)
		FROM generate_series(date_trunc('month', $1::timestamptz - interval '1 day', 'UTC'),
		                     $2::timestamptz + make_interval(months => $3), interval '1 month') AS month
		ORDER BY month`, from, now, partitionsAhead)
	return err
}
