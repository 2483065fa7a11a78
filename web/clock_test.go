package main

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wherefore/store/storetest"
)

// TestReplicaWithAWrongClock runs the program 400 seconds behind the database:
// an event of now by the database's clock is taken as it is, one without a time
// is of the database's now, and the replica says that its clock is off.
func TestReplicaWithAWrongClock(t *testing.T) {
	t.Parallel()
	const ahead = 400 * time.Second
	address := storetest.Ahead(t, storetest.URL(t), ahead)
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+address, "WHEREFORE_TOKEN="+testToken)
	now := time.Now().Add(ahead).UTC()
	body := p.call(t, "POST", "/api/v1/events", `[{"id": "1", "profile_id": "given", "network": "x", "error": "a", "occurred_at": "`+now.Format(time.RFC3339)+`"},
		{"id": "2", "profile_id": "missing", "network": "x", "error": "a"}]`)
	if !strings.Contains(body, `"accepted":2`) || !strings.Contains(body, `"results":[]`) {
		t.Errorf("posting events answers %s", body)
	}
	for _, profile := range []string{"given", "missing"} {
		var reason struct{ Since time.Time }
		if err := json.Unmarshal([]byte(p.reason(t, profile)), &reason); err != nil || reason.Since.Sub(now).Abs() > 30*time.Second {
			t.Errorf("%s: disconnected since %v, want about %v, %v", profile, reason.Since, now, err)
		}
	}
	if got := p.clockOffset(t); (got - ahead).Abs() > 30*time.Second {
		t.Errorf("/metrics says that the database is ahead by %v", got)
	}
	if err := p.end(syscall.SIGINT); err != nil || !strings.Contains(p.stderr.String(), "clock differs from the database's") {
		t.Errorf("it ended with %v and logged %s", err, p.stderr)
	}
}

// clockOffset reads what /metrics says, once it was measured.
func (p *process) clockOffset(t *testing.T) time.Duration {
	t.Helper()
	for range 100 {
		answer, err := http.Get(p.url + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`(?m)^wherefore_database_clock_ahead_seconds (\S+)$`).FindSubmatch(text); m != nil && string(m[1]) != "0" {
			seconds, err := strconv.ParseFloat(string(m[1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			return time.Duration(seconds * float64(time.Second))
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("/metrics does not say how far the clocks differ")
	return 0
}
