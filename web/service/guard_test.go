package service

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wherefore/handlers"
)

// bareService is a service without a database: it answers what needs none,
// and panics where a handler asks for one.
func bareService(log io.Writer, baseURL string) *Service {
	v := &Service{log: NewLog(log), metrics: newMetrics()}
	v.config.BaseURL, _ = url.Parse(baseURL)
	v.sessions = handlers.NewSessions(nil, [][]byte{make([]byte, 32)}, false)
	return v
}

// signedOutService is what visitors meet who have no session.
func signedOutService() http.Handler {
	return bareService(io.Discard, "https://wherefore.example.com").Handler()
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header, value string
		want          int
	}{
		{"Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{"Sec-Fetch-Site", "same-site", http.StatusForbidden},
		{"Origin", "https://example.com", http.StatusForbidden},
		{"Origin", "null", http.StatusForbidden},
		{"Sec-Fetch-Site", "same-origin", http.StatusSeeOther},
		{"Origin", "https://wherefore.example.com", http.StatusSeeOther},
		{"Origin", "http://127.0.0.1", http.StatusSeeOther},
	} {
		r := httptest.NewRequest("POST", "http://127.0.0.1/sign-out", nil)
		r.Header.Set(c.header, c.value)
		w := httptest.NewRecorder()
		signedOutService().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.header, c.value, w.Code, c.want)
		}
	}
}

func TestHugeFormsAreRefused(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "/sign-in", strings.NewReader("user="+strings.Repeat("a", 2*maxForm)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	signedOutService().ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("answers %d", w.Code)
	}
}

func TestSignedOutVisitorsReachNothingButSignIn(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		"/sign-in": http.StatusOK, "/": http.StatusSeeOther, "/clusters": http.StatusSeeOther, "/events/1": http.StatusSeeOther,
		"/nowhere": http.StatusSeeOther, "/api/v1/nowhere": http.StatusNotFound, "/api/v1/catalogue": http.StatusUnauthorized,
	} {
		w := httptest.NewRecorder()
		signedOutService().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s answers %d, want %d", path, w.Code, want)
		}
	}
}
