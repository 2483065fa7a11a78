package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/store/storetest"
)

// supportSite serves the pages of a support person's path.
func supportSite(t *testing.T, role domain.Role) (*dashboard, *site) {
	t.Helper()
	d, s := newDashboard(t)
	s.serve("GET /disconnections", d.ListDisconnections)
	s.serve("GET /needless", d.ListNeedless)
	s.serve("GET /needless.csv", d.ListNeedlessCSV)
	s.serve("GET /disconnections.csv", d.ListDisconnectionsCSV)
	s.serve("GET /events/{id}", d.ShowEvent)
	s.serve("GET /profiles", d.FindProfiles)
	s.serve("GET /profiles.csv", d.FindProfilesCSV)
	s.serve("GET /profiles/{id}", d.ShowProfile)
	s.serve("GET /profiles/{id}/timeline.csv", d.ShowTimelineCSV)
	s.serve("GET /profile", d.ShowProfile)
	s.serve("GET /profile/timeline.csv", d.ShowTimelineCSV)
	s.signInAs(t, role)
	return d, s
}

func on(n domain.Network) func(*store.NewEvent) { return func(e *store.NewEvent) { e.Network = n } }

func ago(d time.Duration) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.OccurredAt = time.Now().Add(-d) }
}

func ofType(kind domain.EventType) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.Type = kind }
}

// attribute is an element's attribute, "" if it has none.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// listed counts the rows of the page's list of events, which is its first table.
func listed(page *html.Node) int {
	for _, table := range inside(page, "table") {
		return len(inside(inside(table, "tbody")[0], "tr"))
	}
	return 0
}

func total(page *html.Node) string {
	for _, p := range inside(page, "p") {
		if attribute(p, "class") == "heading-total" {
			return reads(p)
		}
	}
	return ""
}

func TestDisconnectionsSayWhatTheyCount(t *testing.T) {
	t.Parallel()
	_, s := supportSite(t, domain.Support)
	storetest.Event(t, s.store, storetest.Parsed("user-changed-password"))
	storetest.Event(t, s.store, storetest.Parsed("rate-limited"), ofType(domain.Failed))
	storetest.Event(t, s.store)
	storetest.Event(t, s.store, on(domain.X), storetest.Parsed("token-expired"), ago(10*24*time.Hour))
	storetest.Event(t, s.store, ofType(domain.Reconnected))
	storetest.Event(t, s.store, ofType(domain.Succeeded))
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
		page := s.open(t, "/disconnections"+query)
		if got := total(page); got != want.total || listed(page) != want.rows {
			t.Errorf("%q: %q with %d rows, want %q with %d", query, got, listed(page), want.total, want.rows)
		}
	}
}

// Whatever a page counts, its link leads to that many rows.
func TestCountsLeadToTheRowsTheyCount(t *testing.T) {
	t.Parallel()
	_, s := supportSite(t, domain.Support)
	for i, cause := range []domain.Cause{"lost-role", "lost-role", "lost-role", "token-expired"} {
		storetest.Event(t, s.store, storetest.Parsed(cause))
		storetest.Event(t, s.store, on(domain.Reddit))
		if i%2 == 0 {
			storetest.Event(t, s.store, on(domain.X), storetest.Parsed(cause))
		}
	}
	for _, start := range []string{"/disconnections", "/disconnections?network=facebook", "/disconnections?reason=unparsed&type=disconnected"} {
		checked := 0
		for _, a := range inside(s.open(t, start), "a") {
			if attribute(a, "class") != "count" {
				continue
			}
			checked++
			if page := s.open(t, attribute(a, "href")); fmt.Sprint(listed(page)) != reads(a) {
				t.Errorf("%s: %s leads to %d rows at %s", start, reads(a), listed(page), attribute(a, "href"))
			}
		}
		if checked == 0 {
			t.Errorf("%s has no counts", start)
		}
	}
}

func TestDisconnectionsPageByKey(t *testing.T) {
	t.Parallel()
	_, s := supportSite(t, domain.Support)
	source := storetest.Source(t, s.store)
	var events []store.NewEvent
	for range 2*handlers.EventsPerPage + 1 {
		events = append(events, storetest.NewEvent())
	}
	storetest.Add(t, s.store, source.ID, events...)
	page := s.open(t, "/disconnections?network=facebook")
	if leadsTo(page, "← Newer") != "" {
		t.Error("something is newer than the first page")
	}
	first := reads(inside(page, "tbody")[0])
	for _, want := range []int{handlers.EventsPerPage, 1} {
		page = s.open(t, leadsTo(page, "Older →"))
		if listed(page) != want {
			t.Errorf("a page of %d rows, want %d", listed(page), want)
		}
	}
	if leadsTo(page, "Older →") != "" {
		t.Error("something is older than the last page")
	}
	page = s.open(t, leadsTo(page, "← Newer"))
	page = s.open(t, leadsTo(page, "← Newer"))
	if reads(inside(page, "tbody")[0]) != first {
		t.Error("going back leads to another first page")
	}
}

func TestDisconnectionsAsCSV(t *testing.T) {
	t.Parallel()
	_, s := supportSite(t, domain.Support)
	storetest.Event(t, s.store, storetest.Parsed("lost-role"), func(e *store.NewEvent) {
		e.ProfileID, e.ProfileName, e.Facts.Message = `p,"1"`, "=cmd()", "line\nbreak"
	})
	storetest.Event(t, s.store)
	page := s.open(t, "/disconnections?reason=facebook.lost-role")
	w := s.get(leadsTo(page, "Download CSV"))
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
	_, s := supportSite(t, domain.PM)
	storetest.Event(t, s.store)
	for _, path := range []string{"/disconnections", "/disconnections.csv"} {
		if body := s.get(path).Body.String(); strings.Contains(body, "made for a test") || !strings.Contains(body, "facebook") {
			t.Errorf("%s shows %s", path, body)
		}
	}
}

func TestEmptyDisconnectionsSayWhy(t *testing.T) {
	t.Parallel()
	_, s := supportSite(t, domain.Support)
	if words := reads(s.open(t, "/disconnections")); !strings.Contains(words, "No events yet") {
		t.Errorf("without events: %s", words)
	}
	storetest.Event(t, s.store, ago(8*24*time.Hour))
	page := s.open(t, "/disconnections")
	if !strings.Contains(reads(page), "There are others, but none in the last 7 days.") || leadsTo(page, "Clear the filter") != "/disconnections?period=all" {
		t.Errorf("with old ones: %s", reads(page))
	}
	page = s.open(t, "/disconnections?network=x")
	if !strings.Contains(reads(page), "No events match this filter") || leadsTo(page, "Clear the filter") != "/disconnections" {
		t.Errorf("hidden: %s", reads(page))
	}
}

func TestOddFiltersAreNoFault(t *testing.T) {
	t.Parallel()
	_, s := supportSite(t, domain.Support)
	odd := []string{"\x00", "\xff", "'", `"><script>`, strings.Repeat("9", 40), "-1", "\u202e"}
	for _, name := range []string{"network", "reason", "category", "type", "source", "format", "profile", "parser", "cluster", "verdict", "period", "from", "to", "page"} {
		for _, value := range odd {
			for _, path := range []string{"/disconnections?", "/disconnections.csv?"} {
				if w := s.get(path + url.Values{name: {value}}.Encode()); w.Code >= http.StatusInternalServerError {
					t.Errorf("%s%s=%q answers %d", path, name, value, w.Code)
				}
			}
		}
	}
	for _, path := range []string{"/disconnections?period=week", "/disconnections?page=2", "/disconnections.csv?from=x"} {
		if w := s.get(path); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}
