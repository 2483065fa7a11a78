package main

import (
	"log/slog"
	"net/http"
)

// routes is the whole surface of the service.
func routes(m *metrics, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()

	mux.HandleFunc("GET /healthz", showHealth)
	mux.Handle("GET /metrics", m.handler())

	return middleware(m, log, mux)
}

func showHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // nobody to tell when the asker has left
}

// middleware is what every request passes, outermost first.
func middleware(m *metrics, log *slog.Logger, router http.Handler) http.Handler {
	broken := func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
	}
	return secureHeaders(requestID(logRequests(log, m, recoverPanics(log, broken, router))))
}
