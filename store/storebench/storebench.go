// Package storebench makes large databases and measures bare SQL on them, so
// that costs can be compared with what PostgreSQL alone would take.
package storebench

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"wherefore/domain"
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

func (b *Base) exec(ctx context.Context, statement string, args ...any) error {
	_, err := b.db.ExecContext(ctx, statement, args...)
	return err
}
