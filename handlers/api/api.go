package api

import (
	"log/slog"
	"net/http"
	"strings"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/scrub"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
)

// API answers the calls of other services.
type API struct {
	Store   *store.Store
	Intake  *store.Intake // what takes events
	Tokens  *store.Tokens
	Engine  *explain.Engine
	Catalog *catalog.Catalog
	IDs     scrub.Hasher // for ids that hold a secret
	Log     *slog.Logger

	Directory   *store.Directory // nil without one
	CountLookup func(source string, l store.Lookup)

	// EventURL is the whole address of an event's page.
	EventURL func(id string) string

	Rates Rates // of each source

	inFlight inFlight
	limiters limiters
}

// Func is a handler for a source that has shown its token.
type Func func(w http.ResponseWriter, r *http.Request, source store.Source) error

// Handle lets only sources in, and answers what h leaves as an error.
func (a *API) Handle(h Func) http.Handler {
	adapter := handlers.Adapter{Log: a.Log, Page: Problem}
	return adapter.Handle(func(w http.ResponseWriter, r *http.Request) error {
		source, err := a.source(r)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="wherefore"`)
			return err
		}
		if err := takeFrom(a.limiters.of(source.ID, a.Rates).requests, 1, "requests"); err != nil {
			return err
		}
		if r, err = input.Read(r); err != nil {
			return err
		}
		return h(w, r, source)
	})
}

func (a *API) source(r *http.Request) (store.Source, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || token == "" {
		return store.Source{}, domain.Errorf(domain.Unauthorized, "Send the header Authorization: Bearer TOKEN.")
	}
	source, err := a.Tokens.Source(r.Context(), store.HashToken(strings.TrimSpace(token)))
	if domain.KindOf(err) == domain.NotFound {
		return source, domain.Errorf(domain.Unauthorized, "The token is unknown or revoked.")
	}
	return source, err
}
