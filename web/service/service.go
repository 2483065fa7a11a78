package service

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"sync"

	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/scrub"
	"wherefore/handlers"
	"wherefore/handlers/administration"
	"wherefore/handlers/api"
	"wherefore/handlers/clusters"
	"wherefore/handlers/events"
	"wherefore/handlers/profiles"
	"wherefore/handlers/quarantine"
	"wherefore/handlers/reports"
	"wherefore/handlers/rulesets"
	"wherefore/handlers/trials"
	"wherefore/handlers/workbench"
	"wherefore/store"
)

// Config is what a service is told about its surroundings.
type Config struct {
	BaseURL        *url.URL         // as people reach the dashboard
	SessionKeys    [][]byte         // that sign session cookies, newest first
	TrustedProxies handlers.Proxies // whose X-Forwarded-For is believed
	AdminPassword  string           // of user admin; empty: the user is left alone
	Token          string           // API token of source bootstrap; empty: none
	Intervals      Intervals        // of background workers; zero: the defaults
	Directory      *store.Directory // the company's own database of profiles; nil without one
	Rates          api.Rates        // at which each source may send; zero: no limit
	QuarantineDays int              // after which an open entry expires, and an ended one is removed
}

// Service is what a running server consists of, behind its routes.
type Service struct {
	Store   *store.Store
	Catalog *catalog.Catalog
	Engine  *explain.Engine

	config        Config
	intake        *store.Intake
	tokens        *store.Tokens
	loadingSplits sync.Mutex
	ids           scrub.Hasher
	metrics       *metrics
	log           *slog.Logger
	sessions      *handlers.Sessions
}

// New brings what is in a migrated database up to date with this program, and loads
// what is live in it. The store stays the caller's to close.
func New(ctx context.Context, c Config, s *store.Store, log *slog.Logger) (*Service, error) {
	words, engine, err := explain.Load()
	if err != nil {
		return nil, err
	}
	key, err := s.HashKey(ctx)
	if err != nil {
		return nil, err
	}
	if c.Intervals == (Intervals{}) {
		c.Intervals = DefaultIntervals()
	}
	v := &Service{Store: s, intake: store.NewIntake(s), tokens: store.NewTokens(s), Catalog: words, Engine: engine, config: c, ids: scrub.NewHasher(key), metrics: newMetrics(), log: log}
	v.sessions = handlers.NewSessions(s, c.SessionKeys, c.BaseURL.Scheme == "https")
	v.sessions.Proxies, v.sessions.Log, v.sessions.Count = c.TrustedProxies, log, v.metrics.countSignIn
	return v, v.prepare(ctx)
}

// Close lets go of all connections: to the database, and to the directory.
func (v *Service) Close() error {
	err := v.Store.Close()
	if v.config.Directory != nil {
		err = errors.Join(err, v.config.Directory.Close())
	}
	return err
}

func (v *Service) prepare(ctx context.Context) error {
	if _, err := SyncCatalog(ctx, v.Store, v.Catalog); err != nil {
		return err
	}
	if err := bootstrap(ctx, v.Store, v.config); err != nil {
		return err
	}
	if err := v.loadSplits(ctx); err != nil {
		return err
	}
	return v.rulesetLoader().loadChanged(ctx)
}

func (v *Service) rulesetLoader() rulesetLoader {
	return rulesetLoader{v.Store, v.Engine, v.tokens, v.log}
}

// API answers services.
func (v *Service) API() *api.API {
	return &api.API{
		Store: v.Store, Intake: v.intake, Tokens: v.tokens, Engine: v.Engine, Catalog: v.Catalog, IDs: v.ids, Log: v.log, Rates: v.config.Rates,
		Directory: v.config.Directory, CountLookup: v.metrics.countLookup,
		EventURL: func(id string) string { return v.config.BaseURL.JoinPath("events", id).String() },
	}
}

func (v *Service) administration() *administration.Pages {
	return &administration.Pages{Store: v.Store}
}

func (v *Service) clusters() *clusters.Pages { return &clusters.Pages{Store: v.Store} }

func (v *Service) events() *events.Pages {
	return &events.Pages{Store: v.Store, Engine: v.Engine, Catalog: v.Catalog}
}

func (v *Service) profiles() *profiles.Pages {
	return &profiles.Pages{Store: v.Store, Catalog: v.Catalog}
}

func (v *Service) quarantine() *quarantine.Pages {
	return &quarantine.Pages{Store: v.Store, Directory: v.config.Directory, Days: v.config.QuarantineDays, Reread: v.API().Reread}
}

func (v *Service) reports() *reports.Pages {
	return &reports.Pages{Store: v.Store, Engine: v.Engine, Catalog: v.Catalog, BaseURL: v.config.BaseURL.String()}
}

func (v *Service) rulesets() *rulesets.Pages {
	return &rulesets.Pages{Store: v.Store, Engine: v.Engine, Catalog: v.Catalog, Trials: v.trials()}
}

func (v *Service) trials() *trials.Pages {
	return &trials.Pages{Store: v.Store, Engine: v.Engine, Catalog: v.Catalog}
}

func (v *Service) workbench() *workbench.Pages {
	return &workbench.Pages{Store: v.Store, Engine: v.Engine, Catalog: v.Catalog, Trials: v.trials(), Rulesets: v.rulesets()}
}
