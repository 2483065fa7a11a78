package service

import (
	"net/http"
	"sync/atomic"
)

// Entrance answers from the moment that the port is open: until the service is
// there, that the process lives and can't answer yet. A database that recovers or
// a demo that is made may take minutes, and a probe that hears nothing would
// take the process for dead.
type Entrance struct {
	service atomic.Pointer[http.Handler]
}

// Open lets the service answer from now on.
func (e *Entrance) Open(service http.Handler) { e.service.Store(&service) }

func (e *Entrance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if service := e.service.Load(); service != nil {
		(*service).ServeHTTP(w, r)
		return
	}
	if r.URL.Path == "/healthz" {
		showHealth(w, r)
		return
	}
	w.Header().Set("Retry-After", "5")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	showText(w, http.StatusServiceUnavailable, "Wherefore is starting. Try again in a few seconds.")
}
