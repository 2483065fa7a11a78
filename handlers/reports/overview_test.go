package reports_test

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

func TestFirstPageSaysHowToBegin(t *testing.T) {
	t.Parallel()
	for role, help := range map[domain.Role]string{domain.Admin: "Make one under Settings", domain.PM: "Ask an admin for one"} {
		words := htmltest.Text(servicetest.SignedIn(t, role).Open(t, "/"))
		for _, want := range []string{help, "curl https://wherefore.example/api/v1/events", `"error_subcode": 460`, "/api/v1/profiles/p-1/reason"} {
			if !strings.Contains(words, want) {
				t.Errorf("%s does not read %q", role, want)
			}
		}
	}
}

// report stores disconnections of facebook in the last full hour, some days ago, for a
// cause; those for "" are unparsed.
func report(t *testing.T, s *store.Store, days, times int, cause domain.Cause) {
	t.Helper()
	source := storetest.Source(t, s)
	for range times {
		e := storetest.NewEvent(func(e *store.NewEvent) {
			e.OccurredAt = time.Now().Add(-time.Hour).AddDate(0, 0, -days)
			if cause != "" {
				storetest.Parsed(cause)(e)
			}
		})
		storetest.Add(t, s, source.ID, e)
	}
}

func TestOverviewComparesTheDay(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	report(t, s.Store, 0, 30, "token-expired")
	report(t, s.Store, 1, 2, "token-expired")
	report(t, s.Store, 7, 1, "lost-role")
	report(t, s.Store, 0, 4, "")
	report(t, s.Store, 0, 9, "platform-outage")
	page := s.Open(t, "/")
	if row := htmltest.Row(page, "Facebook 43"); !strings.HasPrefix(row, "Facebook 43 2 1") || !strings.HasSuffix(row, "43 9.3% 9.3% suspected outage") {
		t.Errorf("the network's row reads %q", row)
	}
	if row := htmltest.Row(page, "facebook.token-expired"); row != "facebook.token-expired The connection to Facebook has expired reconnect 30 2 0" {
		t.Errorf("the reason that grew reads %q", row)
	}
	words := htmltest.Text(page)
	for _, want := range []string{"Unparsed on arrival 9.3% 4 of 43 errors", "New clusters 1 first seen", "Suspected outages 1 Facebook since", "had all fields in a form that can be used", "Open in quarantine 0"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not read %q", want)
		}
	}
	if to := htmltest.Link(page, "9.3%"); !strings.HasPrefix(to, "/disconnections?from=") || !strings.HasSuffix(to, "&verdict=arrival") || !strings.Contains(to, "reason=unparsed") {
		t.Errorf("unparsed on arrival is at %q", to)
	}
	if to := htmltest.Link(page, "1"); !strings.HasPrefix(to, "/clusters?from=") || !strings.HasSuffix(to, "&state=new") {
		t.Errorf("new clusters are at %q", to)
	}
}

// Whoever sends a first error and opens the page sees it.
func TestErrorOfTheRunningHourIsSeen(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	source := storetest.Source(t, s.Store)
	storetest.Add(t, s.Store, source.ID, storetest.NewEvent(storetest.Parsed("token-expired")))
	for _, path := range []string{"/", "/trends", "/trends?network=facebook&reason=facebook.token-expired"} {
		page := s.Open(t, path)
		if to := htmltest.Link(page, "1 error"); !strings.Contains(htmltest.Text(page), "Not counted yet, since") || !strings.HasPrefix(to, "/disconnections?from=") {
			t.Errorf("%s leads to %q and reads %s", path, to, htmltest.Text(page))
		}
	}
	if page := s.Open(t, "/trends?network=threads"); strings.Contains(htmltest.Text(page), "Not counted yet") {
		t.Error("an error of another network is not counted yet")
	}
}

func TestOverviewLeadsOnlyWhereOneMayGo(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	report(t, s.Store, 0, 3, "")
	page := s.Open(t, "/?wall=1")
	for _, a := range htmltest.Inside(page, "a") {
		for _, attr := range a.Attr {
			if attr.Key == "href" && (strings.HasPrefix(attr.Val, "/clusters") || strings.HasPrefix(attr.Val, "/parsers")) {
				t.Errorf("%q leads to %s", htmltest.Text(a), attr.Val)
			}
		}
	}
	if words := htmltest.Text(page); !strings.Contains(words, "Loads itself again every minute") {
		t.Errorf("on the wall: %q", words)
	}
}

func TestQuietDayIsNoFirstRun(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	report(t, s.Store, 20, 1, "token-expired")
	if words := htmltest.Text(s.Open(t, "/")); !strings.Contains(words, "No network has refused a call") || strings.Contains(words, "curl") {
		t.Errorf("reads %q", words)
	}
}

// Both days of a comparison have 24 full hours: what is in the running hour waits for
// its end.
func TestOverviewComparesDaysOfEqualLength(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	hour := time.Now().UTC().Truncate(time.Hour)
	for _, minutes := range []int{
		1,                 // of the running hour
		-1, -60, -24 * 60, // of the day
		-24*60 - 1, -25 * 60, -48*60 + 1, // of the day before
		-48*60 - 1,
	} {
		e := storetest.NewEvent(func(e *store.NewEvent) { e.OccurredAt = hour.Add(time.Duration(minutes) * time.Minute) })
		storetest.Add(t, s.Store, storetest.Source(t, s.Store).ID, e)
	}
	page := s.Open(t, "/")
	if row := htmltest.Row(page, "Facebook 3"); !strings.HasPrefix(row, "Facebook 3 3 0") {
		t.Errorf("the row reads %q", htmltest.Row(page, "Facebook"))
	}
	if words := htmltest.Text(page); !strings.Contains(words, "the 24 full hours until "+hour.Format("2 January, 15:04")+" UTC") {
		t.Error("the heading does not say until when")
	}
}
