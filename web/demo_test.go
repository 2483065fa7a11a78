package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
)

// newTestService is a service on a database of its own, filled for the demo if its
// arguments say so.
func newTestService(t *testing.T, args []string, variables ...string) *service {
	t.Helper()
	c, err := readServeConfig(testEnv(args, append(variables, "DATABASE_URL="+storetest.URL(t), "WHEREFORE_DATA_DIR="+t.TempDir(),
		"WHEREFORE_BASE_URL=http://localhost:1")...))
	if err != nil {
		t.Fatal(err)
	}
	v, err := newService(t.Context(), c, &database{url: c.databaseURL, directURL: c.databaseURL}, newLog(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.store.Close() })
	return v
}

func storedErrors(t *testing.T, v *service) (n int) {
	t.Helper()
	groups, err := v.store.EventGroups(t.Context(), store.EventFilter{})
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
	v := newTestService(t, []string{"--demo"})
	events := storedErrors(t, v)
	if events == 0 {
		t.Fatal("the database is still empty")
	}
	if err := v.fillDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := storedErrors(t, v); again != events {
		t.Errorf("%d events, then %d", events, again)
	}
	if said := invitation(t, v); !strings.Contains(said, "Sign in as admin or engineer or pm or support with the password ") {
		t.Errorf("invites with %q", said)
	}
	password, err := kept(v.config.dataDir, demoPasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range domain.Roles() {
		user, err := v.store.User(t.Context(), string(role))
		if err != nil || user.Role != role || !domain.PasswordMatches(user.PasswordHash, password) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// A start after a crash stores what is missing of the history, and that once.
func TestDemoGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	v := newTestService(t, nil)
	said, err := keep(v.config.dataDir, demoEndFile, func() string { return demoEnd.Format(time.RFC3339) })
	if err != nil || said == "" {
		t.Fatal(said, err)
	}
	history := demoHistory(v.catalog, demoSeed, demoEnd)
	if err := v.addDemoEvents(t.Context(), demoSourceNames()[0], history[:len(history)/2]); err != nil {
		t.Fatal(err)
	}
	errors := 0
	for _, e := range history {
		if e.Type.HasError() {
			errors++
		}
	}
	for range 2 {
		if err := v.fillDemo(t.Context()); err != nil {
			t.Fatal(err)
		}
		if stored := storedErrors(t, v); stored != errors {
			t.Errorf("%d errors are stored of %d", stored, errors)
		}
	}
}

func invitation(t *testing.T, v *service) string {
	t.Helper()
	var said strings.Builder
	if err := v.invite(context.WithoutCancel(t.Context()), &said); err != nil {
		t.Fatal(err)
	}
	return said.String()
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
	for _, e := range demoHistory(c, demoSeed, demoEnd) {
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
	d := &demo{random: newDemoRandom(1), end: demoEnd}
	for _, m := range append(slices.Clone(demoMysteries), demoTurn.answer) {
		said := d.saying(m)
		if verdict := engine.Explain(m.network, said.Status, said.Error).Verdict; verdict.Parsed() {
			t.Errorf("%s explains %s", verdict.Parser, said.Error)
		}
	}
}

func TestDemoCommandFillsADatabaseOnce(t *testing.T) {
	t.Parallel()
	address, dir := storetest.URL(t), t.TempDir()
	for range 2 {
		var said strings.Builder
		e := testEnv([]string{"demo"}, "DATABASE_URL="+address, "WHEREFORE_DATA_DIR="+dir)
		e.stdout = &said
		if err := run(t.Context(), e); err != nil || !strings.HasPrefix(said.String(), "Sign in as ") {
			t.Errorf("said %q, %v", said.String(), err)
		}
	}
}

func TestDemoSaysWhyItAddedNothing(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	storetest.Event(t, storetest.Open(t, address))
	var out, log strings.Builder
	e := testEnv([]string{"demo"}, "DATABASE_URL="+address, "WHEREFORE_DATA_DIR="+t.TempDir())
	e.stdout, e.stderr = &out, &log
	if err := run(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "nothing added: the database holds events already") {
		t.Errorf("said %s%s", out.String(), log.String())
	}
}
