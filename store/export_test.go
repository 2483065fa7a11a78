package store

import "github.com/jmoiron/sqlx"

// DB is the pool of a store, for tests of its connections.
func (s *Store) DB() *sqlx.DB { return s.db }

// SupportedServer is the check of a server's version, which no server that
// tests run on fails.
var SupportedServer = supportedServer
