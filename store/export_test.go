package store

import "github.com/jmoiron/sqlx"

// DB is the pool of a store, for tests of its connections.
func (s *Store) DB() *sqlx.DB { return s.db }

// SupportedServer is the check of a server's version, which no server that
// tests run on fails.
var SupportedServer = supportedServer

// Kept is how many answers a directory keeps.
func (d *Directory) Kept() int { return d.kept.Len() }

// Limits of a directory.
const (
	MaxDirectoryAnswers = maxDirectoryAnswers
	DirectoryFailures   = directoryFailures
)
