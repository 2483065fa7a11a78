package store_test

import (
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestOutagesAreHoursBeyondTheUsual(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	report := func(network domain.Network, cause domain.Cause, hour time.Time, n int) {
		var events []store.NewEvent
		for range n {
			events = append(events, storetest.NewEvent(on(network), storetest.Parsed(cause), failed, func(e *store.NewEvent) { e.OccurredAt = hour }))
		}
		storetest.Add(t, s, source.ID, events...)
	}
	at := func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }
	report(domain.X, "platform-outage", at(0), 9)
	report(domain.X, "platform-outage", at(2), 6)         // the same one, an hour between
	report(domain.X, "platform-outage", at(6), 5)         // another
	report(domain.Facebook, "platform-outage", at(6), 4)  // too few
	report(domain.Facebook, "rate-limited", at(6), 9)     // of another kind
	report(domain.TikTok, "platform-outage", at(-24), 90) // not in the period, and usual from then on
	for hour := range 6 {
		report(domain.Reddit, "platform-outage", at(hour-6), 40) // always failing
	}
	report(domain.Reddit, "platform-outage", at(1), 6)
	want := []store.Outage{
		{Network: domain.X, From: at(6), To: at(7), Errors: 5},
		{Network: domain.X, From: at(0), To: at(3), Errors: 15},
	}
	got := must(s.Outages(t.Context(), at(0), at(24)))(t)
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := must(s.Outages(t.Context(), at(7), at(24)))(t); len(got) != 0 {
		t.Errorf("later: %+v", got)
	}
}
