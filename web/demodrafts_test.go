package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
)

// On /parsers an admin finds the draft, which the workbench goes on with, and the
// pinned sample that the live ruleset fails.
func TestDemoHasUnfinishedParserWork(t *testing.T) {
	t.Parallel()
	v := newTestService(t, nil)
	if err := ensureUser(t.Context(), v.store, adminName, domain.Admin, "correct horse"); err != nil {
		t.Fatal(err)
	}
	storetest.Event(t, v.store, func(e *store.NewEvent) {
		e.Network, e.Raw = demoPinNetwork, []byte(`{"code":2,"message":"Authentication failed."}`)
		*e = api.Explain(v.engine, e.Event)
	})
	for range 2 { // what is there is not added again
		if err := v.addDemoParserWork(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(v.handler())
	t.Cleanup(server.Close)
	browser := signedInAs(t, server.URL, adminName, "correct horse")
	for path, want := range map[string]string{
		"/parsers?network=" + string(demoDraftNetwork): `draft=` + demoDraftID,
		"/parsers?network=" + string(demoPinNetwork):   "The live ruleset fails 1 pinned sample",
		"/parsers/new?draft=" + demoDraftID:            "&amp;&amp; status == 400",
	} {
		status, body, _ := browser.get(path)
		if n := strings.Count(string(body), want); status != 200 || n == 0 {
			t.Errorf("%s answers %d without %q", path, status, want)
		}
	}
}
