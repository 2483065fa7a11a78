package storetest

import (
	"database/sql"
	"testing"

	"wherefore/store"
)

// DirectoryQuery is a query of what MakeDirectory makes.
const DirectoryQuery = `SELECT ref AS profile_id, platform AS network, title AS profile_name, customer AS owner_id, login AS credential_id
	FROM accounts WHERE ref = ANY($1)`

// MakeDirectory makes a company's database of profiles on the server of New, and returns
// its address and a connection to it. Its accounts are the test's to add.
func MakeDirectory(t testing.TB) (address string, db *sql.DB) {
	t.Helper()
	address = URL(t)
	db = DB(t, address)
	_, err := db.ExecContext(t.Context(), `CREATE TABLE accounts (ref text, platform text, title text, customer text, login text)`)
	if err != nil {
		t.Fatal(err)
	}
	return address, db
}

// AddAccount adds a profile to a directory.
func AddAccount(t testing.TB, db *sql.DB, ref, platform, title, customer, login string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), `INSERT INTO accounts VALUES ($1, $2, $3, $4, $5)`, ref, platform, title, customer, login)
	if err != nil {
		t.Fatal(err)
	}
}

// Directory opens a directory.
func Directory(t testing.TB, address, query string) *store.Directory {
	t.Helper()
	d, err := store.OpenDirectory(address, query)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}
