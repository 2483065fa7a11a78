package store

import "github.com/jmoiron/sqlx"

// DB is the pool of a store, for tests of its connections.
func (s *Store) DB() *sqlx.DB { return s.db }
