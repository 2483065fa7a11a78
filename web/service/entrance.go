package service

import (
	"net/http"
	"sync/atomic"
	"time"

	"wherefore/handlers"
)

// Entrance answers from the moment that the port is open: until the service is
// there, that the process lives and can't answer yet. A database that recovers or
// a demo that is made may take minutes, and a probe that hears nothing would
// take the process for dead.
type Entrance struct {
	service atomic.Pointer[http.Handler]
	leaving atomic.Bool
}

// Leave says from now on that the process is not ready, and returns after a time in
// which a load balancer notices. Requests are answered all the same.
func (e *Entrance) Leave(delay time.Duration) {
	e.leaving.Store(true)
	time.Sleep(delay)
}

// Open lets the service answer from now on.
func (e *Entrance) Open(service http.Handler) { e.service.Store(&service) }

func (e *Entrance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.leaving.Load() && r.URL.Path == "/readyz" {
		w.Header().Set("Retry-After", handlers.RetryAfter)
		showText(w, http.StatusServiceUnavailable, "Wherefore is stopping.")
		return
	}
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
