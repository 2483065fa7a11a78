package api_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/handlers/api"
)

// TestRequestsTogetherTakeBoundedMemory fills up what requests may take, as
// others that are under way would.
func TestRequestsTogetherTakeBoundedMemory(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	release := must(s.api.Hold(api.MaxInFlight - 10_000))(t)
	event := `{"id":"a","profile_id":"p","network":"facebook","error":1}`
	if status, got := s.call("POST", "/api/v1/events", event); status != http.StatusOK {
		t.Errorf("what still fits: %d %v", status, got)
	}
	for what, body := range map[string]string{"bytes": event + strings.Repeat(" ", 10_000), "events": "[" + strings.Repeat(event+",", 5) + event + "]"} {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/v1/events", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("too many %s: %d, Retry-After %q", what, res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	release()
	if status, got := s.call("POST", "/api/v1/events", event+strings.Repeat(" ", 10_000)); status != http.StatusOK {
		t.Errorf("when there is room again: %d %v", status, got)
	}
}

// TestEachRequestGivesBackWhatItTook ends requests in all ways.
func TestEachRequestGivesBackWhatItTook(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	event := `{"id":"a","profile_id":"p","network":"facebook","error":1}`
	for _, c := range []struct{ path, body, encoding string }{
		{"events", event, ""}, {"events", packed(event), "gzip"}, {"events", packed(event)[:30], "gzip"}, {"events", event, "br"},
		{"events", "hello", ""}, {"events", strings.Repeat(" ", 33<<20), ""}, {"events", "[" + strings.Repeat("1,", 10_000) + "1]", ""},
		{"parse", event, ""}, {"parse", "x", ""}, {"reasons", `{"profile_ids":["p"]}`, ""}, {"reasons", "x", ""},
	} {
		s.call("POST", "/api/v1/"+c.path, c.body, "Content-Encoding", c.encoding)
		if n := s.api.InFlight(); n != 0 {
			t.Fatalf("%d bytes are still taken after %s with %.20q", n, c.path, c.body)
		}
	}
}
