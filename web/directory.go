package main

import (
	"context"
	"fmt"
	"log/slog"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/web/demo"
)

// useDemoDirectory lets a demo have a directory of its own, unless one is configured.
func (c *config) useDemoDirectory(ctx context.Context, s *store.Store, db *database) error {
	if c.directoryURL != "" {
		return nil
	}
	query, err := demo.Directory(ctx, s, c.dataDir)
	if err == nil && query != "" {
		c.directoryURL, c.directoryQuery = db.url, query
	}
	return err
}

// openDirectory returns the configured directory, nil without one. A query with columns
// that can't be used is an error. A directory that does not answer, or refuses the query,
// is asked again as long as the service runs.
func openDirectory(ctx context.Context, c config, log *slog.Logger) (*store.Directory, error) {
	if c.directoryURL == "" {
		return nil, nil
	}
	d, err := store.OpenDirectory(c.directoryURL, c.directoryQuery)
	if err != nil {
		return nil, err
	}
	err = d.Check(ctx)
	if domain.KindOf(err) == domain.Invalid {
		_ = d.Close() // nothing was read
		return nil, fmt.Errorf("WHEREFORE_DIRECTORY_QUERY: %w", err)
	}
	if err != nil {
		log.WarnContext(ctx, "the directory can't be asked as yet", "error", err)
	}
	return d, nil
}
