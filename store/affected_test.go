package store_test

import (
	"fmt"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestAffectedProfilesPageByKey(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	add := func(profile string, cause domain.Cause, times int) {
		for i := range times {
			storetest.Add(t, s, source.ID, storetest.NewEvent(storetest.Parsed(cause), func(e *store.NewEvent) {
				e.ProfileID, e.OccurredAt = profile, start.Add(time.Duration(i)*time.Hour)
				if i > 0 {
					e.Type = domain.Failed
				}
			}))
		}
	}
	add("a", "token-expired", 3)
	add("b", "token-expired", 1)
	add("c.1 ’", "token-expired", 3)
	add("d", "lost-role", 9)
	filter := store.EventFilter{Reason: "facebook.token-expired", From: start, To: start.Add(48 * time.Hour)}
	page := must(s.AffectedProfiles(t.Context(), filter, "", 2))(t)
	if got := fmt.Sprint(profileErrors(page.Rows)); page.Total != 3 || got != "[c.1 ’ 3 1 a 3 1]" || page.Next == "" {
		t.Fatalf("first page %s of %d, next %v", got, page.Total, page.Next)
	}
	if !page.Rows[0].LastAt.Equal(start.Add(2 * time.Hour)) {
		t.Errorf("last at %s", page.Rows[0].LastAt)
	}
	page = must(s.AffectedProfiles(t.Context(), filter, page.Next, 2))(t)
	if got := fmt.Sprint(profileErrors(page.Rows)); page.Total != 3 || got != "[b 1 1]" || page.Next != "" {
		t.Errorf("second page %s of %d, next %v", got, page.Total, page.Next)
	}
	var all []store.AffectedProfile
	for p, err := range s.AllAffected(t.Context(), store.EventFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if got := fmt.Sprint(profileErrors(all)); got != "[d 9 1 c.1 ’ 3 1 a 3 1 b 1 1]" {
		t.Errorf("all are %s", got)
	}
	if none := must(s.AffectedProfiles(t.Context(), store.EventFilter{Network: domain.X}, "", 2))(t); none.Total != 0 || len(none.Rows) != 0 {
		t.Errorf("of another network: %+v", none)
	}
}

func profileErrors(profiles []store.AffectedProfile) []any {
	var all []any
	for _, p := range profiles {
		all = append(all, p.ID, p.Errors, p.Disconnections)
	}
	return all
}
