package service

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// An event whose network only the directory tells waits while the directory is away, and
// is stored when it is back. Nobody acts.
func TestEventsWaitForTheDirectoryByThemselves(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	company, db := storetest.MakeDirectory(t)
	storetest.AddAccount(t, db, "p1", "facebook", "Corner Bakery", "shop-1", "login-1")
	proxy, company := storetest.NewProxy(t, company)
	proxy.Refuse()
	intervals := DefaultIntervals()
	if err := intervals.Set("known=200ms"); err != nil {
		t.Fatal(err)
	}
	c := Config{
		BaseURL: &url.URL{Scheme: "http", Host: "localhost:1"}, SessionKeys: [][]byte{make([]byte, 32)}, Token: testToken, QuarantineDays: 30,
		Intervals: intervals, Directory: storetest.Directory(t, company, storetest.DirectoryQuery),
	}
	v, err := New(t.Context(), c, storetest.Open(t, address), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Start(t.Context(), address))
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	source, err := v.Store.AddSource(t.Context(), "relay")
	if err != nil {
		t.Fatal(err)
	}
	reading, err := v.API().Reread(t.Context(), []store.Quarantined{{Raw: []byte(`{"id":"e1","profile_id":"p1","error":"x"}`), ReceivedAt: time.Now()}})
	if err != nil || reading[0].Event != nil || reading[0].Unusable.Replay != store.ReplayAnswered {
		t.Fatalf("while the directory is away: %+v, %v", reading, err)
	}
	u := reading[0].Unusable
	u.Raw, u.ReceivedAt = []byte(`{"id":"e1","profile_id":"p1","error":"x"}`), time.Now()
	if _, err := v.Store.AddEvents(t.Context(), source.ID, nil, []store.Unusable{u}); err != nil {
		t.Fatal(err)
	}
	browser := webtest.Visit(t, v.Store, server.URL, domain.Engineer)
	lookupsShown(t, browser, "The directory does not answer.", "relay")
	proxy.Pass()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		found, err := v.Store.Events(ctx, store.EventFilter{}, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Rows) == 1 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	lookupsShown(t, browser, "Look-ups in the directory", "relay")
	status, body := askWith(t, browser, http.MethodGet, "/sources/lookups.csv")
	if status != http.StatusOK || !strings.Contains(body, "relay,network,") {
		t.Errorf("the CSV answers %d: %s", status, body)
	}
}

// lookupsShown looks for words on /sources.
func lookupsShown(t *testing.T, browser webtest.Visitor, words ...string) {
	t.Helper()
	status, body := askWith(t, browser, http.MethodGet, "/sources")
	for _, w := range words {
		if status != http.StatusOK || !strings.Contains(body, w) {
			t.Errorf("/sources answers %d without %q", status, w)
		}
	}
}
