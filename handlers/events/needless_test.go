package events_test

import (
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// The list, its groups and its CSV hold what was disconnected without need, and
// nothing else.
func TestNeedlessDisconnectionsAreListed(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	of := func(id, credential string) func(*store.NewEvent) {
		return func(e *store.NewEvent) { e.ProfileID, e.CredentialID = id, credential }
	}
	for _, change := range [][]func(*store.NewEvent){
		{of("limited", ""), storetest.Parsed("rate-limited")},
		{of("limited-2", ""), storetest.Parsed("rate-limited"), storetest.OfType(domain.Failed)},
		{of("worked", ""), storetest.Parsed("token-expired"), storetest.Ago(3 * time.Hour)},
		{of("worked", ""), storetest.OfType(domain.Succeeded), storetest.Ago(time.Hour)},
		{of("shared", "c"), storetest.Parsed("token-expired"), storetest.Ago(3 * time.Hour)},
		{of("role", "c"), storetest.Parsed("lost-role"), storetest.Ago(3 * time.Hour)},
		{of("sibling", "c"), storetest.OfType(domain.Succeeded), storetest.Ago(time.Hour)},
		{of("unknown", ""), storetest.Ago(3 * time.Hour)},
		{of("unknown", ""), storetest.OfType(domain.Succeeded), storetest.Ago(time.Hour)},
		{of("lost", ""), storetest.Parsed("token-expired")},
		{of("long-ago", ""), storetest.Parsed("rate-limited"), storetest.Ago(40 * 24 * time.Hour)},
	} {
		storetest.Event(t, s.Store, change...)
	}
	for query, want := range map[string]struct {
		total string
		rows  int
	}{
		"":                              {"4 disconnections in the last 7 days", 4},
		"?period=all":                   {"5 disconnections of all time", 5},
		"?reason=facebook.rate-limited": {"1 disconnection in the last 7 days", 1},
		"?reason=unparsed":              {"1 disconnection in the last 7 days", 1},
		"?network=x":                    {"0 disconnections in the last 7 days", 0},
	} {
		page := s.Open(t, "/needless"+query)
		if got := htmltest.Total(page); got != want.total || want.rows > 0 && htmltest.RowCount(page) != want.rows {
			t.Errorf("%q: %q with %d rows, want %q with %d", query, got, htmltest.RowCount(page), want.total, want.rows)
		}
		csv := s.Get("/needless.csv" + query).Body.String()
		if got := strings.Count(csv, "\n") - 1; got != want.rows {
			t.Errorf("%q: %d rows as CSV: %s", query, got, csv)
		}
	}
	for query, marked := range map[string]int{"": 0, "?period=all": 0, "?reason=facebook.rate-limited": 1} {
		page := s.Get("/needless" + query).Body.String()
		if got := strings.Count(page, "<tr aria-current"); got != marked {
			t.Errorf("%q: %d groups are marked, want %d", query, got, marked)
		}
	}
	words := htmltest.Text(s.Open(t, "/needless"))
	for _, want := range []string{"category limit", "its credential worked 2 h afterwards sibling", "worked 2 h afterwards"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q: %s", want, words)
		}
	}
}

// The page, its reply and the event say the same of a disconnection without need.
func TestNeedlessDisconnectionAsksToReconnect(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	id := storetest.Event(t, s.Store, func(e *store.NewEvent) { e.ProfileID = "p-1" }, storetest.Parsed("platform-outage"))
	for _, address := range []string{"/profiles/p-1", "/events/" + id} {
		words := htmltest.Text(s.Open(t, address))
		if !strings.Contains(words, "Reconnect your Page here.") || !strings.Contains(words, "Needless disconnection") || strings.Contains(words, "connection is fine") {
			t.Errorf("%s reads %s", address, words)
		}
	}
	if words := htmltest.Text(s.Open(t, "/profiles/p-1")); !strings.Contains(words, "Will reconnecting help? Yes and it will hold") {
		t.Errorf("it reads %s", words)
	}
}

// The page, its reply and the events say the same of a profile that was lost by
// another error than the one that its source disconnected it for.
func TestALostConnectionIsNotCalledNeedless(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	of := func(id string, change ...func(*store.NewEvent)) string {
		return storetest.Event(t, s.Store, append(change, func(e *store.NewEvent) { e.ProfileID = id })...)
	}
	checkpoint, outage := storetest.Parsed("login-checkpoint"), storetest.Parsed("platform-outage")
	addresses := []string{"/profiles/p-1", "/profiles/p-2"}
	addresses = append(addresses, "/events/"+of("p-1", outage, storetest.Ago(5*time.Hour)), "/events/"+of("p-1", checkpoint, storetest.OfType(domain.Failed), storetest.Ago(time.Hour)))
	addresses = append(addresses, "/events/"+of("p-2", outage, storetest.Ago(time.Hour)), "/events/"+of("p-2", checkpoint, storetest.OfType(domain.Failed), storetest.Ago(5*time.Hour)))
	ended := of("p-3", outage, storetest.Ago(4*time.Hour))
	of("p-3", checkpoint, storetest.Ago(5*time.Hour))
	of("p-3", storetest.OfType(domain.Reconnected), storetest.Ago(time.Hour))
	for _, address := range append(addresses, "/events/"+ended) {
		words := htmltest.Text(s.Open(t, address))
		if !strings.Contains(words, "wants to check that it is really you") || strings.Contains(words, "it will hold") {
			t.Errorf("%s reads %s", address, words)
		}
	}
}

// That nothing was heard of a trouble since makes it likely that it is over, and
// a call that succeeded makes it certain.
func TestOldTroubleIsToldAsPast(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	of := func(change ...func(*store.NewEvent)) {
		storetest.Event(t, s.Store, append(change, func(e *store.NewEvent) { e.ProfileID = "p-1" })...)
	}
	says := func(want string) {
		t.Helper()
		words := htmltest.Text(s.Open(t, "/profiles/p-1"))
		if !strings.Contains(words, want) || !strings.Contains(words, "The last trouble was 9 days ago.") || strings.Contains(words, "at the moment") {
			t.Errorf("it reads %s", words)
		}
	}
	of(storetest.Parsed("platform-outage"), storetest.OfType(domain.Failed), storetest.Ago(9*24*time.Hour))
	says("Is it over? Probably nothing was heard since")
	of(storetest.OfType(domain.Succeeded), storetest.Ago(time.Hour))
	says("Is it over? Yes a call succeeded since")
}
