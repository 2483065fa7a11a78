package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"wherefore/store/storetest"
)

// tryEvent sends an event of an id and reports whether it was taken.
func (p *process) tryEvent(client *http.Client, id string) bool {
	r, err := http.NewRequest("POST", p.url+"/api/v1/events", strings.NewReader(fmt.Sprintf(`{"id": %q, "profile_id": "p", "network": "facebook", "error": "Oh no"}`, id)))
	if err != nil {
		return false
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return err == nil && answer.StatusCode == http.StatusOK && strings.Contains(string(body), `"accepted":1`)
}

// A server that is told to stop under load ends well, and has stored all that it said
// it had taken.
func TestTerminatedServerLosesNothing(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+address, "WHEREFORE_TOKEN="+testToken, "WHEREFORE_SHUTDOWN_DELAY=100ms")
	const clients, enough = 16, 200
	var taken atomic.Int64
	ids := make([][]string, clients)
	reached := make(chan struct{})
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d", i, n)
				if !p.tryEvent(client, id) {
					return
				}
				ids[i] = append(ids[i], id)
				if taken.Add(1) == enough {
					close(reached)
				}
			}
		})
	}
	select {
	case <-reached:
	case <-t.Context().Done():
		t.Fatal("no events are taken")
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("it ended with %v\n%s", err, p.stderr)
	}
	all.Wait()
	stored := map[string]bool{}
	rows, err := storetest.DB(t, address).Query(`SELECT source_event_id FROM events`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		stored[id] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, own := range ids {
		for _, id := range own {
			if !stored[id] {
				t.Errorf("event %s was taken and is not there", id)
			}
		}
	}
}

// Before a server stops it says that it is not ready, and answers meanwhile. A second
// signal ends it at once.
func TestTerminatedServerAnswersUntilItIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+storetest.URL(t), "WHEREFORE_TOKEN="+testToken, "WHEREFORE_SHUTDOWN_DELAY=1h")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for p.status(t, "/readyz") != http.StatusServiceUnavailable {
		time.Sleep(10 * time.Millisecond) // until the signal has arrived
	}
	if got := p.status(t, "/healthz"); got != http.StatusOK {
		t.Errorf("/healthz answers %d", got)
	}
	p.postEvent(t, "p-1")
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	for {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails when it has ended
		select {
		case err := <-ended:
			if err == nil {
				t.Error("it waited for the end of the delay")
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}
