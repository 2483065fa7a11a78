package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"wherefore/handlers/api"
	"wherefore/store"
)

// post sends events with a token and returns the answer, whose body is closed.
func (s *server) post(t *testing.T, token, body string) (status int, retryAfter string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/v1/events", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Retry-After")
}

// A source that sends more than its rate is told when to come back, and no other is.
func TestEachSourceIsHeldToItsRate(t *testing.T) {
	t.Parallel()
	const event = `{"id":"1","profile_id":"p","network":"facebook","error":1}`
	for what, rates := range map[string]api.Rates{"requests": {Requests: 1}, "events": {Events: 1}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.api.Rates = rates
			if status, _ := s.post(t, token, event); status != http.StatusOK {
				t.Fatalf("before, it answers %d", status)
			}
			source, err := s.store.SourceByToken(t.Context(), store.HashToken(token))
			if err != nil {
				t.Fatal(err)
			}
			s.api.Spend(source.ID)
			status, retryAfter := s.post(t, token, event)
			if after, err := strconv.Atoi(retryAfter); err != nil || after < 2 || status != http.StatusTooManyRequests {
				t.Errorf("it answers %d with Retry-After %q", status, retryAfter)
			}
			const other = "a-token-of-another-source"
			if _, err := s.store.AddToken(t.Context(), store.Actor{Name: "test"}, "another", store.HashToken(other)); err != nil {
				t.Fatal(err)
			}
			if status, _ := s.post(t, other, event); status != http.StatusOK {
				t.Errorf("another source hears %d", status)
			}
		})
	}
}

// Sources that were silent since are forgotten, so that limiters don't pile up.
func TestLimitersAreBounded(t *testing.T) {
	t.Parallel()
	a := api.API{Rates: api.Rates{Requests: 1_000_000, Events: 1_000_000}}
	for i := range 20 * api.MaxLimiters {
		a.Limit(int64(i))
	}
	if n := a.Limiters(); n > api.MaxLimiters {
		t.Errorf("%d limiters are kept", n)
	}
}
