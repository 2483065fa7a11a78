package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"wherefore/store"
	"wherefore/store/storetest"
)

func sourcesSite(t *testing.T) *site {
	t.Helper()
	d, s := newDashboard(t)
	d.QuarantineDays = 30
	s.serve("GET /sources", d.ListSources)
	s.serve("GET /sources.csv", d.ListSourcesCSV)
	s.serve("GET /sources/fields.csv", d.ListSourceFieldsCSV)
	s.serve("GET /sources/{id}", d.ShowSource)
	s.serve("GET /quarantine", d.ListQuarantine)
	s.serve("GET /quarantine.csv", d.ListQuarantineCSV)
	s.serve("GET /quarantine/{id}", d.ShowQuarantined)
	s.serve("POST /quarantine/discard", d.DiscardKind)
	s.serve("POST /quarantine/{id}/discard", d.DiscardQuarantined)
	s.signInAs(t, "engineer")
	return s
}

// send has a source send events and what can't be used.
func send(t *testing.T, s *site, source store.Source, events []store.NewEvent, unusable ...store.Unusable) {
	t.Helper()
	if _, err := s.store.AddEvents(t.Context(), source.ID, events, unusable); err != nil {
		t.Fatal(err)
	}
}

func TestSourcesListsEverySource(t *testing.T) {
	t.Parallel()
	s := sourcesSite(t)
	if words := reads(s.open(t, "/sources")); !strings.Contains(words, "No sources yet") || strings.Contains(words, "all fields") {
		t.Errorf("without a source it reads %q", words)
	}
	busy, silent, old := storetest.Source(t, s.store), storetest.Source(t, s.store), storetest.Source(t, s.store)
	if words := reads(s.open(t, "/sources")); !strings.Contains(words, "Nothing was sent as yet, so nothing is known of its fields.") {
		t.Errorf("without an event it reads %q", words)
	}
	past := storetest.NewEvent(func(e *store.NewEvent) { e.ArrivedAt = time.Now().AddDate(0, 0, -3); e.OccurredAt = e.ArrivedAt })
	send(t, s, old, []store.NewEvent{past})
	if words := reads(s.open(t, "/sources")); !strings.Contains(words, "No event arrived in this window") || strings.Contains(words, "all fields") {
		t.Errorf("with events before it reads %q", words)
	}
	e := storetest.NewEvent(func(e *store.NewEvent) { e.Defaulted, e.Mended = []string{"network"}, []string{"operation"} })
	send(t, s, busy, []store.NewEvent{e, e, storetest.NewEvent()},
		store.Unusable{Raw: []byte("1"), Field: "network", Problem: "A value is needed."}, store.Unusable{Raw: []byte("1"), Field: "network", Problem: "A value is needed."})

	page := s.open(t, "/sources")
	for name, want := range map[string]string{
		busy.Name:   "just now at most 5 events each hour 5 2 1 2 1 1 1",
		silent.Name: "silent for 24 hours never at most 0 events each hour 0 0 0 0 0 0 0",
		old.Name:    "silent for 24 hours 3 days ago at most 0 events each hour 0 0 0 0 0 0 0",
	} {
		if row := rowOf(page, name); row != name+" "+want {
			t.Errorf("the row reads %q", row)
		}
	}
	if words := reads(page); !strings.Contains(words, "5 events sent: 2 accepted, 1 duplicate, 2 quarantined. Nothing came in 23 of 24 hours.") {
		t.Errorf("the chart's finding is not in %q", words)
	}
	if to := leadsTo(page, "2"); !strings.HasPrefix(to, "/quarantine?") || !strings.Contains(to, "state=any") {
		t.Errorf("what was quarantined is at %q", to)
	}
	own := s.open(t, leadsTo(page, busy.Name))
	if words := reads(own); !strings.Contains(words, "network missing 1 2 50%") || !strings.Contains(words, "operation mended 1 2 50%") {
		t.Errorf("its own page reads %q", words)
	}
	for path, want := range map[string]string{
		"/sources.csv":                   busy.Name + ",",
		"/sources/fields.csv?period=24h": busy.Name + ",mended,operation,1,2\n" + busy.Name + ",missing,network,1,2\n",
		"/sources.csv?period=7d":         ",1,1,0,0,0,0,0,0\n",
	} {
		if csv := s.get(path).Body.String(); !strings.Contains(csv, want) {
			t.Errorf("%s has no %q: %s", path, want, csv)
		}
	}
	for path, status := range map[string]int{"/sources?period=all": http.StatusUnprocessableEntity, "/sources/x": http.StatusNotFound, "/sources/999": http.StatusNotFound} {
		if w := s.get(path); w.Code != status {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}
