package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/store"
)

var sequence atomic.Int64

// Source adds a source.
func Source(t testing.TB, s *store.Store) store.Source {
	t.Helper()
	source, err := s.AddSource(t.Context(), fmt.Sprintf("source-%d", sequence.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// User adds a user of a role, whose name is the role's.
func User(t testing.TB, s *store.Store, role domain.Role) store.User {
	t.Helper()
	user, err := s.AddUser(t.Context(), store.Actor{Name: "test"}, string(role), role, "no password")
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// NewEvent makes an unparsed error of facebook that disconnected a profile
// just now, other than all before it, changed by change.
func NewEvent(change ...func(*store.NewEvent)) store.NewEvent {
	n := sequence.Add(1)
	e := store.NewEvent{
		Event: domain.Event{
			SourceEventID: fmt.Sprintf("event-%d", n),
			Type:          domain.Disconnected,
			ProfileID:     fmt.Sprintf("profile-%d", n),
			Network:       domain.Facebook,
			OccurredAt:    time.Now(),
			Status:        400,
			Raw:           []byte(`{"error":{"code":190,"message":"made for a test"}}`),
		},
		Cleaned: `{"error":{"code":190,"message":"made for a test"}}`,
		Facts:   domain.Facts{Format: domain.JSON, Status: 400, Code: "190", Message: "made for a test"},
	}
	for _, c := range change {
		c(&e)
	}
	e.Shape = cluster.Of(e.Network, e.Facts)
	return e
}

// Parsed gives an event a verdict: a cause on the event's network.
func Parsed(cause domain.Cause) func(*store.NewEvent) {
	return func(e *store.NewEvent) {
		e.Verdict = domain.Verdict{Reason: domain.Reason(e.Network, cause), Parser: string(cause), Ruleset: 1}
	}
}

// Event stores what NewEvent makes, from a source of its own, and returns its id.
func Event(t testing.TB, s *store.Store, change ...func(*store.NewEvent)) string {
	t.Helper()
	return Add(t, s, Source(t, s).ID, NewEvent(change...))[0].EventID
}

// Add stores events of a source.
func Add(t testing.TB, s *store.Store, sourceID int64, events ...store.NewEvent) []store.Outcome {
	t.Helper()
	outcomes, err := s.AddEvents(t.Context(), sourceID, events, nil)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}
