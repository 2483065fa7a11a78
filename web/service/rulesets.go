package service

import (
	"context"
	"log/slog"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/parse"
	"wherefore/store"
)

// SyncCatalog makes the catalogue's reasons and built-in parsers known to
// the database, which may make a new version of some rulesets, unless those that
// are live come from a newer program.
func SyncCatalog(ctx context.Context, s *store.Store, c *catalog.Catalog) (domain.Standing, error) {
	brought := store.Catalog{Version: c.Version(), Parsers: map[domain.Network][]domain.ParserSpec{}}
	for _, entry := range c.Networks() {
		for _, r := range entry.Reasons {
			brought.Reasons = append(brought.Reasons, r.ID)
		}
		brought.Parsers[entry.Network] = explain.BuiltinSpecs(entry)
	}
	return s.SyncCatalog(ctx, brought)
}

// rulesetLoader keeps an engine at the rulesets that are live in the database.
type rulesetLoader struct {
	store  *store.Store
	engine *explain.Engine
	tokens *store.Tokens
	log    *slog.Logger
}

// load takes over the live ruleset of one network, as far as it compiles here.
func (r rulesetLoader) load(ctx context.Context, n domain.Network) error {
	live, err := r.store.LiveRuleset(ctx, n)
	if err != nil {
		return err
	}
	next, left := live.Compile()
	for _, err := range left {
		r.log.Error("parser left out", "error", err)
	}
	level := slog.LevelInfo
	if before := r.engine.Ruleset(n); before == nil || before.Version() == explain.BuiltinVersion {
		level = slog.LevelDebug // at the start, which is no news
	}
	r.engine.Swap(next)
	r.log.Log(ctx, level, "ruleset loaded", "network", n, "version", live.Version, "parsers", len(next.Parsers()))
	return nil
}

// loadShadows takes over the parsers that run in the shadow.
func (r rulesetLoader) loadShadows(ctx context.Context) error {
	running, err := r.store.RunningShadows(ctx, "")
	if err != nil {
		return err
	}
	shadows := map[domain.Network][]explain.Shadow{}
	for _, s := range running {
		p := r.shadowParser(s)
		if p != nil {
			shadows[s.Network] = append(shadows[s.Network], explain.Shadow{ID: s.ID, Parser: p, After: s.After})
		}
	}
	for _, n := range domain.Networks() {
		r.engine.SwapShadows(n, shadows[n])
	}
	return nil
}

// shadowParser is a shadow's parser, compiled once; nil when it does not compile
// here.
func (r rulesetLoader) shadowParser(s store.Shadow) *parse.Parser {
	for _, have := range r.engine.Shadows(s.Network) {
		if have.ID == s.ID {
			return have.Parser
		}
	}
	p, err := parse.NewParser(s.ParserSpec)
	if err != nil {
		r.log.Error("shadow left out", "network", s.Network, "parser", s.Name, "error", err)
		return nil
	}
	return p
}

// loadChanged takes over every live ruleset that the engine does not have, and
// the shadows.
func (r rulesetLoader) loadChanged(ctx context.Context) error {
	if err := r.loadShadows(ctx); err != nil {
		return err
	}
	versions, err := r.store.LiveVersions(ctx)
	if err != nil {
		return err
	}
	for n, version := range versions {
		if have := r.engine.Ruleset(n); have != nil && have.Version() == version {
			continue
		}
		if err := r.load(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// follow loads new versions until ctx ends: at once when the database notifies,
// and at an interval, because notifications get lost behind a pooler or while
// the connection is away.
func (r rulesetLoader) follow(ctx context.Context, directURL string, interval time.Duration) {
	wake := make(chan struct{}, 1)
	go r.listen(ctx, directURL, interval, wake)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
		if err := r.loadChanged(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("rulesets not loaded", "error", err)
		}
	}
}

// listen wakes when the database notifies of a ruleset, and forgets tokens when it
// notifies of one, until ctx ends.
func (r rulesetLoader) listen(ctx context.Context, directURL string, again time.Duration, wake chan<- struct{}) {
	heard := store.Heard{Revoked: r.tokens.Forget, Ruleset: func(domain.Network) {
		select {
		case wake <- struct{}{}:
		default: // one look is due already
		}
	}}
	for ctx.Err() == nil {
		err := store.Listen(ctx, directURL, heard)
		if err != nil && ctx.Err() == nil {
			r.log.Warn("not listening for rulesets", "error", err)
			pause(ctx, again)
		}
	}
}

// pause waits, but not past the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
