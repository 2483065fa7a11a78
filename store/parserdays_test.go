package store_test

import (
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestParserDaysCountTheMatchesOfEachDay(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	now := time.Now().UTC().Truncate(time.Hour)
	for _, ago := range []time.Duration{time.Hour, 24 * time.Hour, 24*time.Hour + time.Minute, 71 * time.Hour, 72*time.Hour + time.Minute, -time.Minute} {
		storetest.Event(t, s, storetest.Parsed("rate-limited"), func(e *store.NewEvent) { e.OccurredAt = now.Add(-ago) })
	}
	storetest.Event(t, s) // unparsed
	days := must(s.ParserDays(t.Context(), now, 3))(t)
	if got := days[domain.Facebook]["rate-limited"]; len(days) != 1 || len(days[domain.Facebook]) != 1 || !slices.Equal(got, []int{1, 1, 2}) {
		t.Errorf("days %v", days)
	}
}
