package service

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
	"wherefore/web/webtest"
)

// quarantineService is a service without workers, with its address.
func quarantineService(t *testing.T) (*Service, string) {
	t.Helper()
	v := newService(t, storetest.New(t), testToken)
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	return v, server.URL
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
	v, address := quarantineService(t)
	if answer := webtest.Call(t, address, testToken, "POST", "/api/v1/events", "["+late(1)+"]"); !strings.Contains(answer, `"quarantined":1`) {
		t.Fatalf("posting answers %s", answer)
	}
	if err := EnsureUser(t.Context(), v.Store, "ada", domain.Engineer, "correct horse"); err != nil {
		t.Fatal(err)
	}
	tab := webtest.SignInAt(t, address, "ada", "correct horse")
	webtest.Do(t, tab, chromedp.Navigate(address+"/quarantine"))
	webtest.See(t, tab, "header", "1 open entry")
	webtest.Click(t, tab, "tbody th a[href^='/quarantine/']")
	webtest.See(t, tab, "h1", "Entry ")
	webtest.Click(t, tab, "form[action$='/replay'] button")
	webtest.See(t, tab, "main", "It was read again and can’t be used as yet")
	if answer := webtest.Call(t, address, testToken, "POST", "/api/v1/events", told(1)); !strings.Contains(answer, `"accepted":1`) {
		t.Fatalf("posting answers %s", answer)
	}
	webtest.Click(t, tab, "form[action$='/replay'] button")
	webtest.See(t, tab, "main", "It was read again and is an event now")
	webtest.Click(t, tab, ".flash a")
	webtest.See(t, tab, "h1", "Error of p-late-1")
	webtest.See(t, tab, "main", "facebook.user-changed-password")
	webtest.Do(t, tab, chromedp.Navigate(address+"/quarantine?state=replayed"))
	webtest.See(t, tab, "header", "1 replayed entry")
}

func TestReplayOfAKindGoesOnInTheBackground(t *testing.T) {
	t.Parallel()
	v, address := quarantineService(t)
	const entries = 3*replayBatch/2 + 1
	var lines, known []string
	for n := range entries {
		lines, known = append(lines, late(n)), append(known, told(n))
	}
	webtest.Call(t, address, testToken, "POST", "/api/v1/events", "["+strings.Join(lines, ",")+"]")
	webtest.Call(t, address, testToken, "POST", "/api/v1/events", "["+strings.Join(known[1:], ",")+"]")
	groups, err := v.Store.QuarantineGroups(t.Context(), store.QuarantineFilter{})
	if err != nil || len(groups) != 1 || groups[0].Entries != entries {
		t.Fatalf("in quarantine: %+v, %v", groups, err)
	}
	engineer := webtest.Visit(t, v.Store, address, domain.Engineer)
	answer, err := engineer.HTTP.PostForm(address+"/quarantine/replay", url.Values{
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
	run, err := v.Store.Replay(t.Context(), id)
	if err != nil || run.Accepted != entries-1 || run.Refused != 1 || run.Waiting != 0 {
		t.Errorf("%+v, %v", run, err)
	}
	if _, page, _ := engineer.Get(answer.Request.URL.Path); !strings.Contains(string(page), "301 of 301") {
		t.Errorf("then it shows %s", page)
	}
	reports, err := v.Store.SourceReports(t.Context(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	if err != nil || reports[0].Sent() != 2*entries-1 || reports[0].Quarantined != entries || reports[0].Replayed != entries-1 {
		t.Errorf("%+v, %v", reports, err)
	}
}

// On a whole service what was missing becomes known, and /metrics tells what is open.
func TestEntriesAreReplayedByThemselves(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(replica(t, storetest.URL(t)).Handler())
	t.Cleanup(server.Close)
	address := server.URL
	webtest.Call(t, address, testToken, "POST", "/api/v1/events", "["+late(1)+","+late(2)+"]")
	webtest.Call(t, address, testToken, "POST", "/api/v1/events", told(1))
	webtest.Within(t, 60*time.Second, "the event of the known profile is explained", func() bool {
		return strings.Contains(webtest.Call(t, address, testToken, "GET", "/api/v1/profiles/p-late-1/reason", ""), "facebook.user-changed-password")
	})
	webtest.Within(t, 60*time.Second, "one entry is open in /metrics", func() bool {
		answer, err := http.Get(address + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		figures, _ := io.ReadAll(answer.Body)
		return strings.Contains(string(figures), `wherefore_quarantine_open_entries{field="network",source="bootstrap"} 1`)
	})
}
