package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	busy       = `{"error":{"message":"(#4) Application request limit reached","type":"OAuthException","code":4}}`
	checkpoint = `{"error":{"message":"Error validating access token: User is in a checkpoint","type":"OAuthException","code":190,"error_subcode":459}}`
	unknown    = `"a text that nobody knows"`
)

// told posts events of a profile, the oldest first, an hour apart and the last an
// hour ago, and returns the answer about it.
func told(t *testing.T, s server, events ...string) map[string]any {
	t.Helper()
	for i, e := range events {
		typ, answer, _ := strings.Cut(e, " ")
		profile, typ, other := strings.Cut(typ, ":")
		if !other {
			profile, typ = "p1", profile
		}
		if answer != "" {
			answer = `,"error":` + answer
		}
		at := time.Now().UTC().Add(time.Duration(i-len(events)) * time.Hour).Format(time.RFC3339)
		body := fmt.Sprintf(`{"id":"e%d","type":%q,"profile_id":%q,"credential_id":"shared","network":"facebook","occurred_at":%q%s}`, i, typ, profile, at, answer)
		if status, got := s.call("POST", "/api/v1/events", body); status != 200 || got["accepted"] != 1.0 {
			t.Fatalf("%s: %d %v", body, status, got)
		}
	}
	_, got := s.call("GET", "/api/v1/profiles/p1/reason", "")
	_, many := s.call("POST", "/api/v1/reasons", `{"profile_ids":["p1"]}`)
	one, list := marshal(got), marshal(many["reasons"].([]any)[0])
	if one != list {
		t.Errorf("GET says %s, POST says %s", one, list)
	}
	return got
}

func disconnects(e string) bool { return strings.HasPrefix(e, "disconnected ") }

func marshal(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func TestReasonsSayWhetherTheyAreCurrentAndNeedless(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events            []string
		current, needless bool
		helps             any // nil when unparsed
		words             string
	}{
		"failed":                        {[]string{"failed " + busy}, true, false, "no", "wants us to wait"},
		"failed, then succeeded":        {[]string{"failed " + busy, "succeeded"}, false, false, "no", "The last trouble was 2 hours ago."},
		"failed before a success":       {[]string{"succeeded", "failed " + busy}, true, false, "no", "wants us to wait"},
		"failed too long ago":           {[]string{"failed " + busy, "p2:failed " + busy, "p2:failed " + busy, "p2:failed " + busy, "p2:failed " + busy}, false, false, "no", "The last trouble was 5 hours ago."},
		"unparsed, then succeeded":      {[]string{"failed " + unknown, "succeeded"}, false, false, nil, "The last trouble was 2 hours ago."},
		"disconnected":                  {[]string{"disconnected " + password}, true, false, "yes", "password"},
		"disconnected by a limit":       {[]string{"disconnected " + busy}, true, true, "yes", "it will hold"},
		"disconnected, then succeeded":  {[]string{"disconnected " + password, "succeeded"}, true, true, "yes", "still worked afterwards"},
		"disconnected, sibling worked":  {[]string{"disconnected " + password, "p2:succeeded"}, true, true, "yes", "still worked afterwards"},
		"sibling renewed before":        {[]string{"disconnected " + password, "p2:reconnected", "p2:succeeded"}, true, false, "yes", "password"},
		"unparsed and disconnected":     {[]string{"disconnected " + unknown}, true, false, nil, "connect your"},
		"disconnected again":            {[]string{"disconnected " + password, "succeeded", "disconnected " + password}, true, false, "yes", "password"},
		"lost after a needless one":     {[]string{"disconnected " + busy, "failed " + checkpoint}, true, false, "after-steps", "has paused access"},
		"lost before a needless one":    {[]string{"failed " + checkpoint, "disconnected " + busy}, true, false, "after-steps", "has paused access"},
		"disconnected twice":            {[]string{"disconnected " + password, "disconnected " + busy}, true, false, "yes", "password"},
		"lost again after a success":    {[]string{"disconnected " + checkpoint, "succeeded", "failed " + checkpoint}, true, false, "after-steps", "has paused access"},
		"reconnected after it was lost": {[]string{"disconnected " + password, "reconnected", "disconnected " + busy}, true, true, "yes", "it will hold"},
		"worked after it was lost":      {[]string{"disconnected " + password, "succeeded", "disconnected " + busy}, true, true, "yes", "it will hold"},
		"a sibling worked after it":     {[]string{"disconnected " + password, "p2:succeeded", "disconnected " + busy}, true, true, "yes", "it will hold"},
		"another profile is lost":       {[]string{"p2:failed " + password, "disconnected " + busy}, true, true, "yes", "it will hold"},
		"an unparsed call fails":        {[]string{"disconnected " + busy, "failed " + unknown}, true, true, "yes", "it will hold"},
		"needless after an unparsed":    {[]string{"disconnected " + unknown, "disconnected " + busy}, true, true, "yes", "it will hold"},
		"unparsed after it was lost":    {[]string{"failed " + password, "disconnected " + unknown}, true, false, "yes", "password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := told(t, newServer(t), c.events...)
			said, explained := got["reason"].(map[string]any)
			if !explained {
				said, _ = got["error"].(map[string]any)
			}
			if got["current"] != c.current || got["needless"] != c.needless || said["reconnect_helps"] != c.helps || said["prevent"] == "" || said["prevent"] == nil ||
				!strings.Contains(fmt.Sprint(said["message"]), c.words) {
				t.Errorf("%s", marshal(got))
			}
			if retry := explained && got["state"] == "connected"; explained && said["retryable"] != retry {
				t.Errorf("retryable: %s", marshal(got))
			}
			if state := got["state"]; (state == "disconnected") != slices.ContainsFunc(c.events, disconnects) {
				t.Errorf("state: %s", marshal(got))
			}
		})
	}
}
