package store_test

import (
	"errors"
	"flag"
	"os"
	"testing"

	"wherefore/domain"
	"wherefore/store"
)

// databaseChecks is how often a property of the database is checked unless
// RAPID_CHECKS or -rapid.checks says otherwise, as .ci/run does: each check is
// hundreds of transactions.
const databaseChecks = "20"

func TestMain(m *testing.M) {
	if os.Getenv("RAPID_CHECKS") == "" {
		if err := flag.Set("rapid.checks", databaseChecks); err != nil {
			panic(err) // the flag is one of rapid's
		}
	}
	os.Exit(m.Run())
}

// must unwraps a result in a test: must(f())(t).
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func asError(err error, target **domain.Error) bool { return errors.As(err, target) }

// storedErrors is how many errors there are in the database.
func storedErrors(t testing.TB, s *store.Store) int {
	t.Helper()
	return len(must(s.Events(t.Context(), store.EventFilter{}, "", 10_000))(t).Rows)
}
