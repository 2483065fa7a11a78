package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"wherefore/store/storetest"
)

// busyAnswer checks that a request is answered with 503, when to try again, and
// a type of its reader's, within a time after which it counts as hanging.
func busyAnswer(t *testing.T, p *process, method, path, body, contentType string, within time.Duration) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := (&http.Client{Timeout: within}).Do(r)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" ||
		answer.Header.Get("Content-Type") != contentType {
		t.Errorf("%s answers %d %v %.200s", path, answer.StatusCode, answer.Header, text)
	}
}

const (
	problemType = "application/problem+json"
	pageType    = "text/html; charset=utf-8"

	oneEvent = `{"id": "7", "profile_id": "p-7", "network": "facebook", "error": "Oh no"}`
)

// A database that stops to answer, with its connections open, holds nobody up.
func TestEverythingIsAnsweredWhenTheDatabaseHangs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startProcess(t, dir, "WHEREFORE_TOKEN="+testToken, "WHEREFORE_ADMIN_PASSWORD=correct horse")
	p.postEvent(t, "p-1")
	thaw := storetest.Freeze(t, storetest.Postmaster(dir))
	t.Run("meanwhile", func(t *testing.T) {
		for _, c := range []struct{ method, path, body, contentType string }{
			{"POST", "/api/v1/events", oneEvent, problemType},
			{"GET", "/api/v1/profiles/p-1/reason", "", problemType},
			{"POST", "/sign-in", "user=admin&password=correct+horse", pageType},
		} {
			t.Run(c.path, func(t *testing.T) {
				t.Parallel()
				busyAnswer(t, p, c.method, c.path, c.body, c.contentType, time.Minute)
			})
		}
		for range 3 { // asked again and again, as probes do
			busyAnswer(t, p, "GET", "/readyz", "", "text/plain; charset=utf-8", 4*time.Second) // two, and two for a busy machine
		}
	})
	thaw()
	if body := p.call(t, "POST", "/api/v1/events", oneEvent); !strings.Contains(body, `"accepted":1`) && !strings.Contains(body, `"duplicates":1`) {
		t.Errorf("afterwards: %s", body)
	}
	if got := p.status(t, "/readyz"); got != http.StatusOK {
		t.Errorf("afterwards /readyz answers %d", got)
	}
}

// A table that somebody has locked holds up what needs it, and not for ever.
func TestEverythingIsAnsweredWhenATableIsLocked(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+address, "WHEREFORE_TOKEN="+testToken)
	p.postEvent(t, "p-1")
	holder, err := storetest.DB(t, address).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.Exec(`LOCK TABLE events IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	busyAnswer(t, p, "POST", "/api/v1/events", oneEvent, problemType, time.Minute)
	if got := p.status(t, "/readyz"); got != http.StatusOK {
		t.Errorf("/readyz answers %d", got)
	}
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}
	if body := p.call(t, "POST", "/api/v1/events", oneEvent); !strings.Contains(body, `"accepted":1`) {
		t.Errorf("afterwards: %s", body)
	}
}
