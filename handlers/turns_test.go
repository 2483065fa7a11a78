package handlers

import (
	"context"
	"testing"

	"wherefore/domain"
	"wherefore/store/storetest"
)

// Who does not wait for a turn gives it back.
func TestTurnOfAVisitorWhoLeftIsGivenBack(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	turns := newTurns(db, []byte("a key"))
	paces := turns.paces("ann", "192.0.2.1")
	left, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range 100 {
		if i == nameBurst {
			cancel() // all further ones would wait
		}
		_, err := turns.wait(left, paces)
		if want := i >= nameBurst; (domain.KindOf(err) == domain.Unavailable) != want {
			t.Fatalf("try %d: %v", i, err)
		}
	}
}
