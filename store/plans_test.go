package store_test

import (
	"sync"
	"testing"

	"wherefore/store"
	"wherefore/store/storetest"
)

// A replica that runs while another one changes the schema goes on without an error:
// what it has prepared is prepared anew.
func TestPlansOutliveAChangeOfTheSchema(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	source := storetest.Source(t, s)
	first := storetest.NewEvent()
	storetest.Add(t, s, source.ID, first)
	onAll := func(call func() error) { // connections
		t.Helper()
		var all sync.WaitGroup
		for range 2 * store.DefaultConnections {
			all.Go(func() {
				if err := call(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	answer := func() error {
		_, err := s.LatestReason(t.Context(), first.ProfileID)
		return err
	}
	take := func() error {
		_, err := s.AddEvents(t.Context(), source.ID, []store.NewEvent{storetest.NewEvent()}, nil)
		return err
	}
	onAll(answer)
	onAll(take)
	for change, calls := range map[string][]func() error{
		`ALTER TABLE profiles ALTER COLUMN name TYPE varchar(300)`:          {answer, take},
		`ALTER TABLE profiles ALTER COLUMN credential_id TYPE varchar(300)`: {take, answer},
	} {
		if _, err := storetest.DB(t, address).ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		for _, call := range calls {
			onAll(call)
		}
	}
}
