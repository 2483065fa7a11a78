package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/handlers/api"
	"wherefore/store"
)

const (
	demoSeed  = 20261121
	demoBatch = 1000 // events that are stored in one transaction
)

// demoEndFile, in the data directory while a history is being stored, holds its
// end. A start after a crash makes up the same history again, and stores what is
// missing of it.
const demoEndFile = "demo-end"

// fillDemo fills an empty database with users and a made-up history. A
// database that holds other events stays as it is. The users come first, so that
// someone can sign in whatever happens to the rest.
func (v *service) fillDemo(ctx context.Context) error {
	found, err := v.store.Events(ctx, store.EventFilter{}, "", 1)
	if err != nil {
		return err
	}
	if _, err := kept(v.config.dataDir, demoEndFile); len(found.Rows) > 0 && errors.Is(err, fs.ErrNotExist) {
		v.log.InfoContext(ctx, "no history was made up, and nothing added: the database holds events already",
			"latest", found.Rows[0].OccurredAt, "source", found.Rows[0].Source)
		return nil
	}
	if err := v.addDemoUsers(ctx); err != nil {
		return err
	}
	start := time.Now()
	said, err := keep(v.config.dataDir, demoEndFile, func() string { return start.Format(time.RFC3339) })
	if err != nil {
		return err
	}
	end, err := time.Parse(time.RFC3339, said)
	if err != nil {
		return fmt.Errorf("%s: %w", demoEndFile, err)
	}
	events := demoHistory(v.catalog, demoSeed, end)
	for _, source := range demoSourceNames() {
		if err := v.addDemoEvents(ctx, source, events); err != nil {
			return err
		}
	}
	if err := v.addDemoQuarantine(ctx, end); err != nil {
		return err
	}
	if err := v.addDemoParserWork(ctx); err != nil {
		return err
	}
	v.log.InfoContext(ctx, "history made up", "events", len(events), "took", time.Since(start).Round(time.Millisecond))
	return os.Remove(filepath.Join(v.config.dataDir, demoEndFile))
}

// addDemoUsers makes a user for each role, named like it. The admin of the
// environment has a password already.
func (v *service) addDemoUsers(ctx context.Context) error {
	password, err := keep(v.config.dataDir, demoPasswordFile, func() string { return strings.ToLower(rand.Text()[:12]) })
	if err != nil {
		return err
	}
	for _, role := range domain.Roles() {
		if role == domain.Admin && v.config.adminPassword != "" {
			continue
		}
		if err := ensureUser(ctx, v.store, string(role), role, password); err != nil {
			return err
		}
	}
	return v.addDemoSignIns(ctx, password)
}

// formerUser is a user of the demo who may not sign in any more.
const formerUser = "former"

// addDemoSignIns makes what an admin looks after: a user who is disabled and can
// be enabled again, and somebody who tried passwords.
func (v *service) addDemoSignIns(ctx context.Context, password string) error {
	if err := ensureUser(ctx, v.store, formerUser, domain.PM, password); err != nil {
		return err
	}
	if err := v.store.DisableUser(ctx, environment, formerUser); err != nil {
		return err
	}
	for tries, user := range []string{store.UnknownUser, string(domain.Support), formerUser} {
		details := map[string]any{"address": "203.0.113.66", "tries": tries + 1}
		if err := v.store.AddFailure(ctx, store.Stranger, "user.sign-in-failed", user, details); err != nil {
			return err
		}
	}
	return nil
}

// addDemoEvents stores the events of one source, as if each had arrived when
// it occurred.
func (v *service) addDemoEvents(ctx context.Context, name string, events []demoEvent) error {
	source, err := v.store.AddSource(ctx, name)
	if err != nil {
		return err
	}
	var batch []store.NewEvent
	for i, e := range events {
		if e.Source == name {
			n := api.Explain(v.engine, e.Event)
			n.ArrivedAt = e.OccurredAt.Add(time.Second)
			batch = append(batch, n)
		}
		if len(batch) == demoBatch || (i == len(events)-1 && len(batch) > 0) {
			if _, err := v.store.AddEvents(ctx, source.ID, batch, nil); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return nil
}

// demoPasswordFile, in the data directory, says that the database was filled
// from there, and how to sign in.
const demoPasswordFile = "demo-password"

// runDemo fills an empty database, beside a running service too.
func runDemo(ctx context.Context, e env) (err error) {
	c, args, err := readDatabaseConfig(e, "demo")
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return fmt.Errorf("demo does not know what %q means", args[0])
	}
	c.demo, c.baseURL = true, &url.URL{}
	db, err := joinOrStartDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	v, err := newService(ctx, c, db, newLog(e.stderr))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.store.Close()) }()
	return v.invite(ctx, e.stdout)
}

// invite says how to sign in, if that is not known to somebody already.
func (v *service) invite(ctx context.Context, out io.Writer) error {
	users, err := v.store.Users(ctx)
	if err != nil {
		return err
	}
	password, _ := kept(v.config.dataDir, demoPasswordFile) // "" matches nothing
	var names []string
	for _, u := range users {
		if u.DisabledAt == nil && domain.PasswordMatches(u.PasswordHash, password) {
			names = append(names, u.Name)
		}
	}
	switch {
	case len(users) == 0:
		fmt.Fprintln(out, "Nobody can sign in yet: set WHEREFORE_ADMIN_PASSWORD, or run wherefore user add NAME ROLE")
	case v.config.demo && len(names) > 0:
		fmt.Fprintf(out, "Sign in as %s with the password %s\n", strings.Join(names, " or "), password)
	}
	return nil
}
