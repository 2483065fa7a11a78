package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"wherefore/store"
	"wherefore/store/embedded"
)

// database is where the data are: on a server of somebody's, or on one that
// this process runs for itself.
type database struct {
	url         string
	directURL   string // past any pooler
	connections int
	server      *embedded.Server
}

// errDatabaseEnded ends the program, so that whoever started it starts it again,
// which also recovers the data.
var errDatabaseEnded = errors.New("the Postgres in the data directory ended by itself; postgres.log there says why")

// startDatabase returns the configured database, or starts one on the data directory.
func startDatabase(ctx context.Context, c config, log *slog.Logger) (*database, error) {
	if c.databaseURL != "" {
		return &database{url: c.databaseURL, directURL: cmp.Or(c.directURL, c.databaseURL), connections: c.connections}, nil
	}
	log.Info("starting Postgres", "data", c.dataDir)
	server, err := embedded.Start(ctx, embedded.Config{DataDir: c.dataDir})
	if err != nil {
		return nil, err
	}
	return &database{url: server.URL(), directURL: server.URL(), connections: c.connections, server: server}, nil
}

// open brings the database up to date, past any pooler, and connects to it.
func (d *database) open(ctx context.Context) (*store.Store, error) {
	if err := store.Migrate(ctx, d.directURL); err != nil {
		return nil, err
	}
	return store.Open(ctx, d.url, cmp.Or(d.connections, store.DefaultConnections))
}

// whileItRuns returns a context that also ends, with an error as its cause, when
// a database that this process runs for itself has ended by itself.
func (d *database) whileItRuns(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	if d.server == nil {
		return ctx, cancel
	}
	exited := d.server.Exited()
	go func() {
		select {
		case <-exited:
			cancel(errDatabaseEnded)
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

func (d *database) stop() error {
	if d.server == nil {
		return nil
	}
	return d.server.Stop()
}
