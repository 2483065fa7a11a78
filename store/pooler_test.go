package store_test

import (
	"fmt"
	"testing"

	"wherefore/store"
	"wherefore/store/storetest"
)

// Behind PgBouncer in transaction mode, a crowd of callers shares fewer sessions than
// there are connections: each hears what it asked for.
func TestCrowdSharesTheSessionsOfAPooler(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, storetest.Pooler(t, address))
	in, source := store.NewIntake(s), storetest.Source(t, s)
	err := atOnce(func(caller int) error {
		profile := fmt.Sprint("profile of caller ", caller)
		for range 4 {
			event := storetest.NewEvent(func(e *store.NewEvent) { e.ProfileID = profile })
			if _, err := in.Add(t.Context(), source.ID, []store.NewEvent{event}, nil); err != nil {
				return err
			}
			got, err := s.Profile(t.Context(), profile)
			if err == nil && got.ID != profile {
				err = fmt.Errorf("asked for %q, got %q", profile, got.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	storetest.CheckCounts(t, storetest.DB(t, address))
}

// What is set for a transaction holds there, and is gone for the next client of the
// pooler.
func TestSettingsEndWithTheTransactionBehindAPooler(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.Pooler(t, storetest.URL(t)))
	limit := func(row interface{ Scan(...any) error }) string {
		t.Helper()
		var value string
		if err := row.Scan(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	tx, err := s.DB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := limit(tx.QueryRowContext(t.Context(), `SHOW lock_timeout`)); got != "10s" {
		t.Errorf("within a transaction the limit of locks is %s", got)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := limit(s.DB().QueryRowContext(t.Context(), `SHOW lock_timeout`)); got != "0" {
		t.Errorf("after the transaction the limit of locks is %s", got)
	}
}
