package demo

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/anomaly"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/web/service"
)

var testEnd = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) // a Saturday

func loadCatalog(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDemoHistoryIsTheSameForASeed(t *testing.T) {
	c := loadCatalog(t)
	first := newHistory(c, 1, testEnd)
	if !reflect.DeepEqual(first, newHistory(c, 1, testEnd)) {
		t.Error("the same seed gives another history")
	}
	if reflect.DeepEqual(first, newHistory(c, 2, testEnd)) {
		t.Error("another seed gives the same history")
	}
}

func TestDemoHistoryIsBelievable(t *testing.T) {
	c := loadCatalog(t)
	events := newHistory(c, 1, testEnd)
	networks, profiles, days := map[domain.Network]int{}, map[string]bool{}, map[time.Weekday]int{}
	for i, e := range events {
		networks[e.Network]++
		profiles[e.ProfileID] = true
		days[e.OccurredAt.Weekday()]++
		if i > 0 && e.OccurredAt.Before(events[i-1].OccurredAt) {
			t.Fatalf("event %d comes before the one before it", i)
		}
		if age := testEnd.Sub(e.OccurredAt); age <= 0 || age > historyDays*24*time.Hour {
			t.Errorf("event at %v is outside of the two months", e.OccurredAt)
		}
		if (e.Raw != nil) != e.Type.HasError() {
			t.Errorf("%s with error %q", e.Type, e.Raw)
		}
	}
	if len(networks) != len(c.Networks()) {
		t.Errorf("%d of %d networks", len(networks), len(c.Networks()))
	}
	if len(profiles) < 200 || len(events) < 1500 || len(events) > 30_000 {
		t.Errorf("%d profiles, %d events", len(profiles), len(events))
	}
	if days[time.Sunday]*3 > days[time.Wednesday]*2 {
		t.Errorf("Sundays are as busy as Wednesdays: %v", days)
	}
}

// A profile does not lose a connection that it has lost already.
func TestDemoProfilesReconnectBeforeTheyDisconnect(t *testing.T) {
	lost := map[string]bool{}
	for _, e := range newHistory(loadCatalog(t), 1, testEnd) {
		switch e.Type {
		case domain.Disconnected:
			if lost[e.ProfileID] {
				t.Fatalf("%s disconnects twice, at %v", e.ProfileID, e.OccurredAt)
			}
			lost[e.ProfileID] = true
		case domain.Reconnected:
			if !lost[e.ProfileID] {
				t.Fatalf("%s reconnects without need, at %v", e.ProfileID, e.OccurredAt)
			}
			lost[e.ProfileID] = false
		}
	}
}

func TestDemoHistoryHasAnOutageAndSomethingThatGrows(t *testing.T) {
	d := &demo{end: testEnd, troubles: newTroubles(loadCatalog(t))}
	d.outage, d.growing = d.pickOutage(), d.pickGrowing()
	if d.outage == "" || d.growing == "" {
		t.Fatalf("outage of %q, growth of %q", d.outage, d.growing)
	}
	hour, inHour, hours := d.outageHour(), 0, map[time.Time]int{}
	for _, e := range newHistory(loadCatalog(t), 1, testEnd) {
		if e.Network != d.outage {
			continue
		}
		if at := e.OccurredAt.Truncate(time.Hour); at.Equal(hour) {
			inHour++
		} else {
			hours[at]++
		}
	}
	for at, n := range hours {
		if n*3 > inHour {
			t.Errorf("%d events at %v, %d in the hour of outage", n, at, inHour)
		}
	}
	growing := likelyTrouble{reason: d.growing, weight: 1}
	early, late := d.weight(growing, testEnd.AddDate(0, 0, -20)), d.weight(growing, testEnd.Add(-time.Hour))
	if late < 5*early {
		t.Errorf("the growing reason grows from %v to %v", early, late)
	}
}

// Since a network answers otherwise, a parser is silent and a new cluster spreads.
func TestDemoHistoryHasANetworkThatChangesAnAnswer(t *testing.T) {
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	days, spread := make([]int, anomaly.RateDays), map[string]bool{}
	var first time.Time
	for _, e := range newHistory(c, historySeed, testEnd) {
		if e.Network != changedAnswer.reason.Network() || !e.Type.HasError() {
			continue
		}
		verdict := engine.Explain(e.Network, e.Status, e.Raw).Verdict
		ago := int(testEnd.Sub(e.OccurredAt) / (24 * time.Hour))
		switch {
		case verdict.Reason == changedAnswer.reason && ago < len(days):
			days[len(days)-1-ago]++
		case !verdict.Parsed() && bytes.Contains(e.Raw, []byte("CallLimitException")):
			if first.IsZero() {
				first = e.OccurredAt
			}
			if e.OccurredAt.Before(first.Add(time.Hour)) {
				spread[e.ProfileID] = true
			}
		}
	}
	parsers := append([][]int{days}, slices.Repeat([][]int{slices.Repeat([]int{5}, anomaly.RateDays)}, 400)...)
	if a := anomaly.RateAnomalies(parsers)[0]; a != anomaly.Silent {
		t.Errorf("%s is %q on %v among 400", changedAnswer.reason, a, days)
	}
	if age := testEnd.Sub(first); age > 21*time.Hour || len(spread) < service.SpikeProfiles {
		t.Errorf("the new answer is first heard %v ago, and by %d profiles in an hour", age, len(spread))
	}
}
