package handlers

import (
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func overviewSite(t *testing.T, role domain.Role) *site {
	t.Helper()
	d, s := newDashboard(t)
	d.BaseURL = "https://wherefore.example"
	s.serve("GET /{$}", d.ShowOverview)
	s.signInAs(t, role)
	return s
}

func TestFirstPageSaysHowToBegin(t *testing.T) {
	t.Parallel()
	for role, help := range map[domain.Role]string{domain.Admin: "Make one under Settings", domain.PM: "Ask an admin for one"} {
		words := reads(overviewSite(t, role).open(t, "/"))
		for _, want := range []string{help, "curl https://wherefore.example/api/v1/events", `"error_subcode": 460`, "/api/v1/profiles/p-1/reason"} {
			if !strings.Contains(words, want) {
				t.Errorf("%s does not read %q", role, want)
			}
		}
	}
}

// report stores disconnections of facebook, some days ago, for a cause; those
// for "" are unparsed.
func report(t *testing.T, s *store.Store, days, times int, cause domain.Cause) {
	t.Helper()
	source := storetest.Source(t, s)
	for range times {
		e := storetest.NewEvent(func(e *store.NewEvent) {
			e.OccurredAt = time.Now().AddDate(0, 0, -days)
			if cause != "" {
				storetest.Parsed(cause)(e)
			}
		})
		storetest.Add(t, s, source.ID, e)
	}
}

func TestOverviewComparesTheDay(t *testing.T) {
	t.Parallel()
	s := overviewSite(t, domain.Engineer)
	report(t, s.store, 0, 12, "token-expired")
	report(t, s.store, 1, 2, "token-expired")
	report(t, s.store, 7, 1, "lost-role")
	report(t, s.store, 0, 4, "")
	report(t, s.store, 0, 9, "platform-outage")
	page := s.open(t, "/")
	if row := rowOf(page, "facebook 25"); !strings.HasPrefix(row, "facebook 25 2 1") || !strings.HasSuffix(row, "25 16% 16% suspected outage") {
		t.Errorf("the network's row reads %q", row)
	}
	if row := rowOf(page, "facebook.token-expired"); row != "facebook.token-expired The connection to Facebook has expired reconnect 12 2 0" {
		t.Errorf("the reason that grew reads %q", row)
	}
	words := reads(page)
	for _, want := range []string{"Unparsed on arrival 16% 4 of 25 errors", "New clusters 1 first seen", "Suspected outages 1 facebook since", "Every source sends all"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not read %q", want)
		}
	}
	if to := leadsTo(page, "16%"); !strings.HasPrefix(to, "/disconnections?from=") || !strings.HasSuffix(to, "&verdict=arrival") || !strings.Contains(to, "reason=unparsed") {
		t.Errorf("unparsed on arrival is at %q", to)
	}
	if to := leadsTo(page, "1"); !strings.HasPrefix(to, "/clusters?from=") || !strings.HasSuffix(to, "&state=new") {
		t.Errorf("new clusters are at %q", to)
	}
}

func TestOverviewLeadsOnlyWhereOneMayGo(t *testing.T) {
	t.Parallel()
	s := overviewSite(t, domain.PM)
	report(t, s.store, 0, 3, "")
	page := s.open(t, "/?wall=1")
	for _, a := range inside(page, "a") {
		for _, attr := range a.Attr {
			if attr.Key == "href" && (strings.HasPrefix(attr.Val, "/clusters") || strings.HasPrefix(attr.Val, "/parsers")) {
				t.Errorf("%q leads to %s", reads(a), attr.Val)
			}
		}
	}
	if words := reads(page); !strings.Contains(words, "Loads itself again every minute") {
		t.Errorf("on the wall: %q", words)
	}
}

func TestQuietDayIsNoFirstRun(t *testing.T) {
	t.Parallel()
	s := overviewSite(t, domain.Support)
	report(t, s.store, 20, 1, "token-expired")
	if words := reads(s.open(t, "/")); !strings.Contains(words, "No network has refused a call") || strings.Contains(words, "curl") {
		t.Errorf("reads %q", words)
	}
}

func TestBeyondChance(t *testing.T) {
	for _, c := range []struct {
		now, usual int
		want       bool
	}{{0, 0, false}, {2, 0, false}, {3, 0, true}, {5, 4, false}, {9, 4, true}, {110, 100, false}, {121, 100, true}} {
		if got := beyondChance(c.now, c.usual); got != c.want {
			t.Errorf("%d against %d: %t", c.now, c.usual, got)
		}
	}
}
