package service

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask sends a request straight to everything that a service serves.
func ask(v *Service, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	v.Handler().ServeHTTP(w, r)
	return w
}

// A service without a database panics when it looks up a token or a session.
func TestPanicBecomesAnAnswerAndALogLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, path, header, value, contentType string }{
		{"POST", "/api/v1/parse", "Authorization", "Bearer 0123456789abcdef", "application/problem+json"},
		{"GET", "/readyz", "", "", "text/html; charset=utf-8"},
	} {
		var lines strings.Builder
		v := bareService(&lines, "http://127.0.0.1")
		w := ask(v, c.method, c.path, c.header, c.value)
		id := w.Header().Get("X-Request-Id")
		if w.Code != http.StatusInternalServerError || w.Header().Get("Content-Type") != c.contentType ||
			strings.Contains(w.Body.String(), "nil pointer") || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s answers %d %v %q", c.path, w.Code, w.Header(), w.Body)
		}
		if !strings.Contains(lines.String(), "panic: runtime error") || id == "" || strings.Count(lines.String(), "request="+id) != 3 {
			t.Errorf("logged %s", lines.String())
		}
	}
}

// recoverPanics alone: no page of the service panics after it has begun.
func TestPanicInTheMiddleCutsTheAnswer(t *testing.T) {
	t.Parallel()
	half := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half a page"))
		panic("a defect")
	})
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler {
			t.Errorf("ended with %v", cause)
		}
	}()
	recoverPanics(NewLog(io.Discard), nil, half).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/half", nil))
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	v := bareService(io.Discard, "https://wherefore.example.com")
	for _, path := range []string{"/", "/sign-in", "/nowhere", "/healthz", "/metrics", "/static/nothing.css", "/api/v1/nowhere", "/api/v1/openapi.json"} {
		h := ask(v, "GET", path).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":   "default-src 'none'",
			"X-Content-Type-Options":    "nosniff",
			"X-Frame-Options":           "DENY",
			"Referrer-Policy":           "same-origin",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			if got := h.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if len(h.Get("X-Request-Id")) != 16 {
			t.Errorf("%s: X-Request-Id is %q", path, h.Get("X-Request-Id"))
		}
	}
}

// Over plain HTTP the header means nothing, and browsers would remember it for localhost.
func TestOnlyHTTPSIsAskedForAgain(t *testing.T) {
	t.Parallel()
	if got := ask(bareService(io.Discard, "http://127.0.0.1:8080"), "GET", "/healthz").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
}

func TestMetricsCountRoutesNotPaths(t *testing.T) {
	t.Parallel()
	v := bareService(io.Discard, "http://127.0.0.1")
	for _, path := range []string{"/events/1", "/events/2", "/api/v1/nowhere"} {
		ask(v, "GET", path)
	}
	counted := ask(v, "GET", "/metrics").Body.String()
	for _, want := range []string{
		`wherefore_http_request_seconds_count{route="GET /events/{id}",status="303"} 2`,
		`wherefore_http_request_seconds_count{route="/api/",status="404"} 1`,
	} {
		if !strings.Contains(counted, want) {
			t.Errorf("no line %s in\n%s", want, counted)
		}
	}
}
