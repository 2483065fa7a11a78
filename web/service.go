package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"wherefore/domain/catalog"
	"wherefore/domain/parse"
	"wherefore/handlers/api"
	"wherefore/store"
)

// service is what a running server consists of, behind its routes.
type service struct {
	config  config
	store   *store.Store
	catalog *catalog.Catalog
	engine  *parse.Engine
	metrics *metrics
	log     *slog.Logger
}

// newService opens the database, brings it up to date with this program, and
// loads what is live in it.
func newService(ctx context.Context, c config, db *database, log *slog.Logger) (*service, error) {
	words, engine, err := loadEngine()
	if err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, db.directURL); err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, db.url)
	if err != nil {
		return nil, err
	}
	v := &service{c, s, words, engine, newMetrics(), log}
	if err := v.prepare(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return v, nil
}

func (v *service) prepare(ctx context.Context) error {
	if err := syncCatalogue(ctx, v.store, v.catalog); err != nil {
		return err
	}
	if err := v.addBootstrapToken(ctx); err != nil {
		return err
	}
	return v.rulesets().loadChanged(ctx)
}

// addBootstrapToken gives the configured token to source bootstrap.
func (v *service) addBootstrapToken(ctx context.Context) error {
	if v.config.token == "" {
		return nil
	}
	_, err := v.store.AddToken(ctx, store.Actor{Name: "configuration"}, "bootstrap", store.HashToken(v.config.token))
	return err
}

func (v *service) rulesets() rulesets { return rulesets{v.store, v.engine, v.log} }

func (v *service) api() *api.API {
	return &api.API{
		Store: v.store, Engine: v.engine, Catalog: v.catalog, Log: v.log,
		EventURL: func(id string) string { return v.config.baseURL.JoinPath("events", id).String() },
	}
}

// work runs the background workers until ctx ends, and returns when all have.
func (v *service) work(ctx context.Context, directURL string) {
	var workers sync.WaitGroup
	workers.Go(func() { v.rulesets().follow(ctx, directURL) })
	workers.Go(func() { v.makePartitions(ctx) })
	workers.Wait()
}

// makePartitions keeps partitions ready for the events of coming months.
func (v *service) makePartitions(ctx context.Context) {
	for ctx.Err() == nil {
		if err := v.store.EnsurePartitions(ctx, time.Now()); err != nil && ctx.Err() == nil {
			v.log.Error("no partitions made", "error", err)
		}
		pause(ctx, time.Hour)
	}
}
