package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// quarantineService is a service without workers, with its address.
func quarantineService(t *testing.T) (*service, *process) {
	t.Helper()
	v := newTestService(t, nil, "WHEREFORE_TOKEN="+testToken)
	server := httptest.NewServer(v.handler())
	t.Cleanup(server.Close)
	return v, &process{url: server.URL}
}

// late is an event that lacks its network, of a profile never heard of.
func late(n int) string {
	return fmt.Sprintf(`{"id": "late-%d", "profile_id": "p-late-%d", "error": {"error": {"code": 190, "error_subcode": 460}}}`, n, n)
}

// told is an event of long ago that tells a profile's network.
func told(n int) string {
	return fmt.Sprintf(`{"id": "told-%d", "type": "reconnected", "profile_id": "p-late-%d", "network": "facebook", "occurred_at": "2020-01-01T00:00:00Z"}`, n, n)
}

func TestEngineerReplaysAnEntry(t *testing.T) {
	t.Parallel()
	v, api := quarantineService(t)
	if answer := api.call(t, "POST", "/api/v1/events", "["+late(1)+"]"); !strings.Contains(answer, `"quarantined":1`) {
		t.Fatalf("posting answers %s", answer)
	}
	if err := ensureUser(t.Context(), v.store, "ada", domain.Engineer, "correct horse"); err != nil {
		t.Fatal(err)
	}
	tab := at(t, api.url, "ada", "correct horse")
	do(t, tab, chromedp.Navigate(api.url+"/quarantine"))
	seen(t, tab, "header", "1 open entry")
	click(t, tab, "tbody th a[href^='/quarantine/']")
	seen(t, tab, "h1", "Entry ")
	click(t, tab, "form[action$='/replay'] button")
	seen(t, tab, "main", "It was read again and can’t be used as yet")
	if answer := api.call(t, "POST", "/api/v1/events", told(1)); !strings.Contains(answer, `"accepted":1`) {
		t.Fatalf("posting answers %s", answer)
	}
	click(t, tab, "form[action$='/replay'] button")
	seen(t, tab, "main", "It was read again and is an event now")
	click(t, tab, ".flash a")
	seen(t, tab, "h1", "Error of p-late-1")
	seen(t, tab, "main", "facebook.user-changed-password")
	do(t, tab, chromedp.Navigate(api.url+"/quarantine?state=replayed"))
	seen(t, tab, "header", "1 replayed entry")
}

func TestReplayOfAKindGoesOnInTheBackground(t *testing.T) {
	t.Parallel()
	v, api := quarantineService(t)
	const entries = 3*replayBatch/2 + 1
	var lines, known []string
	for n := range entries {
		lines, known = append(lines, late(n)), append(known, told(n))
	}
	api.call(t, "POST", "/api/v1/events", "["+strings.Join(lines, ",")+"]")
	api.call(t, "POST", "/api/v1/events", "["+strings.Join(known[1:], ",")+"]")
	groups, err := v.store.QuarantineGroups(t.Context(), store.QuarantineFilter{})
	if err != nil || len(groups) != 1 || groups[0].Entries != entries {
		t.Fatalf("in quarantine: %+v, %v", groups, err)
	}
	engineer := visit(t, v.store, api.url, domain.Engineer)
	answer, err := engineer.http.PostForm(api.url+"/quarantine/replay", url.Values{
		"source": {fmt.Sprint(groups[0].SourceID)}, "field": {groups[0].Field}, "problem": {groups[0].Problem},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if page, _ := io.ReadAll(answer.Body); !strings.HasPrefix(answer.Request.URL.Path, "/replays/") || !strings.Contains(string(page), "0 of 301") {
		t.Fatalf("it leads to %s: %s", answer.Request.URL, page)
	}
	v.runDue(t, store.JobReplay)
	var id int64
	if _, err := fmt.Sscanf(answer.Request.URL.Path, "/replays/%d", &id); err != nil {
		t.Fatal(err)
	}
	run, err := v.store.Replay(t.Context(), id)
	if err != nil || run.Accepted != entries-1 || run.Refused != 1 || run.Waiting != 0 {
		t.Errorf("%+v, %v", run, err)
	}
	if _, page, _ := engineer.get(answer.Request.URL.Path); !strings.Contains(string(page), "301 of 301") {
		t.Errorf("then it shows %s", page)
	}
	reports, err := v.store.SourceReports(t.Context(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil || reports[0].Sent() != 2*entries-1 || reports[0].Quarantined != entries || reports[0].Replayed != entries-1 {
		t.Errorf("%+v, %v", reports, err)
	}
}

// On a whole service what was missing becomes known, and /metrics tells what is open.
func TestEntriesAreReplayedByThemselves(t *testing.T) {
	t.Parallel()
	url := serveHere(t, "DATABASE_URL="+storetest.URL(t), "WHEREFORE_TOKEN="+testToken)
	api := &process{url: url}
	api.call(t, "POST", "/api/v1/events", "["+late(1)+","+late(2)+"]")
	api.call(t, "POST", "/api/v1/events", told(1))
	within(t, 60*time.Second, "the event of the known profile is explained", func() bool {
		return strings.Contains(api.call(t, "GET", "/api/v1/profiles/p-late-1/reason", ""), "facebook.user-changed-password")
	})
	within(t, 60*time.Second, "one entry is open in /metrics", func() bool {
		answer, err := http.Get(url + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		figures, _ := io.ReadAll(answer.Body)
		return strings.Contains(string(figures), `wherefore_quarantine_open_entries{field="network",source="bootstrap"} 1`)
	})
}
