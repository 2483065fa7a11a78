package main

import (
	"log/slog"
	"net/http"

	"wherefore/handlers/api"
)

// routes is the whole surface of the service.
func routes(v *service) http.Handler {
	mux := http.NewServeMux()

	mux.HandleFunc("GET /healthz", showHealth)
	mux.HandleFunc("GET /readyz", v.showReadiness)
	mux.Handle("GET /metrics", v.metrics.handler())

	a := v.api()
	mux.HandleFunc("GET /api/v1/openapi.json", api.ShowDescription)
	mux.Handle("POST /api/v1/events", a.Handle(a.AddEvents))
	mux.Handle("GET /api/v1/profiles/{profile_id}/reason", a.Handle(a.ShowReason))
	mux.Handle("POST /api/v1/reasons", a.Handle(a.ListReasons))
	mux.Handle("POST /api/v1/parse", a.Handle(a.Parse))
	mux.Handle("GET /api/v1/catalogue", a.Handle(a.ShowCatalogue))

	return middleware(v.metrics, v.log, mux)
}

// showHealth says that the process answers.
func showHealth(w http.ResponseWriter, _ *http.Request) { showText(w, http.StatusOK, "ok") }

// showReadiness says whether requests can be served: the database answers.
func (v *service) showReadiness(w http.ResponseWriter, r *http.Request) {
	if err := v.store.Ready(r.Context()); err != nil {
		v.log.Warn("not ready", "error", err)
		showText(w, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	showText(w, http.StatusOK, "ready")
}

func showText(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words + "\n")) // nobody to tell when the asker has left
}

// middleware is what every request passes, outermost first.
func middleware(m *metrics, log *slog.Logger, router http.Handler) http.Handler {
	broken := func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
	}
	return secureHeaders(requestID(logRequests(log, m, recoverPanics(log, broken, router))))
}
