package store_test

import (
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestCountsOfAPeriod(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	from, to := start, start.Add(2*time.Hour)
	want := []store.NetworkCount{
		{Network: domain.Facebook, Errors: 5, Disconnections: 4, Reconnections: 1, UnparsedOnArrival: 3, UnparsedNow: 3},
		{Network: domain.X, Errors: 2, Disconnections: 2, UnparsedOnArrival: 1, UnparsedNow: 1},
	}
	if got := must(h.NetworkCounts(t.Context(), from, to))(t); !slices.Equal(got, want) {
		t.Errorf("networks: %+v", got)
	}
	if got := must(h.NetworkCounts(t.Context(), to, to.Add(time.Hour)))(t); len(got) != 0 {
		t.Errorf("networks in an hour without events: %+v", got)
	}
	volumes := must(h.ReasonVolumes(t.Context(), from, to))(t)
	if len(volumes) != 3 || volumes["facebook.rate-limited"] != 1 {
		t.Errorf("volumes: %v", volumes)
	}
	uses := must(h.ParserUses(t.Context(), domain.Facebook, start))(t)
	if use := uses["rate-limited"]; len(uses) != 2 || use.Matches != 1 || use.Share != 0.2 || !use.LastMatch.Equal(start) {
		t.Errorf("uses: %+v", uses)
	}
}

func TestReasonsThatGrewMostComeFirst(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	report := func(cause domain.Cause, hour time.Time, n int) {
		for range n {
			storetest.Add(t, s, source.ID, storetest.NewEvent(storetest.Parsed(cause), func(e *store.NewEvent) { e.OccurredAt = hour }))
		}
	}
	hour := start
	before, week := hour.Add(-time.Hour), hour.AddDate(0, 0, -7)
	report("token-expired", hour, 30) // grew, from 5 at most
	report("token-expired", before, 5)
	report("lost-role", hour, 14)    // new
	report("rate-limited", hour, 30) // as on this day of each week
	report("rate-limited", week, 28)
	report("account-locked", hour, 3) // chance, of so many reasons
	report("account-deleted", before, 9)
	want := []store.ReasonChange{
		{Reason: "facebook.token-expired", Now: 30, Before: 5},
		{Reason: "facebook.lost-role", Now: 14},
	}
	if got := must(s.GrownReasons(t.Context(), hour, hour.Add(time.Hour), 10))(t); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := must(s.GrownReasons(t.Context(), hour, hour.Add(time.Hour), 1))(t); len(got) != 1 {
		t.Errorf("at most one, got %+v", got)
	}
}

func TestTrendCountsWhatTheFilterMatches(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	base := store.TrendFilter{From: start, To: start.Add(2 * time.Hour), Bucket: store.Hour}
	for name, c := range map[string]struct {
		change func(*store.TrendFilter)
		points int
		events int
	}{
		"all":     {func(*store.TrendFilter) {}, 5, 7},
		"network": {func(f *store.TrendFilter) { f.Network = domain.X }, 2, 2},
		"reason":  {func(f *store.TrendFilter) { f.Reason = "facebook.rate-limited" }, 1, 1},
		"type":    {func(f *store.TrendFilter) { f.Type = domain.Failed }, 1, 1},
		"an hour": {func(f *store.TrendFilter) { f.From = start.Add(time.Hour) }, 1, 1},
		"by week": {func(f *store.TrendFilter) { f.Bucket = store.Week }, 5, 7},
	} {
		f := base
		c.change(&f)
		points, events := must(h.Trend(t.Context(), f))(t), 0
		for _, p := range points {
			events += p.Events
		}
		// A week may end between the hours, which gives a point more.
		if events != c.events || f.Bucket == store.Hour && len(points) != c.points {
			t.Errorf("%s: %d points with %d events: %+v", name, len(points), events, points)
		}
	}
	if _, err := h.Trend(t.Context(), store.TrendFilter{Bucket: "year"}); domain.KindOf(err) != domain.Invalid {
		t.Errorf("an unknown bucket gives %v", err)
	}
}

func TestIncompleteSourcesLeaveFieldsOut(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	withGap := func(fields ...string) store.NewEvent {
		return storetest.NewEvent(func(e *store.NewEvent) { e.Defaulted = fields })
	}
	mended := func(e *store.NewEvent) { e.Mended = []string{"profile_name"} }
	storetest.Add(t, s, source.ID, withGap("network"), withGap("network", "profile_name"), storetest.NewEvent(mended))
	storetest.Add(t, s, source.ID, storetest.NewEvent(mended, func(e *store.NewEvent) { e.Defaulted = []string{"network"} }))
	want := []store.MissingField{
		{SourceID: source.ID, Source: source.Name, Kind: store.FieldMissing, Field: "network", Events: 3, Of: 4},
		{SourceID: source.ID, Source: source.Name, Kind: store.FieldMended, Field: "profile_name", Events: 2, Of: 4},
		{SourceID: source.ID, Source: source.Name, Kind: store.FieldMissing, Field: "profile_name", Events: 1, Of: 4},
	}
	if got := must(s.MissingFields(t.Context(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)))(t); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestFutureEventsOccurOnArrival(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	id := storetest.Event(t, s, func(e *store.NewEvent) { e.OccurredAt = time.Now().AddDate(10, 0, 0) })
	e := must(s.Event(t.Context(), id))(t)
	if e.OccurredAt.Sub(e.ArrivedAt).Abs() > time.Second || !slices.Equal(e.Mended, []string{"occurred_at"}) {
		t.Errorf("occurred %v, arrived %v, mended %q", e.OccurredAt, e.ArrivedAt, e.Mended)
	}
}
