package storetest

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"
	"golang.org/x/crypto/bcrypt"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/domain/ruleset"
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

// Hash returns the hash of a password at the least cost: that of a user whom a
// test only signs in. Signing in reads the cost from the hash.
func Hash(t testing.TB, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(hash)
}

// Builtins makes parsers the built-in ones of a network, as a newer program
// does, and returns the ruleset version that is live then.
func Builtins(t testing.TB, s *store.Store, n domain.Network, specs ...domain.ParserSpec) int {
	t.Helper()
	c, err := s.CatalogVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.Number++
	_, err = s.SyncCatalog(t.Context(), store.Catalog{Version: c, Parsers: map[domain.Network][]domain.ParserSpec{n: specs}})
	if err != nil {
		t.Fatal(err)
	}
	live, err := s.LiveRuleset(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return live.Version
}

// Checked is the check of a change that somebody has consented to whatever it
// does, pins apart. An error's text is its only fact.
func Checked() store.Check {
	return store.Check{
		ReadFacts: func(_ domain.Network, status int, raw []byte) facts.Facts {
			return facts.Facts{Format: facts.Text, Status: status, Message: string(raw)}
		},
		Consent: ruleset.Consent{AnyReason: true, NoEffect: true},
	}
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
		Facts:   facts.Facts{Format: facts.JSON, Status: 400, Code: "190", Message: "made for a test"},
	}
	for _, c := range change {
		c(&e)
	}
	e.Shape = cluster.ShapeOf(e.Network, e.Facts)
	return e
}

// Parsed gives an event a verdict: a cause on the event's network.
func Parsed(cause domain.Cause) func(*store.NewEvent) {
	return func(e *store.NewEvent) {
		e.Verdict = domain.Verdict{Reason: domain.Reason(e.Network, cause), Parser: string(cause), Ruleset: 1}
	}
}

// Ago makes an event occur some time ago.
func Ago(d time.Duration) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.OccurredAt = time.Now().Add(-d) }
}

// OfType gives an event a type.
func OfType(kind domain.EventType) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.Type = kind }
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

// Holding counts, by table, the rows of a database that hold a text in any
// column, bytes included. Tables without such rows are absent.
func Holding(t testing.TB, db *sql.DB, text string) map[string]int {
	t.Helper()
	found := map[string]int{}
	for _, table := range tables(t, db) {
		var n int
		err := db.QueryRowContext(t.Context(), fmt.Sprintf(
			`SELECT count(*) FROM %q AS r WHERE strpos(r::text, $1) > 0 OR strpos(r::text, $2) > 0`, table),
			text, hex.EncodeToString([]byte(text))).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			found[table] = n
		}
	}
	return found
}

// Dump returns all rows of each table of a database as text.
func Dump(t testing.TB, db *sql.DB) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for _, table := range tables(t, db) {
		var text string
		err := db.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT COALESCE(string_agg(r::text, E'\n'), '') FROM %q AS r`, table)).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		rows[table] = text
	}
	return rows
}

func tables(t testing.TB, db *sql.DB) []string {
	t.Helper()
	var names []string
	err := db.QueryRowContext(t.Context(),
		`SELECT array_agg(table_name::text) FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`).
		Scan((*pq.StringArray)(&names))
	if err != nil {
		t.Fatal(err)
	}
	return names
}
