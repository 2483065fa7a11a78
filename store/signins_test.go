package store_test

import (
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// Two replicas count one queue: what one lets through, the other waits for.
func TestTurnsAreSharedByReplicas(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	replicas := []*store.Store{storetest.Open(t, address), storetest.Open(t, address)}
	pace := store.Pace{Key: store.HashToken("ann"), Burst: 2, Interval: time.Hour}
	for i, want := range []time.Duration{-1, 0, 1, 2, 3} { // whole hours to wait
		turns := must(replicas[i%2].TakeTurn(t.Context(), []store.Pace{pace}, 100*time.Hour))(t)
		if got := turns[0].Wait.Round(time.Hour) / time.Hour; got != want || turns[0].Tries != i+1 {
			t.Errorf("try %d waits %v after %d tries", i, turns[0].Wait, turns[0].Tries)
		}
	}
	if _, err := replicas[0].TakeTurn(t.Context(), []store.Pace{pace}, 3*time.Hour); domain.KindOf(err) != domain.TooMany {
		t.Errorf("a turn later than the latest gives %v", err)
	}
	if err := replicas[1].GiveTurnBack(t.Context(), []store.Pace{pace, pace}); err != nil {
		t.Fatal(err)
	}
	turns := must(replicas[0].TakeTurn(t.Context(), []store.Pace{pace}, 3*time.Hour))(t)
	if got := turns[0].Wait.Round(time.Hour); got != 2*time.Hour || turns[0].Tries != 4 {
		t.Errorf("after two were given back it waits %v after %d tries; one that was refused must not count", turns[0].Wait, turns[0].Tries)
	}
}

func TestOldTurnsAreForgotten(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	for _, name := range []string{"old", "new"} {
		must(s.TakeTurn(t.Context(), []store.Pace{{Key: store.HashToken(name), Interval: time.Second}}, time.Hour))(t)
	}
	must(db.ExecContext(t.Context(), `UPDATE sign_in_paces SET due_at = now() - interval '61 minutes' WHERE key = $1`, store.HashToken("old")))(t)
	if err := s.ForgetTurns(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM sign_in_paces`).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d are left, %v", left, err)
	}
}
