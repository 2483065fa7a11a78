package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// bareService is as much of a service as its middleware needs.
func bareService(log io.Writer) *service { return &service{log: newLog(log), metrics: newMetrics()} }

func TestPanicBecomesAPageAndALogLine(t *testing.T) {
	var lines strings.Builder
	mux := http.NewServeMux()
	mux.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("a defect") })
	h := bareService(&lines).middleware(mux)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/broken", nil))
	id := w.Header().Get("X-Request-Id")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "a defect") {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
	if !strings.Contains(lines.String(), `panic: a defect`) || id == "" || strings.Count(lines.String(), "request="+id) != 3 {
		t.Errorf("logged %s", lines.String())
	}
}

func TestPanicInTheMiddleCutsTheAnswer(t *testing.T) {
	var lines strings.Builder
	mux := http.NewServeMux()
	mux.HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half a page"))
		panic("a defect")
	})
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler {
			t.Errorf("ended with %v", cause)
		}
	}()
	bareService(&lines).middleware(mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/half", nil))
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := bareService(io.Discard).middleware(http.NotFoundHandler())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'",
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "same-origin",
	} {
		if got := w.Header().Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestMetricsCountRoutesNotPaths(t *testing.T) {
	s := bareService(io.Discard)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /events/{id}", func(http.ResponseWriter, *http.Request) {})
	h := s.middleware(mux)
	for _, path := range []string{"/events/1", "/events/2", "/nowhere"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	w := httptest.NewRecorder()
	s.metrics.handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`wherefore_http_request_seconds_count{route="GET /events/{id}",status="200"} 2`,
		`wherefore_http_request_seconds_count{route="",status="404"} 1`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no line %s", want)
		}
	}
}
