package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/scrub"
	"wherefore/handlers"
	"wherefore/handlers/api"
	"wherefore/store"
)

// service is what a running server consists of, behind its routes.
type service struct {
	config        config
	store         *store.Store
	catalog       *catalog.Catalog
	engine        *explain.Engine
	loadingSplits sync.Mutex
	ids           scrub.Hasher
	metrics       *metrics
	log           *slog.Logger

	sessions *handlers.Sessions
}

// newService opens the database, brings it up to date with this program, and
// loads what is live in it.
func newService(ctx context.Context, c config, db *database, log *slog.Logger) (*service, error) {
	words, engine, err := explain.Load()
	if err != nil {
		return nil, err
	}
	keys, err := sessionKeys(c)
	if err != nil {
		return nil, err
	}
	s, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	key, err := s.HashKey(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	v := &service{config: c, store: s, catalog: words, engine: engine, ids: scrub.NewHasher(key), metrics: newMetrics(), log: log}
	v.sessions = handlers.NewSessions(s, keys, c.baseURL.Scheme == "https")
	v.sessions.Proxies, v.sessions.Log, v.sessions.Count = c.trustedProxies, log, v.metrics.countSignIn
	if err := v.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return v, nil
}

func (v *service) prepare(ctx context.Context) error {
	if _, err := syncCatalogue(ctx, v.store, v.catalog); err != nil {
		return err
	}
	if err := bootstrap(ctx, v.store, v.config); err != nil {
		return err
	}
	if err := v.loadSplits(ctx); err != nil {
		return err
	}
	if err := v.rulesets().loadChanged(ctx); err != nil || !v.config.demo {
		return err
	}
	return v.fillDemo(ctx)
}

func (v *service) rulesets() rulesets { return rulesets{v.store, v.engine, v.log} }

func (v *service) api() *api.API {
	return &api.API{
		Store: v.store, Engine: v.engine, Catalog: v.catalog, IDs: v.ids, Log: v.log,
		EventURL: func(id string) string { return v.config.baseURL.JoinPath("events", id).String() },
	}
}

func (v *service) dashboard() *handlers.Dashboard {
	return &handlers.Dashboard{
		Store: v.store, Engine: v.engine, Catalog: v.catalog, BaseURL: v.config.baseURL.String(),
		QuarantineDays: v.config.quarantineDays, Reread: v.api().Reread,
	}
}
