package main

import (
	"cmp"
	"context"
	"log/slog"

	"wherefore/store"
	"wherefore/store/embedded"
)

// database is where the data are: on a server of somebody's, or on one that
// this process runs for itself.
type database struct {
	url       string
	directURL string // past any pooler
	server    *embedded.Server
}

// startDatabase returns the configured database, or starts one on the data directory.
func startDatabase(ctx context.Context, c config, log *slog.Logger) (*database, error) {
	if c.databaseURL != "" {
		return &database{url: c.databaseURL, directURL: cmp.Or(c.directURL, c.databaseURL)}, nil
	}
	log.Info("starting Postgres", "data", c.dataDir)
	server, err := embedded.Start(ctx, embedded.Config{DataDir: c.dataDir})
	if err != nil {
		return nil, err
	}
	return &database{url: server.URL(), directURL: server.URL(), server: server}, nil
}

// open brings the database up to date, past any pooler, and connects to it.
func (d *database) open(ctx context.Context) (*store.Store, error) {
	if err := store.Migrate(ctx, d.directURL); err != nil {
		return nil, err
	}
	return store.Open(ctx, d.url)
}

func (d *database) stop() error {
	if d.server == nil {
		return nil
	}
	return d.server.Stop()
}
