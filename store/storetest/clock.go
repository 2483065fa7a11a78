package storetest

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// Ahead returns the address of a database by whose clock it is later, or with a
// negative difference earlier, than by that of the process: what a replica sees
// whose own clock is wrong. It is so for those who use that address.
func Ahead(t testing.TB, address string, by time.Duration) string {
	t.Helper()
	_, err := DB(t, address).ExecContext(t.Context(), fmt.Sprintf(`
		CREATE SCHEMA clock;
		CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
		    AS $$ SELECT pg_catalog.now() + interval '%[1]d microseconds' $$;
		CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
		    AS $$ SELECT pg_catalog.clock_timestamp() + interval '%[1]d microseconds' $$`, by.Microseconds()))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", "public, clock, pg_catalog") // before what it stands for
	u.RawQuery = q.Encode()
	return u.String()
}
