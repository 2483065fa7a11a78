// Package migrations holds the database's schema as numbered steps forward.
// A step that has shipped is never edited; a mistake is mended by the next one.
// schema.sql shows what all steps together give; make generate writes it.
package migrations

import "embed"

// FS holds the steps, for goose.
//
//go:embed [0-9]*.sql
var FS embed.FS
