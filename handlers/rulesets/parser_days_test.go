package rulesets_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/anomaly"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// explains stores errors that a parser explained so many hours ago each.
func explains(t *testing.T, d *servicetest.Desk, parser string, hoursAgo ...int) {
	t.Helper()
	var events []store.NewEvent
	for _, hours := range hoursAgo {
		events = append(events, storetest.NewEvent(func(e *store.NewEvent) {
			e.OccurredAt = time.Now().Add(-time.Duration(hours) * time.Hour)
			e.Verdict = domain.Verdict{Reason: "facebook.platform-outage", Parser: parser, Ruleset: 1}
		}))
	}
	storetest.Add(t, d.Store, storetest.Source(t, d.Store).ID, events...)
}

// usually is so many matches on each of the days before the last one.
func usually(matches int) []int {
	var hours []int
	for day := 1; day < anomaly.RateDays; day++ {
		for range matches {
			hours = append(hours, day*24+12)
		}
	}
	return hours
}

func TestParsersOutOfStepAreMarked(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	parsers := d.Catalog.Network(domain.Facebook).Parsers
	silent, spiking, steady := parsers[3].Name, parsers[4].Name, parsers[5].Name
	explains(t, d, silent, usually(6)...)
	explains(t, d, spiking, append(usually(6), 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)...)
	explains(t, d, steady, append(usually(6), 5, 5, 5, 5, 5, 5)...)
	explains(t, d, "not-live", usually(6)...)
	if strings.Contains(htmltest.Text(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)), "silent 0 in 24 hours") {
		t.Error("a parser is marked while the past is being parsed")
	}
	d.Reparse(t)

	list := htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)
	for name, mark := range map[string]string{silent: silent + " silent 0 in 24 hours, usually 6 a day", spiking: spiking + " spiking 16 in 24 hours, usually 6 a day", steady: steady} {
		found := false
		for _, row := range htmltest.Rows(htmltest.Inside(list, "table")[0]) {
			found = found || row[1] == mark
		}
		if !found {
			t.Errorf("%s is not %q", name, mark)
		}
	}
	for text, want := range map[string]string{"16": "16 ", "6 a day": "84 "} {
		if got := htmltest.Total(d.Open(t, htmltest.Link(list, text))); !strings.HasPrefix(got, want) {
			t.Errorf("%q leads to %q", text, got)
		}
	}
	anomalies := htmltest.Rows(htmltest.ByID(htmltest.Page(t, d.Get("/"), http.StatusOK), "rate-anomalies"))
	if len(anomalies) != 2 || anomalies[0][2]+anomalies[1][2] != "silentspiking" && anomalies[0][2]+anomalies[1][2] != "spikingsilent" {
		t.Errorf("the overview marks %q", anomalies)
	}
	text := htmltest.Text(htmltest.ByID(htmltest.Page(t, d.Get("/parsers/facebook."+silent), http.StatusOK), "matches"))
	if !strings.Contains(text, "It is silent 0 in 24 hours, usually 6 a day") || !strings.Contains(text, "It explains 102 errors of these 30 days, 0 of the last 24 hours.") {
		t.Errorf("the parser's page says %s", text)
	}
	never := d.Catalog.Network(domain.Facebook).Parsers[6].Name
	if text := htmltest.Text(htmltest.ByID(htmltest.Page(t, d.Get("/parsers/facebook."+never), http.StatusOK), "matches")); !strings.Contains(text, "It explained nothing in these days.") {
		t.Errorf("a parser without matches says %s", text)
	}
	if htmltest.Link(htmltest.Page(t, d.Get("/parsers/facebook."+silent), http.StatusOK), "silent") != "#matches" {
		t.Error("the parser's mark does not lead to its matches")
	}
	d.SignInAs(t, domain.PM)
	if htmltest.ByID(htmltest.Page(t, d.Get("/"), http.StatusOK), "rate-anomalies") != nil {
		t.Error("it is shown to who can't do anything about it")
	}
}

// When nothing at all arrives, no parser is to blame.
func TestSilentNetworkMarksNoParser(t *testing.T) {
	t.Parallel()
	d := servicetest.NewDesk(t)
	explains(t, d, d.Catalog.Network(domain.Facebook).Parsers[3].Name, usually(6)...)
	if text := htmltest.Text(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)); strings.Contains(text, "silent 0 in 24 hours") {
		t.Error("a parser is marked")
	}
}
