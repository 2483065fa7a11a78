package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// clusterOf stores n errors of a code, from as many profiles, an hour apart
// back from now, and returns their cluster.
func clusterOf(t *testing.T, s *store.Store, source store.Source, errorCode string, n int) domain.ClusterID {
	t.Helper()
	var events []store.NewEvent
	for i := range n {
		events = append(events, storetest.NewEvent(code(errorCode), func(e *store.NewEvent) {
			e.OccurredAt = time.Now().Add(-time.Duration(i) * time.Hour)
		}))
	}
	return must(s.Event(t.Context(), storetest.Add(t, s, source.ID, events...)[0].EventID))(t).ClusterID
}

func TestClustersAreSortedByProfilesOrRecency(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	small, big, middle := clusterOf(t, s, source, "1", 1), clusterOf(t, s, source, "3", 5), clusterOf(t, s, source, "2", 2)
	for sort, want := range map[store.ClusterSort][]domain.ClusterID{
		store.ByProfiles: {big, middle, small}, store.ByEvents: {big, middle, small}, store.ByRecency: {middle, big, small},
	} {
		var got []domain.ClusterID
		for page, more := "", true; more; {
			p := must(s.Clusters(t.Context(), store.ClusterFilter{Sort: sort}, page, 2))(t)
			for _, c := range p.Rows {
				got = append(got, c.ID)
			}
			if page, more = p.Next, p.Next != ""; p.Total != 3 {
				t.Errorf("%s: total %d", sort, p.Total)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: %v, want %v", sort, got, want)
		}
	}
	c := must(s.Cluster(t.Context(), big))(t)
	if c.Events != 5 || c.Profiles != 5 || c.Share != 0.625 || c.LastSeenAt.Sub(c.FirstSeenAt).Round(time.Hour) != 4*time.Hour {
		t.Errorf("the big cluster is %+v", c)
	}
	list := must(s.Clusters(t.Context(), store.ClusterFilter{Network: domain.Facebook}, "", 10))(t)
	if i := slices.IndexFunc(list.Rows, func(l store.Cluster) bool { return l == c }); i < 0 {
		t.Errorf("the list does not say the same of it: %+v", list.Rows)
	}
	days := 0
	for _, d := range must(s.ClusterDays(t.Context(), []domain.ClusterID{big, small}, time.Now().AddDate(0, 0, -7)))(t)[big] {
		days += d.Events
	}
	if days != 5 {
		t.Errorf("its days count %d", days)
	}
	if got := must(s.ClusterSources(t.Context(), big))(t); len(got) != 1 || got[0].Events != 5 || got[0].Source != source.Name {
		t.Errorf("its sources are %+v", got)
	}
}

func TestClustersMatchEveryFilter(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	clusterOf(t, s, storetest.Source(t, s), "1", 3)
	storetest.Event(t, s, on(domain.X), storetest.Parsed("token-expired"))
	now := time.Now()
	for name, c := range map[string]struct {
		filter store.ClusterFilter
		events int
	}{
		"all":            {store.ClusterFilter{}, 3},
		"other network":  {store.ClusterFilter{Network: domain.X}, 0},
		"last hour":      {store.ClusterFilter{From: now.Add(-30 * time.Minute)}, 1},
		"open":           {store.ClusterFilter{State: "open"}, 3},
		"ignored":        {store.ClusterFilter{State: "ignored"}, 0},
		"new since":      {store.ClusterFilter{NewSince: now.Add(-3 * time.Hour)}, 3},
		"new since then": {store.ClusterFilter{NewSince: now}, 0},
	} {
		events := 0
		for _, l := range must(s.Clusters(t.Context(), c.filter, "", 10))(t).Rows {
			events += l.Events
		}
		if events != c.events {
			t.Errorf("%s: %d events, want %d", name, events, c.events)
		}
	}
	if _, err := s.Clusters(t.Context(), store.ClusterFilter{Sort: "id; DROP TABLE events"}, "", 1); domain.KindOf(err) != domain.Invalid {
		t.Errorf("an unknown order gives %v", err)
	}
	if _, err := s.Cluster(t.Context(), 99); domain.KindOf(err) != domain.NotFound {
		t.Errorf("an unknown cluster gives %v", err)
	}
}

func TestProfilesAreFoundByIDAndName(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	var ids []string
	for i, name := range []string{"Ärger & Söhne", "100% Fun_House", "100 Percent"} {
		ids = append(ids, storetest.Event(t, s, func(e *store.NewEvent) {
			e.SourceEventID, e.ProfileID, e.ProfileName = fmt.Sprint("sent-", i), fmt.Sprint("profile-", i), name
			e.OwnerID, e.CredentialID = "owner", fmt.Sprint("credential-", i%2)
		}))
	}
	for text, want := range map[string]string{
		"profile-1":        "[profile-1 by id]",
		"profile-":         "[profile-2 by id profile-1 by id profile-0 by id]",
		"äRGER":            "[profile-0 by name]",
		"100":              "[profile-2 by name profile-1 by name]",
		"100%":             "[profile-1 by name]",
		"100% Fun_":        "[profile-1 by name]",
		`100\`:             "[]",
		" sent-2 ":         "[profile-2 by event]",
		ids[1]:             "[profile-1 by event]",
		"owner":            "[profile-2 by owner profile-1 by owner profile-0 by owner]",
		"credential-1":     "[profile-1 by credential]",
		"":                 "[]",
		"\x00\xff' OR 1=1": "[]",
	} {
		got := []string{}
		for _, m := range must(s.FindProfiles(t.Context(), text, 10))(t) {
			got = append(got, m.ID+" by "+m.By)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q finds %v, want %s", text, got, want)
		}
	}
	p := must(s.Profile(t.Context(), "profile-0"))(t)
	var siblings []string
	for _, m := range must(s.Siblings(t.Context(), p, 10))(t) {
		siblings = append(siblings, m.ID+" by "+m.By)
	}
	if got := fmt.Sprint(siblings); got != "[profile-2 by credential profile-1 by owner]" {
		t.Errorf("siblings %s", got)
	}
}

func TestTimelineIsInOrderOfTime(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	for _, minute := range []int{3, 1, 2, 2, 4} { // not in order of arrival, two at once
		e := storetest.NewEvent(storetest.Parsed("token-expired"), func(e *store.NewEvent) {
			e.ProfileID, e.OccurredAt = "p", start.Add(time.Duration(minute)*time.Minute)
			if minute == 4 {
				e.Type = domain.Reconnected
			}
		})
		storetest.Add(t, s, source.ID, e)
	}
	var got []int
	for page, pages := "", 0; pages < 5; pages++ {
		p := must(s.Timeline(t.Context(), "p", page, 2))(t)
		for _, e := range p.Rows {
			got = append(got, int(e.OccurredAt.Sub(start).Minutes()))
		}
		if page = p.Next; page == "" {
			break
		}
	}
	if !slices.Equal(got, []int{4, 3, 2, 2, 1}) {
		t.Errorf("got %v", got)
	}
	repeats := must(s.Repeats(t.Context(), "p"))(t)
	if len(repeats) != 1 || repeats[0].Times != 4 || !repeats[0].LastAt.Equal(start.Add(3*time.Minute)) {
		t.Errorf("repeats %+v", repeats)
	}
}
