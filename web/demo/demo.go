package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/web/datadir"
	"wherefore/web/service"
)

// Config says how a database is filled.
type Config struct {
	DataDir       string // holds the password, and while a history is stored its end
	AdminPassword string // of user admin, who has one already if it is not empty
	Log           *slog.Logger
}

// filler fills a service's database.
type filler struct {
	*service.Service
	Config
}

const (
	historySeed = 20261121
	batchSize   = 1000 // events that are stored in one transaction
)

// endFile, in the data directory while a history is being stored, holds its
// end. A start after a crash makes up the same history again, and stores what is
// missing of it.
const endFile = "demo-end"

// Fill fills an empty database with users and a made-up history. A
// database that holds other events stays as it is. The users come first, so that
// someone can sign in whatever happens to the rest.
func Fill(ctx context.Context, of *service.Service, c Config) error { return filler{of, c}.fill(ctx) }

func (v filler) fill(ctx context.Context) error {
	found, err := v.Store.Events(ctx, store.EventFilter{}, "", 1)
	if err != nil {
		return err
	}
	if _, err := datadir.Kept(v.DataDir, endFile); len(found.Rows) > 0 && errors.Is(err, fs.ErrNotExist) {
		v.Log.InfoContext(ctx, "no history was made up, and nothing added: the database holds events already",
			"latest", found.Rows[0].OccurredAt, "source", found.Rows[0].Source)
		return nil
	}
	if err := v.addUsers(ctx); err != nil {
		return err
	}
	start := time.Now()
	said, err := datadir.Keep(v.DataDir, endFile, func() string { return start.Format(time.RFC3339) })
	if err != nil {
		return err
	}
	end, err := time.Parse(time.RFC3339, said)
	if err != nil {
		return fmt.Errorf("%s: %w", endFile, err)
	}
	events := newHistory(v.Catalog, historySeed, end)
	for _, source := range senderNames() {
		if err := v.addEvents(ctx, source, events); err != nil {
			return err
		}
	}
	if err := v.addQuarantine(ctx, end); err != nil {
		return err
	}
	if err := v.addParserWork(ctx); err != nil {
		return err
	}
	v.Log.InfoContext(ctx, "history made up", "events", len(events), "took", time.Since(start).Round(time.Millisecond))
	return os.Remove(filepath.Join(v.DataDir, endFile))
}

// addUsers makes a user for each role, named like it. The admin of the
// environment has a password already.
func (v filler) addUsers(ctx context.Context) error {
	password, err := datadir.Keep(v.DataDir, passwordFile, func() string { return strings.ToLower(rand.Text()[:12]) })
	if err != nil {
		return err
	}
	for _, role := range domain.Roles() {
		if role == domain.Admin && v.AdminPassword != "" {
			continue
		}
		if err := service.EnsureUser(ctx, v.Store, string(role), role, password); err != nil {
			return err
		}
	}
	return v.addSignIns(ctx, password)
}

// formerUser is a user of the demo who may not sign in any more.
const formerUser = "former"

// addSignIns makes what an admin looks after: a user who is disabled and can
// be enabled again, and somebody who tried passwords.
func (v filler) addSignIns(ctx context.Context, password string) error {
	if err := service.EnsureUser(ctx, v.Store, formerUser, domain.PM, password); err != nil {
		return err
	}
	if err := v.Store.DisableUser(ctx, service.Environment, formerUser); err != nil {
		return err
	}
	for tries, user := range []string{store.UnknownUser, string(domain.Support), formerUser} {
		details := map[string]any{"address": "203.0.113.66", "tries": tries + 1}
		if err := v.Store.AddFailure(ctx, store.Stranger, "user.sign-in-failed", user, details); err != nil {
			return err
		}
	}
	return nil
}

// addEvents stores the events of one source, as if each had arrived when
// it occurred.
func (v filler) addEvents(ctx context.Context, name string, events []historyEvent) error {
	source, err := v.Store.AddSource(ctx, name)
	if err != nil {
		return err
	}
	var batch []store.NewEvent
	for i, e := range events {
		if e.Source == name {
			n := api.Explain(v.Engine, e.Event)
			n.ArrivedAt, n.Lookups = e.OccurredAt.Add(time.Second), e.lookups
			batch = append(batch, n)
		}
		if len(batch) == batchSize || (i == len(events)-1 && len(batch) > 0) {
			if _, err := v.Store.AddEvents(ctx, source.ID, batch, nil); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return nil
}

// passwordFile, in the data directory, says that the database was filled
// from there, and how to sign in.
const passwordFile = "demo-password"

// Password is how to sign in to a database that was filled from this data directory,
// "" if none was.
func Password(dataDir string) string {
	password, _ := datadir.Kept(dataDir, passwordFile)
	return password
}
