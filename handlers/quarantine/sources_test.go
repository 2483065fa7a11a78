package quarantine_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// send has a source send events and what can't be used.
func send(t *testing.T, s *servicetest.Site, source store.Source, events []store.NewEvent, unusable ...store.Unusable) {
	t.Helper()
	if _, err := s.Store.AddEvents(t.Context(), source.ID, events, unusable); err != nil {
		t.Fatal(err)
	}
}

func TestSourcesListsEverySource(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	if words := htmltest.Text(s.Open(t, "/sources")); !strings.Contains(words, "No sources yet") || strings.Contains(words, "all fields") {
		t.Errorf("without a source it reads %q", words)
	}
	busy, silent, old := storetest.Source(t, s.Store), storetest.Source(t, s.Store), storetest.Source(t, s.Store)
	if words := htmltest.Text(s.Open(t, "/sources")); !strings.Contains(words, "Nothing was sent as yet, so nothing is known of its fields.") {
		t.Errorf("without an event it reads %q", words)
	}
	past := storetest.NewEvent(func(e *store.NewEvent) { e.ArrivedAt = time.Now().AddDate(0, 0, -3); e.OccurredAt = e.ArrivedAt })
	send(t, s, old, []store.NewEvent{past})
	if words := htmltest.Text(s.Open(t, "/sources")); !strings.Contains(words, "No event arrived in this window") || strings.Contains(words, "all fields") {
		t.Errorf("with events before it reads %q", words)
	}
	e := storetest.NewEvent(func(e *store.NewEvent) { e.Defaulted, e.Mended = []string{"network"}, []string{"operation"} })
	send(t, s, busy, []store.NewEvent{e, e, storetest.NewEvent()},
		store.Unusable{Raw: []byte("1"), Field: "network", Problem: "A value is needed."}, store.Unusable{Raw: []byte("1"), Field: "network", Problem: "A value is needed."})

	page := s.Open(t, "/sources")
	for name, want := range map[string]string{
		busy.Name:   "just now at most 5 events each hour 5 2 1 2 1 1 1",
		silent.Name: "silent for 24 hours never at most 0 events each hour 0 0 0 0 0 0 0",
		old.Name:    "silent for 24 hours 3 days ago at most 0 events each hour 0 0 0 0 0 0 0",
	} {
		if row := htmltest.Row(page, name); row != name+" "+want {
			t.Errorf("the row reads %q", row)
		}
	}
	if words := htmltest.Text(page); !strings.Contains(words, "5 events sent: 2 accepted, 1 duplicate, 2 quarantined. Nothing came in 23 of 24 hours.") {
		t.Errorf("the chart's finding is not in %q", words)
	}
	if to := htmltest.Link(page, "2"); !strings.HasPrefix(to, "/quarantine?") || !strings.Contains(to, "state=any") {
		t.Errorf("what was quarantined is at %q", to)
	}
	own := s.Open(t, htmltest.Link(page, busy.Name))
	if words := htmltest.Text(own); !strings.Contains(words, "network missing 1 2 50%") || !strings.Contains(words, "operation mended 1 2 50%") {
		t.Errorf("its own page reads %q", words)
	}
	for path, want := range map[string]string{
		"/sources.csv":                   busy.Name + ",",
		"/sources/fields.csv?period=24h": busy.Name + ",mended,operation,1,2\n" + busy.Name + ",missing,network,1,2\n",
		"/sources.csv?period=7d":         ",1,1,0,0,0,0,0,0\n",
	} {
		if csv := s.Get(path).Body.String(); !strings.Contains(csv, want) {
			t.Errorf("%s has no %q: %s", path, want, csv)
		}
	}
	for path, status := range map[string]int{"/sources?period=all": http.StatusUnprocessableEntity, "/sources/x": http.StatusNotFound, "/sources/999": http.StatusNotFound} {
		if w := s.Get(path); w.Code != status {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}
