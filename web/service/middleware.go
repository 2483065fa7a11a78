package service

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"wherefore/handlers"
)

// contentPolicy lets nothing in that this server did not send as a file of
// its own: no inline style, script or handler, and so no nonces.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secureHeaders sets the headers that hold for every answer. With https,
// browsers are told to use nothing else for a year.
func secureHeaders(https bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // the policy says so too; scanners and old browsers look here
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// How long requests may take before they are answered with 503.
const (
	requestWithin = 20 * time.Second
	trialWithin   = 50 * time.Second // a candidate is tried on stored events
	exportWithin  = 10 * time.Minute // as many rows as somebody wants, and takes
)

// limitTime gives each request a deadline, which ends its database calls, and a pace
// for its body and its answer.
func limitTime(p pace, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control, began := http.NewResponseController(w), time.Now()
		within := timeFor(r.URL.Path)
		end := began.Add(within)
		ctx, cancel := context.WithDeadline(r.Context(), end)
		defer cancel()
		r = r.WithContext(ctx)
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &pacedBody{ReadCloser: r.Body, pace: p, control: control, began: began, end: end}
		}
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, pace: p, control: control, end: end.Add(p.stall)}, r)
	})
}

func timeFor(path string) time.Duration {
	if strings.HasSuffix(path, ".csv") {
		return exportWithin
	}
	for _, tries := range []string{"/parsers/", "/rulesets/", "/proposals/", "/shadows/", "/trials/"} {
		if strings.HasPrefix(path, tries) {
			return trialWithin
		}
	}
	return requestWithin
}

// limitQuery refuses a query of more fields than are read: all of them would be
// taken for absent.
func limitQuery(fail func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := handlers.CheckFields(r.URL.RawQuery); err != nil {
			fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

type requestIDKey struct{}

// requestID gives each request an id, which its answer, its log lines and its
// error page carry.
func requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// recorder remembers what was answered, for the log and for panics.
type recorder struct {
	http.ResponseWriter
	status int // 0: nothing was written yet
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 || w.status < 200 { // an informational status is not the last
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logRequests writes one line per request and counts it. The query is left
// out, since it may name customers. Nothing between here and the router may
// copy the request: the router notes the matched pattern in the one it is given.
func logRequests(log *slog.Logger, m *metrics, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			took := time.Since(start)
			status := cmp.Or(rec.status, http.StatusOK)
			m.countRequest(r.Pattern, status, took)
			log.LogAttrs(r.Context(), levelOf(r, status), "request",
				slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", status), slog.Int64("bytes", rec.bytes),
				slog.Duration("took", took.Round(time.Microsecond)))
		}()
		next.ServeHTTP(rec, r)
	})
}

// levelOf keeps probes and files out of the log, which would drown the rest.
func levelOf(r *http.Request, status int) slog.Level {
	switch {
	case status >= 500:
		return slog.LevelError
	case r.Pattern == "GET /healthz", r.Pattern == "GET /readyz", r.Pattern == "GET /metrics", r.Pattern == "GET /static/":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// recoverPanics turns a panic into a logged stack and the page for a defect
// of ours, unless the answer has begun: then the connection is cut, so that
// nobody takes half a page for a whole one.
func recoverPanics(log *slog.Logger, fail func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause != http.ErrAbortHandler {
				log.ErrorContext(r.Context(), "panic", "stack", string(debug.Stack()))
			}
			if rec.status != 0 || cause == http.ErrAbortHandler {
				panic(http.ErrAbortHandler)
			}
			fail(w, r, fmt.Errorf("panic: %v", cause))
		}()
		next.ServeHTTP(rec, r)
	})
}
