package events_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/handlers/events"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func on(n domain.Network) func(*store.NewEvent) { return func(e *store.NewEvent) { e.Network = n } }

func TestDisconnectionsSayWhatTheyCount(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	storetest.Event(t, s.Store, storetest.Parsed("user-changed-password"))
	storetest.Event(t, s.Store, storetest.Parsed("rate-limited"), storetest.OfType(domain.Failed))
	storetest.Event(t, s.Store)
	storetest.Event(t, s.Store, on(domain.X), storetest.Parsed("token-expired"), storetest.Ago(10*24*time.Hour))
	storetest.Event(t, s.Store, storetest.OfType(domain.Reconnected))
	storetest.Event(t, s.Store, storetest.OfType(domain.Succeeded))
	for query, want := range map[string]struct {
		total string
		rows  int
	}{
		"":                                      {"3 disconnections and failed calls in the last 7 days", 3},
		"?network=&reason=&period=":             {"3 disconnections and failed calls in the last 7 days", 3},
		"?period=all":                           {"4 disconnections and failed calls of all time", 4},
		"?period=30d&network=x":                 {"1 disconnection or failed call of X in the last 30 days", 1},
		"?type=disconnected":                    {"2 disconnections in the last 7 days", 2},
		"?type=failed":                          {"1 failed call in the last 7 days", 1},
		"?type=reconnected":                     {"1 reconnection in the last 7 days", 1},
		"?type=succeeded":                       {"1 call that succeeded in the last 7 days", 1},
		"?reason=unparsed":                      {"1 disconnection or failed call in the last 7 days", 1},
		"?reason=facebook.rate-limited":         {"1 disconnection or failed call in the last 7 days", 1},
		"?category=limit":                       {"1 disconnection or failed call in the last 7 days", 1},
		"?verdict=arrival&parser=rate-limited":  {"1 disconnection or failed call in the last 7 days", 1},
		"?format=text":                          {"0 disconnections and failed calls in the last 7 days", 0},
		"?network=x&cluster=999&profile=%22%27": {"0 disconnections and failed calls of X in the last 7 days", 0},
	} {
		page := s.Open(t, "/disconnections"+query)
		if got := htmltest.Total(page); got != want.total || htmltest.RowCount(page) != want.rows {
			t.Errorf("%q: %q with %d rows, want %q with %d", query, got, htmltest.RowCount(page), want.total, want.rows)
		}
	}
}

// Whatever a page counts, its link leads to that many rows.
func TestCountsLeadToTheRowsTheyCount(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	for i, cause := range []domain.Cause{"lost-role", "lost-role", "lost-role", "token-expired"} {
		storetest.Event(t, s.Store, storetest.Parsed(cause))
		storetest.Event(t, s.Store, on(domain.Reddit))
		if i%2 == 0 {
			storetest.Event(t, s.Store, on(domain.X), storetest.Parsed(cause))
		}
	}
	for _, start := range []string{"/disconnections", "/disconnections?network=facebook", "/disconnections?reason=unparsed&type=disconnected"} {
		checked := 0
		for _, a := range htmltest.Inside(s.Open(t, start), "a") {
			if htmltest.Attribute(a, "class") != "count" {
				continue
			}
			checked++
			if page := s.Open(t, htmltest.Attribute(a, "href")); fmt.Sprint(htmltest.RowCount(page)) != htmltest.Text(a) {
				t.Errorf("%s: %s leads to %d rows at %s", start, htmltest.Text(a), htmltest.RowCount(page), htmltest.Attribute(a, "href"))
			}
		}
		if checked == 0 {
			t.Errorf("%s has no counts", start)
		}
	}
}

func TestDisconnectionsPageByKey(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	source := storetest.Source(t, s.Store)
	var stored []store.NewEvent
	for range 2*events.EventsPerPage + 1 {
		stored = append(stored, storetest.NewEvent())
	}
	storetest.Add(t, s.Store, source.ID, stored...)
	page := s.Open(t, "/disconnections?network=facebook")
	if htmltest.Link(page, "← Newer") != "" {
		t.Error("something is newer than the first page")
	}
	first := htmltest.Text(htmltest.Inside(page, "tbody")[0])
	for _, want := range []int{events.EventsPerPage, 1} {
		page = s.Open(t, htmltest.Link(page, "Older →"))
		if htmltest.RowCount(page) != want {
			t.Errorf("a page of %d rows, want %d", htmltest.RowCount(page), want)
		}
	}
	if htmltest.Link(page, "Older →") != "" {
		t.Error("something is older than the last page")
	}
	page = s.Open(t, htmltest.Link(page, "← Newer"))
	page = s.Open(t, htmltest.Link(page, "← Newer"))
	if htmltest.Text(htmltest.Inside(page, "tbody")[0]) != first {
		t.Error("going back leads to another first page")
	}
}

func TestDisconnectionsAsCSV(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	storetest.Event(t, s.Store, storetest.Parsed("lost-role"), func(e *store.NewEvent) {
		e.ProfileID, e.ProfileName, e.Facts.Message = `p,"1"`, "=cmd()", "line\nbreak"
	})
	storetest.Event(t, s.Store)
	page := s.Open(t, "/disconnections?reason=facebook.lost-role")
	w := s.Get(htmltest.Link(page, "Download CSV"))
	rows := strings.SplitN(w.Body.String(), "\n", 2)
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.HasSuffix(rows[0], ",error_type,message") {
		t.Errorf("%s: %s", w.Header().Get("Content-Type"), rows[0])
	}
	if want := `disconnected,"p,""1""",'=cmd(),facebook,facebook.lost-role,access,lost-role,1,`; !strings.Contains(rows[1], want) {
		t.Errorf("got %s, want %s in it", rows[1], want)
	}
	if !strings.HasSuffix(rows[1], ",190,,,\"line\nbreak\"\n") {
		t.Errorf("the only row is %s", rows[1])
	}
}

func TestProductManagersSeeNoErrorsInLists(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	storetest.Event(t, s.Store)
	for _, path := range []string{"/disconnections", "/disconnections.csv"} {
		if body := s.Get(path).Body.String(); strings.Contains(body, "made for a test") || !strings.Contains(body, "facebook") {
			t.Errorf("%s shows %s", path, body)
		}
	}
}

func TestEmptyDisconnectionsSayWhy(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	if words := htmltest.Text(s.Open(t, "/disconnections")); !strings.Contains(words, "No events yet") {
		t.Errorf("without events: %s", words)
	}
	storetest.Event(t, s.Store, storetest.Ago(8*24*time.Hour))
	page := s.Open(t, "/disconnections")
	if !strings.Contains(htmltest.Text(page), "There are others, but none in the last 7 days.") || htmltest.Link(page, "Clear the filter") != "/disconnections?period=all" {
		t.Errorf("with old ones: %s", htmltest.Text(page))
	}
	page = s.Open(t, "/disconnections?network=x")
	if !strings.Contains(htmltest.Text(page), "No events match this filter") || htmltest.Link(page, "Clear the filter") != "/disconnections" {
		t.Errorf("hidden: %s", htmltest.Text(page))
	}
}

func TestOddFiltersAreNoFault(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	odd := []string{"\x00", "\xff", "'", `"><script>`, strings.Repeat("9", 40), "-1", "\u202e"}
	for _, name := range []string{"network", "reason", "category", "type", "source", "format", "profile", "parser", "cluster", "verdict", "period", "from", "to", "page"} {
		for _, value := range odd {
			for _, path := range []string{"/disconnections?", "/disconnections.csv?"} {
				if w := s.Get(path + url.Values{name: {value}}.Encode()); w.Code >= http.StatusInternalServerError {
					t.Errorf("%s%s=%q answers %d", path, name, value, w.Code)
				}
			}
		}
	}
	for _, path := range []string{"/disconnections?period=week", "/disconnections?page=2", "/disconnections.csv?from=x"} {
		if w := s.Get(path); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}
