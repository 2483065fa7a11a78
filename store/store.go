package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
)

// Store is a pool of connections to Wherefore's database. It is safe for
// concurrent use.
type Store struct {
	db        *sqlx.DB
	quick     *sqlx.DB      // of connections that keep plans, for intake, answers and their look-ups by keys
	snapshots chan struct{} // as many as may be open at once
}

// DefaultConnections and MinConnections are how many connections a store opens at
// most unless told otherwise, and how many it needs at least.
const (
	DefaultConnections = 20
	MinConnections     = 5
)

// quickShare is the part of the connections that are only for intake and answers.
const quickShare = 2

// Open connects to the database at a postgres:// address, which may be that of
// a pooler, with so many connections at most. It neither makes nor checks the schema: see Migrate and Ready.
func Open(ctx context.Context, address string, connections int) (*Store, error) {
	address, err := sessionAddress(address)
	if err != nil {
		return nil, err
	}
	session, err := isSession(ctx, address)
	if err != nil {
		return nil, translate(err)
	}
	forWork, forQuick := ownSession, keptPlans
	if !session {
		forWork, forQuick = lentSession, lentSession
	}
	work, err := openPool(ctx, address, connections-connections/quickShare, forWork)
	if err != nil {
		return nil, err
	}
	quick, err := openPool(ctx, address, connections/quickShare, forQuick)
	if err != nil {
		return nil, errors.Join(err, work.Close())
	}
	return &Store{db: work, quick: quick, snapshots: make(chan struct{}, connections/connectionsPerSnapshot)}, nil
}

func openPool(ctx context.Context, address string, connections int, use sessionUse) (*sqlx.DB, error) {
	c, err := newConnector(address, workLimits, use)
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(c), "postgres")
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(translate(err), db.Close())
	}
	db.Mapper = reflectx.NewMapperFunc("db", snakeCase)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(time.Hour)
	return db, nil
}

// Close lets go of all connections.
func (s *Store) Close() error { return errors.Join(s.db.Close(), s.quick.Close()) }

// Ready reports whether the database answers and has the schema.
func (s *Store) Ready(ctx context.Context) error {
	var there bool
	err := s.db.GetContext(ctx, &there, `SELECT to_regclass('goose_db_version') IS NOT NULL AND to_regclass('jobs') IS NOT NULL`)
	if err != nil {
		return translate(err)
	}
	if !there {
		return unavailable("The database has no schema yet.", nil)
	}
	return nil
}

// connectSeconds is how long opening a connection may take.
const connectSeconds = "5"

// sessionAddress makes every session of an address show times in UTC, and fail
// when it can't be opened in time.
func sessionAddress(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		// Not with err: it would repeat the password.
		return "", fmt.Errorf("the database's address must look like postgres://user:password@host/name?sslmode=…")
	}
	q := u.Query()
	q.Set("timezone", "UTC")
	if !q.Has("connect_timeout") {
		q.Set("connect_timeout", connectSeconds)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// snakeCase names the column of a struct's field: SourceID is source_id.
func snakeCase(field string) string {
	var b strings.Builder
	for i, r := range field {
		upper := 'A' <= r && r <= 'Z'
		if upper && i > 0 && startsWord(field, i) {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}

// startsWord reports whether the capital at i begins a word: the one before it
// is small, or the one after it is.
func startsWord(field string, i int) bool {
	small := func(c byte) bool { return c < 'A' || c > 'Z' }
	return small(field[i-1]) || i+1 < len(field) && small(field[i+1])
}
