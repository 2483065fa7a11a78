package reports_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestTrendsCompareWithThePeriodBefore(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	report(t, s.Store, 0, 30, "token-expired")
	report(t, s.Store, 31, 10, "token-expired")
	report(t, s.Store, 1, 4, "lost-role")
	report(t, s.Store, 30, 4, "lost-role")
	report(t, s.Store, 2, 6, "")
	page := s.Open(t, "/trends?network=facebook")
	words := htmltest.Text(page)
	for _, want := range []string{
		"40 errors in 30 days", "Errors by reason, each day of 30 days",
		"40 errors, +186% on the 30 days before. Grown most: facebook.token-expired, from 10 to 30.",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("does not read %q", want)
		}
	}
	if row := htmltest.Row(page, "facebook.token-expired 30"); row != "facebook.token-expired 30 75% 10 +200% 30 0% 0% –" {
		t.Errorf("the row reads %q", row)
	}
	if row := htmltest.Row(page, "unparsed"); row != "unparsed 6 15% 0 new 6 0% 0% –" {
		t.Errorf("unparsed reads %q", row)
	}
	figures := htmltest.Inside(page, "table")[len(htmltest.Inside(page, "table"))-1]
	if to := htmltest.Link(figures, "10"); !strings.Contains(to, "network=facebook&reason=facebook.token-expired&to=") {
		t.Errorf("the errors before are at %q", to)
	}
}

// A period in which next to nothing was sent is no measure.
func TestTrendsCompareWithNoEmptyPeriod(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	report(t, s.Store, 0, 30, "token-expired")
	report(t, s.Store, 31, 1, "token-expired")
	page := s.Open(t, "/trends?network=facebook")
	if words := htmltest.Text(page); !strings.Contains(words, "too few to compare with") {
		t.Errorf("reads %q", words)
	}
	if row := htmltest.Row(page, "facebook.token-expired 30"); !strings.HasPrefix(row, "facebook.token-expired 30 100% 1 – 30 ") {
		t.Errorf("the row reads %q", row)
	}
}

func TestTrendsAreFiltered(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	report(t, s.Store, 0, 5, "token-expired")
	report(t, s.Store, 0, 3, "lost-role")
	report(t, s.Store, 0, 2, "")
	for query, want := range map[string]string{
		"":                                "10 errors in 30 days",
		"?period=24h":                     "10 errors in 24 hours",
		"?period=90d&by=network":          "10 errors in 13 weeks",
		"?category=access":                "3 errors in 30 days",
		"?side=network":                   "5 errors in 30 days",
		"?side=network&category=access":   "No errors match this filter",
		"?reason=facebook.lost-role":      "3 errors in 30 days",
		"?reason=unparsed&as=share":       "2 errors in 30 days",
		"?type=failed":                    "No errors match this filter",
		"?network=x":                      "No errors match this filter",
		"?reason=facebook.rate-limited":   "No errors match this filter",
		"?as=share&by=category&period=7d": "Share of errors by category, each day of 7 days",
	} {
		if words := htmltest.Text(s.Open(t, "/trends"+query)); !strings.Contains(words, want) {
			t.Errorf("%s does not read %q: %s", query, want, words)
		}
	}
	for _, wrong := range []string{"?period=1y", "?by=profile", "?type=reconnected", "?network=%00"} {
		if w := s.Get("/trends" + wrong); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s answers %d", wrong, w.Code)
		}
	}
}

func TestTrendsMarkWhatMayExplainAChange(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	report(t, s.Store, 1, 8, "platform-outage")
	_, err := s.Store.PromoteParser(t.Context(), store.Actor{}, store.Promotion{
		Network: domain.Facebook, BaseVersion: 1, Why: "the new words of code 7", Check: storetest.Checked(),
		Spec: domain.ParserSpec{Network: domain.Facebook, Name: "new-words", Reason: "facebook.rate-limited", Condition: `code == "7"`},
	})
	if err != nil {
		t.Fatal(err)
	}
	words := htmltest.Text(s.Open(t, "/trends?period=7d"))
	for _, want := range []string{"ruleset 2 of Facebook: the new words of code 7", "suspected outage, ", "8 errors"} {
		if !strings.Contains(words, want) {
			t.Errorf("does not read %q", want)
		}
	}
	if strings.Contains(htmltest.Text(s.Open(t, "/trends?network=facebook&period=24h")), "suspected outage") {
		t.Error("an outage outside the period is marked")
	}
}

func TestTrendsAsCSV(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	report(t, s.Store, 0, 3, "token-expired")
	report(t, s.Store, 7, 1, "token-expired")
	report(t, s.Store, 0, 1, "")
	rows := strings.Split(strings.TrimSpace(s.Get("/trends.csv?period=7d&network=facebook").Body.String()), "\n")
	if len(rows) != 1+2*7 || rows[0] != "\ufefffrom,to,complete,reason,errors,share,errors_before,share_before" {
		t.Fatalf("rows %q", rows)
	}
	complete := fmt.Sprint(time.Now().UTC().Hour() == 0) // the last full hour ends a day
	if !strings.HasSuffix(rows[7], ","+complete+",facebook.token-expired,3,0.7500,1,1.0000") || !strings.HasSuffix(rows[14], ","+complete+",unparsed,1,0.2500,0,0.0000") {
		t.Errorf("today is %q and %q", rows[7], rows[14])
	}
}

func TestTrendsWithoutErrorsSaySo(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	if words := htmltest.Text(s.Open(t, "/trends")); !strings.Contains(words, "No network has refused a call in this period.") {
		t.Errorf("reads %q", words)
	}
	if rows := s.Get("/trends.csv").Body.String(); strings.Count(rows, "\n") != 1 {
		t.Errorf("as CSV: %q", rows)
	}
}

func TestManyReasonsAreFoldedInTheChart(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	source := storetest.Source(t, s.Store)
	for i, info := range domain.Causes() {
		for range i + 1 {
			storetest.Add(t, s.Store, source.ID, storetest.NewEvent(storetest.Parsed(info.Cause), storetest.Ago(2*time.Hour)))
		}
	}
	words := htmltest.Text(s.Open(t, "/trends?network=facebook&by=reason"))
	if n := len(domain.Causes()); !strings.Contains(words, strconv.Itoa(n-8)+" others") || !strings.Contains(words, "the first 25 of "+strconv.Itoa(n)) {
		t.Errorf("reads %q", words)
	}
}

// A period that is asked for by from and to has the errors between them and no
// others, compared with as many hours, days or weeks before.
func TestTrendsOfAPeriod(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	for daysAgo, n := range map[int]int{3: 2, 5: 4, 40: 8} {
		report(t, s.Store, daysAgo, n, "token-expired")
	}
	// Periods end with the last full hour, which in the first hour of a day is of the day before.
	date := func(daysAgo int) string {
		return time.Now().UTC().Add(-time.Hour).AddDate(0, 0, -daysAgo).Format(time.DateOnly)
	}
	for query, want := range map[string]string{
		"?from=" + date(3) + "&to=" + date(2):                    "2 errors in 24 hours on ",
		"?period=" + date(6) + "/" + date(2):                     "6 errors in 4 days from ",
		"?from=" + date(6) + "T06:00:00Z&to=" + date(2):          "6 errors in 4 days from ",
		"?from=" + date(6):                                       "6 errors in 7 days from ",
		"?from=" + date(200):                                     " weeks from ",
		"?network=facebook&from=" + date(41) + "&to=" + date(39): "8 errors in 48 hours from ",
	} {
		if words := htmltest.Text(s.Open(t, "/trends"+query)); !strings.Contains(words, want) {
			t.Errorf("%s does not read %q: %.400s", query, want, words)
		}
	}
	rows := strings.Split(strings.TrimSpace(s.Get("/trends.csv?network=facebook&from="+date(6)+"&to="+date(2)).Body.String()), "\n")
	if len(rows) != 1+4 || !strings.HasPrefix(rows[1], date(6)+"T00:00:00Z,") || !strings.Contains(rows[2], ",4,") {
		t.Errorf("as CSV: %q", rows)
	}
	for query, field := range map[string]string{
		"?from=yesterday": "from", "?to=2026-11-20": "from", "?from=2999-01-01": "from", "?from=" + date(3) + "&to=" + date(3): "to",
		"?from=" + date(3) + "&to=" + date(4): "to", "?from=" + date(3) + "&to=2999-01-01": "to", "?from=" + date(900): "from",
		"?period=/": "period", "?period=1d": "period", "?period=7d&from=" + date(6): "period",
	} {
		w := s.Get("/trends" + query)
		if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "Nothing was saved") {
			t.Errorf("%s, whose %s is wrong, answers %d", query, field, w.Code)
		}
	}
}

// What happened to profiles is told by their whole lives: an event that comes late, or
// that says again what is known, changes what it should and nothing else.
func TestTrendsTellWhatHappenedToProfiles(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	source := storetest.Source(t, s.Store).ID
	day := time.Now().UTC().Add(-10 * 24 * time.Hour).Truncate(24 * time.Hour)
	says := func(profile string, kind domain.EventType, hours time.Duration) {
		storetest.Add(t, s.Store, source, storetest.NewEvent(storetest.Parsed("token-expired"), storetest.OfType(kind), func(e *store.NewEvent) {
			e.ProfileID, e.OccurredAt = profile, day.Add(hours*time.Hour)
		}))
	}
	says("p-long", domain.Disconnected, -30*24) // before the period
	says("p-long", domain.Disconnected, 1)      // said again
	says("p-late", domain.Reconnected, 6)
	says("p-late", domain.Disconnected, 1) // late
	says("p-twice", domain.Disconnected, 1)
	says("p-twice", domain.Reconnected, 3)
	says("p-twice", domain.Disconnected, 5)
	says("p-failed", domain.Failed, 5)
	for merged := range 2 {
		page := s.Open(t, "/trends?network=facebook")
		// 4 profiles, 1 of 3 disconnected again, 2 of 3 spells over, after 2 and 5 hours: 3.5.
		if row := htmltest.Row(page, "facebook.token-expired"); row != "facebook.token-expired 5 100% 1 +400% 4 33.3% 66.7% 3 h" {
			t.Errorf("the row reads %q, merged %d times", row, merged)
		}
		if err := s.Store.MergeImpacts(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
