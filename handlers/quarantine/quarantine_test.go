package quarantine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/handlers/quarantine"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestQuarantineSaysWhyItIsEmpty(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	says := func(path, want string) {
		t.Helper()
		if words := htmltest.Text(s.Open(t, path)); !strings.Contains(words, want) {
			t.Errorf("%s does not read %q: %s", path, want, words)
		}
	}
	says("/quarantine", "Nothing was sent as yet")
	source := storetest.Source(t, s.Store)
	send(t, s, source, []store.NewEvent{storetest.NewEvent()})
	says("/quarantine", "All that was sent could be used")
	send(t, s, source, nil, store.Unusable{Raw: []byte("1"), Problem: "is no event"})
	says("/quarantine?state=expired", "No entries match this filter")
	says("/quarantine", "1 open entry")
	page := s.Open(t, "/quarantine")
	id := strings.TrimPrefix(htmltest.Links(htmltest.Inside(page, "table")[1])[0], "/quarantine/")
	if w := s.Post("/quarantine/" + id + "/discard"); w.Code != http.StatusSeeOther {
		t.Fatalf("discarding answers %d: %s", w.Code, w.Body)
	}
	says("/quarantine", "All entries have ended")
	says("/quarantine?state=discarded", "1 discarded entry")
	says("/quarantine/"+id+"?done=discard", "It was discarded")
}

func TestQuarantineListsAndFilters(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	source := storetest.Source(t, s.Store)
	for i := range quarantine.EntriesPerPage + 3 {
		send(t, s, source, nil, store.Unusable{
			Raw: fmt.Appendf(nil, `{"id":"%d"}`, i), SourceEventID: fmt.Sprint("e", i), ProfileID: "p", Field: "network", Problem: "A value is needed.",
		})
	}
	hostile := `<script>alert(1)</script>` + "\u202e\x00"
	send(t, s, source, nil, store.Unusable{
		Raw: []byte(hostile + strings.Repeat("x", 2*quarantine.ShownBytes)), SourceEventID: "=1+1", Problem: "is no JSON", ReceivedAt: time.Now().AddDate(0, 0, -9),
	})
	page := s.Open(t, "/quarantine")
	if row := htmltest.Row(page, source.Name+" network"); !strings.HasPrefix(row, source.Name+" network A value is needed. 53 53 just now just now Replay all") {
		t.Errorf("the group reads %q", row)
	}
	if !strings.Contains(htmltest.Text(page), "54 open entries, the oldest sent 9 days ago") {
		t.Errorf("the heading is not in %q", htmltest.Text(page))
	}
	older := htmltest.Link(page, "Older →")
	if second := s.Open(t, older); len(htmltest.Rows(htmltest.Inside(second, "table")[1])) != 4 || htmltest.Link(second, "← Newer") != "/quarantine" {
		t.Errorf("the second page, at %s, has %d rows", older, len(htmltest.Rows(htmltest.Inside(second, "table")[1])))
	}
	for query, want := range map[string]string{
		"field=none": "1 open entry", "field=network": "53 open entries", "id=e7": "1 open entry",
		"id=p": "53 open entries", "period=24h": "53 open entries, last sent in the last 24 hours",
		"problem=is+no+JSON": "1 open entry", "state=any": "54 entries", "field=%00%ff&id=%00": "0 open entries",
	} {
		if words := htmltest.Text(s.Open(t, "/quarantine?"+query)); !strings.Contains(words, want) {
			t.Errorf("?%s does not read %q: %.300s", query, want, words)
		}
	}
	for _, wrong := range []string{"source=nobody", "state=lost", "period=x", "page=x", "page=-1"} {
		if w := s.Get("/quarantine?" + wrong); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("?%s answers %d", wrong, w.Code)
		}
	}
	csv := s.Get("/quarantine.csv").Body.String()
	if n := strings.Count(csv, "\n"); n != 55 || !strings.Contains(csv, ",'=1+1,") {
		t.Errorf("%d lines of CSV, the last %s", n, csv[max(0, len(csv)-200):])
	}
	entry := s.Open(t, htmltest.Link(s.Open(t, "/quarantine?field=none"), "9 days ago"))
	words := htmltest.Text(entry)
	if len(htmltest.Inside(entry, "script")) != len(htmltest.Inside(page, "script")) || strings.ContainsAny(words, "\u202e\x00") {
		t.Error("what was received is not shown as text")
	}
	for _, want := range []string{"is no JSON", "the first 65,536 of 131,", "send it again, corrected and with the same id", "Expires"} {
		if !strings.Contains(words, want) {
			t.Errorf("the entry does not read %q: %.600s", want, words)
		}
	}
	for _, nowhere := range []string{"/quarantine/x", "/quarantine/9999"} {
		if w := s.Get(nowhere); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", nowhere, w.Code)
		}
	}
}

func TestDiscardingAKind(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	source := storetest.Source(t, s.Store)
	send(t, s, source, nil,
		store.Unusable{Raw: []byte("1"), Field: "network", Problem: "A value is needed."}, store.Unusable{Raw: []byte("2"), Field: "network", Problem: "A value is needed."},
		store.Unusable{Raw: []byte("3"), Field: "id", Problem: "A value is needed."})
	form := []string{"source", fmt.Sprint(source.ID), "field", "network", "problem", "A value is needed."}
	if w := s.Post("/quarantine/discard", form...); w.Code != http.StatusSeeOther {
		t.Fatalf("answers %d: %s", w.Code, w.Body)
	}
	if words := htmltest.Text(s.Open(t, "/quarantine")); !strings.Contains(words, "1 open entry") {
		t.Errorf("then it reads %q", words)
	}
	if w := s.Post("/quarantine/discard", form...); w.Code != http.StatusNotFound {
		t.Errorf("again answers %d", w.Code)
	}
	if w := s.Post("/quarantine/discard", "source", "x"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("of no source answers %d", w.Code)
	}
	audit, err := s.Store.Audit(t.Context(), "", 1)
	if err != nil || audit.Rows[0].Action != "quarantine.discard" || !strings.Contains(string(audit.Rows[0].Details), `"entries":2`) {
		t.Errorf("audit: %+v, %v", audit, err)
	}
}
