package events_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func affectedSite(t *testing.T, profiles int) *servicetest.Site {
	t.Helper()
	s := servicetest.SignedIn(t, domain.PM)
	var events []store.NewEvent
	for i := range profiles {
		for j := range 1 + i%3 {
			events = append(events, storetest.NewEvent(storetest.Parsed("token-expired"), func(e *store.NewEvent) {
				e.ProfileID, e.OccurredAt = fmt.Sprint("p.", i), time.Now().Add(-time.Duration(j+1)*time.Hour)
			}))
		}
	}
	storetest.Add(t, s.Store, storetest.Source(t, s.Store).ID, events...)
	return s
}

func TestAffectedProfilesAreListedOnce(t *testing.T) {
	t.Parallel()
	s := affectedSite(t, 120)
	seen := map[string]bool{}
	for path := "/affected?reason=facebook.token-expired&period=24h"; path != ""; {
		page := s.Open(t, path)
		if got := htmltest.Total(page); got != "120 profiles with disconnections and failed calls in the last 24 hours" {
			t.Fatalf("the heading says %q", got)
		}
		for _, row := range htmltest.Rows(htmltest.Inside(page, "table")[0]) {
			if seen[row[0]] {
				t.Errorf("%s is listed twice", row[0])
			}
			seen[row[0]] = true
		}
		path = htmltest.Link(page, "Older →")
	}
	if len(seen) != 120 {
		t.Errorf("%d profiles are listed", len(seen))
	}
	first := s.Open(t, "/affected?reason=facebook.token-expired")
	if got := htmltest.Total(s.Open(t, htmltest.Link(first, "3"))); !strings.HasPrefix(got, "3 disconnections") {
		t.Errorf("the errors of the first are %q", got)
	}
}

func TestAffectedProfilesAsCSV(t *testing.T) {
	t.Parallel()
	s := affectedSite(t, 60)
	answer := s.Get("/affected.csv?network=facebook")
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(answer.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(records) != 61 || records[0][0] != "profile_id" || records[1][5] != "3" || records[60][5] != "1" {
		t.Errorf("%d records, %v", len(records), err)
	}
}

func TestAffectedProfilesRefuseWhatIsNoPlace(t *testing.T) {
	t.Parallel()
	s := affectedSite(t, 1)
	for _, query := range []string{"page=x", "page=eyJrIjpbIngiLCJwIl19", "page=eyJrIjpbIjMiXX0", "page=3.p", "period=1y", "from=never"} {
		if answer := s.Get("/affected?" + query); answer.Code != http.StatusUnprocessableEntity && answer.Code != http.StatusBadRequest {
			t.Errorf("%s answers %d", query, answer.Code)
		}
	}
	if page := s.Open(t, "/affected?network=x"); !strings.Contains(htmltest.Text(page), "profiles with such errors") {
		t.Errorf("an empty list reads %q", htmltest.Text(page))
	}
}
