package store

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// demoDirectoryQuery reads the accounts of a made-up company. Its table has other names
// than the fields of an event, as a company's has.
const demoDirectoryQuery = `SELECT external_id AS profile_id, platform AS network, title AS profile_name, customer AS owner_id, login AS credential_id
	FROM demo_company.accounts WHERE external_id = ANY($1)`

// DemoDirectory returns the query of the directory that MakeDemoDirectory has made, ""
// if there is none.
func (s *Store) DemoDirectory(ctx context.Context) (string, error) {
	var there bool
	err := s.db.GetContext(ctx, &there, `SELECT to_regclass('demo_company.accounts') IS NOT NULL`)
	if err != nil || !there {
		return "", translate(err)
	}
	return demoDirectoryQuery, nil
}

// MakeDemoDirectory makes a directory for a demo, in a schema of its own beside the
// tables of the service, and returns its query. It is made whole or not at all, and once
// if several processes make it.
func (s *Store) MakeDemoDirectory(ctx context.Context, profiles []DirectoryProfile) (string, error) {
	return demoDirectoryQuery, s.tx(ctx, func(tx *sqlx.Tx) error {
		for _, statement := range []string{
			`SELECT pg_advisory_xact_lock(hashtext('demo_company'))`,
			`CREATE SCHEMA IF NOT EXISTS demo_company`,
			`CREATE TABLE IF NOT EXISTS demo_company.accounts (
			    external_id text PRIMARY KEY, platform text NOT NULL, title text NOT NULL, customer text NOT NULL, login text NOT NULL)`,
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO demo_company.accounts
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING`,
			textColumn(profiles, func(p DirectoryProfile) string { return p.ProfileID }),
			textColumn(profiles, func(p DirectoryProfile) string { return p.Network }),
			textColumn(profiles, func(p DirectoryProfile) string { return p.ProfileName }),
			textColumn(profiles, func(p DirectoryProfile) string { return p.OwnerID }),
			textColumn(profiles, func(p DirectoryProfile) string { return p.CredentialID }))
		return err
	})
}
