package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"wherefore/store"
	"wherefore/store/embedded"
)

// commandLine is who acts on commands, in the audit log.
var commandLine = store.Actor{Name: "command line"}

// An action is what a command such as "user" can do: "add NAME ROLE".
type action struct {
	usage string
	run   func(ctx context.Context, e env, s *store.Store, args []string) error
}

func (a action) name() string { return strings.Fields(a.usage)[0] }
func (a action) args() int    { return len(strings.Fields(a.usage)) - 1 }

// runAction reads a command's flags, and does the action that its arguments
// name on the database.
func runAction(ctx context.Context, e env, command string, actions []action) error {
	c, args, err := readDatabaseConfig(e, command)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return actionUsage(command, actions)
	}
	i := slices.IndexFunc(actions, func(a action) bool { return a.name() == args[0] && a.args() == len(args)-1 })
	if i < 0 {
		return actionUsage(command, actions)
	}
	return withStore(ctx, c, func(s *store.Store) error { return actions[i].run(ctx, e, s, args[1:]) })
}

func actionUsage(command string, actions []action) error {
	var lines []string
	for _, a := range actions {
		lines = append(lines, "  wherefore "+command+" [FLAGS] "+a.usage)
	}
	return fmt.Errorf("usage:\n%s", strings.Join(lines, "\n"))
}

func readDatabaseConfig(e env, command string) (config, []string, error) {
	return readConfig(e, command, "DATABASE_URL", "WHEREFORE_DIRECT_DATABASE_URL", "WHEREFORE_DATA_DIR")
}

// withStore brings the database up to date and hands it to fn. An embedded
// one that a running service has is used beside it.
func withStore(ctx context.Context, c config, fn func(*store.Store) error) (err error) {
	db, err := joinOrStartDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	s, err := db.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return fn(s)
}

func joinOrStartDatabase(ctx context.Context, c config) (*database, error) {
	db, err := startDatabase(ctx, c, slog.New(slog.DiscardHandler))
	if !errors.Is(err, embedded.ErrInUse) {
		return db, err
	}
	url, err := embedded.Running(c.dataDir)
	return &database{url: url, directURL: url}, err
}

// runMigrate brings the database up to date, which serve does too.
func runMigrate(ctx context.Context, e env) error {
	c, args, err := readDatabaseConfig(e, "migrate")
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return fmt.Errorf("migrate does not know what %q means", args[0])
	}
	return withStore(ctx, c, func(*store.Store) error {
		fmt.Fprintln(e.stdout, "the database is up to date")
		return nil
	})
}
