// Package migrations holds the database's schema as numbered steps forward.
// A step that has shipped is never edited; a mistake is mended by the next one.
package migrations

import "embed"

// FS holds the steps, for goose.
//
//go:embed *.sql
var FS embed.FS
