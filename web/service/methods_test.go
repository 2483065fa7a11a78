package service

import (
	"net/http"
	"strings"
	"testing"
)

// TestOtherMethodsAreNamed asks for paths with methods that they don't take.
func TestOtherMethodsAreNamed(t *testing.T) {
	t.Parallel()
	v := bareService(&strings.Builder{}, "http://127.0.0.1")
	for _, c := range []struct {
		method, path, allow string
		status              int
	}{
		{"GET", "/api/v1/events", "POST", 405},
		{"DELETE", "/api/v1/events", "POST", 405},
		{"PUT", "/api/v1/reasons", "POST", 405},
		{"POST", "/api/v1/profiles/p-1/reason", "GET, HEAD", 405},
		{"POST", "/api/v1/catalogue", "GET, HEAD", 405},
		{"GET", "/api/v1/nothing", "", 404},
		{"POST", "/api/v2/events", "", 404},
	} {
		w := ask(v, c.method, c.path)
		if got := w.Header().Get("Allow"); w.Code != c.status || got != c.allow {
			t.Errorf("%s %s: %d, Allow %q, want %d, %q", c.method, c.path, w.Code, got, c.status, c.allow)
		}
		if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: answered as %q", c.method, c.path, w.Header().Get("Content-Type"))
		}
	}
}
