package demo

import (
	"log/slog"
	"net/url"
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/datadir"
	"wherefore/web/service"
)

// newService is a service on an empty database, and its address.
func newService(t *testing.T) (*service.Service, string) {
	t.Helper()
	address := storetest.URL(t)
	c := service.Config{BaseURL: &url.URL{Scheme: "http", Host: "localhost:1"}, SessionKeys: [][]byte{make([]byte, 32)}, QuarantineDays: 30}
	v, err := service.New(t.Context(), c, storetest.Open(t, address), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return v, address
}

// newFiller fills an empty database.
func newFiller(t *testing.T) filler {
	t.Helper()
	v, _ := newService(t)
	return filler{v, Config{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}}
}

// demoService is a service with the whole demo, and the address of its database.
func demoService(t *testing.T) (*service.Service, string) {
	t.Helper()
	v, address := newService(t)
	if err := Fill(t.Context(), v, Config{DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	return v, address
}

func storedErrors(t *testing.T, v filler) (n int) {
	t.Helper()
	groups, err := v.Store.EventGroups(t.Context(), store.EventFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		n += g.Events
	}
	return n
}

func TestDemoFillsAnEmptyDatabaseOnce(t *testing.T) {
	t.Parallel()
	v := newFiller(t)
	if err := v.fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	events := storedErrors(t, v)
	if events == 0 {
		t.Fatal("the database is still empty")
	}
	if err := v.fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := storedErrors(t, v); again != events {
		t.Errorf("%d events, then %d", events, again)
	}
	password, err := datadir.Kept(v.DataDir, passwordFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range domain.Roles() {
		user, err := v.Store.User(t.Context(), string(role))
		if err != nil || user.Role != role || !domain.PasswordMatches(user.PasswordHash, password) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// A start after a crash stores what is missing of the history, and that once.
func TestDemoGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	v := newFiller(t)
	said, err := datadir.Keep(v.DataDir, endFile, func() string { return testEnd.Format(time.RFC3339) })
	if err != nil || said == "" {
		t.Fatal(said, err)
	}
	history := newHistory(v.Catalog, historySeed, testEnd)
	if err := v.addEvents(t.Context(), senderNames()[0], history[:len(history)/2]); err != nil {
		t.Fatal(err)
	}
	errors := 0
	for _, e := range history {
		if e.Type.HasError() {
			errors++
		}
	}
	for range 2 {
		if err := v.fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		if stored := storedErrors(t, v); stored != errors {
			t.Errorf("%d errors are stored of %d", stored, errors)
		}
	}
}

// What is unknown in the demo must stay unknown as the catalogue grows, and
// its samples must be known.
func TestDemoErrorsAreExplainedAsMeant(t *testing.T) {
	t.Parallel()
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	unparsed, errors := 0, 0
	for _, e := range newHistory(c, historySeed, testEnd) {
		if !e.Type.HasError() {
			continue
		}
		errors++
		if !api.Explain(engine, e.Event).Verdict.Parsed() {
			unparsed++
		}
	}
	if share := float64(unparsed) / float64(errors); share < 0.005 || share > 0.15 {
		t.Errorf("%d of %d errors are unparsed", unparsed, errors)
	}
	d := &demo{random: newRandom(1), end: testEnd}
	for _, m := range append(slices.Clone(mysteries), changedAnswer.answer) {
		said := d.saying(m)
		if verdict := engine.Explain(m.network, said.Status, said.Error).Verdict; verdict.Parsed() {
			t.Errorf("%s explains %s", verdict.Parser, said.Error)
		}
	}
}
