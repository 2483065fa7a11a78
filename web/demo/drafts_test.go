package demo

import (
	"net/http/httptest"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/service"
	"wherefore/web/webtest"
)

// On /parsers an admin finds the draft, which the workbench goes on with, and the
// pinned sample that the live ruleset fails.
func TestDemoHasUnfinishedParserWork(t *testing.T) {
	t.Parallel()
	v := newFiller(t)
	if err := service.EnsureUser(t.Context(), v.Store, service.AdminName, domain.Admin, "correct horse"); err != nil {
		t.Fatal(err)
	}
	storetest.Event(t, v.Store, func(e *store.NewEvent) {
		e.Network, e.Raw = pinNetwork, []byte(`{"code":2,"message":"Authentication failed."}`)
		*e = api.Explain(v.Engine, e.Event)
	})
	for range 2 { // what is there is not added again
		if err := v.addParserWork(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	browser := webtest.SignedInAs(t, server.URL, service.AdminName, "correct horse")
	for path, want := range map[string]string{
		"/parsers?network=" + string(draftNetwork): `draft=` + draftID,
		"/parsers?network=" + string(pinNetwork):   "The live ruleset fails 1 pinned sample",
		"/parsers/new?draft=" + draftID:            "&amp;&amp; status == 400",
	} {
		status, body, _ := browser.Get(path)
		if n := strings.Count(string(body), want); status != 200 || n == 0 {
			t.Errorf("%s answers %d without %q", path, status, want)
		}
	}
}
