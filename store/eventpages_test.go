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

// walk reads a list page by page to its end and back to its start, and returns
// what it saw each way, and all as the list has it.
func walk(t *testing.T, read func(page string) (store.EventPage, error)) (there, back []string) {
	t.Helper()
	var last store.EventPage
	for page, pages := "", 0; pages == 0 || page != ""; page, pages = last.Next, pages+1 {
		if pages > 20 {
			t.Fatal("the pages don't end")
		}
		last = must(read(page))(t)
		there = append(there, idsOf(last.Rows)...)
	}
	back = idsOf(last.Rows)
	for page := last.Previous; page != ""; {
		p := must(read(page))(t)
		back, page = append(idsOf(p.Rows), back...), p.Previous
	}
	return there, back
}

func idsOf(events []store.EventSummary) []string {
	var ids []string
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestListsAreTheSameForwardAndBack(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	for limit := 1; limit <= 8; limit++ {
		there, back := walk(t, func(page string) (store.EventPage, error) {
			return h.Events(t.Context(), store.EventFilter{}, page, limit)
		})
		want := slices.Clone(h.ids[:7])
		slices.Reverse(want)
		if !slices.Equal(there, want) || !slices.Equal(back, want) {
			t.Errorf("%d a page: %v and back %v, want %v", limit, there, back, want)
		}
		there, back = walk(t, func(page string) (store.EventPage, error) {
			p, err := h.Timeline(t.Context(), "p5", page, limit)
			return p.EventPage, err
		})
		if want := []string{h.ids[6], h.ids[5]}; !slices.Equal(there, want) || !slices.Equal(back, want) {
			t.Errorf("%d a page of a profile: %v and back %v, want %v", limit, there, back, want)
		}
	}
	for _, page := range []string{"nowhere", h.ids[0], "eyJrIjpbXX0", "eyJrIjpbIngiXX0", "eyJrIjpbIjEiLCIyIl19"} {
		if _, err := h.Timeline(t.Context(), "p5", page, 3); domain.KindOf(err) != domain.Invalid {
			t.Errorf("the made-up page %q gives %v", page, err)
		}
	}
}

func TestAllEventsAreAllAndEnd(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	var events []store.NewEvent
	for range 2001 { // more than two parts
		events = append(events, storetest.NewEvent())
	}
	storetest.Add(t, s, source.ID, events...)
	seen := map[string]bool{}
	for e, err := range s.AllEvents(t.Context(), store.EventFilter{Unparsed: true}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[e.ID] = true
	}
	if len(seen) != len(events) {
		t.Errorf("listed %d of %d", len(seen), len(events))
	}
	for _, err := range s.AllEvents(t.Context(), store.EventFilter{}) {
		if err != nil {
			t.Error(err)
		}
		break // must not panic
	}
	failures := 0
	for _, err := range s.AllEvents(t.Context(), store.EventFilter{Format: "\xff"}) {
		if failures++; domain.KindOf(err) != domain.Invalid {
			t.Errorf("a filter that is no text gives %v", err)
		}
	}
	if failures != 1 {
		t.Errorf("the list ended %d times", failures)
	}
}

func TestTimelineSaysHowLongAProfileWasDown(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	minute := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	ids := map[int]string{}
	for at, kind := range map[int]domain.EventType{
		1: domain.Reconnected, // of a disconnection that nobody reported
		2: domain.Disconnected, 3: domain.Failed, 4: domain.Disconnected, 5: domain.Reconnected,
		6: domain.Reconnected,
		7: domain.Disconnected, 8: domain.Reconnected,
	} {
		ids[at] = storetest.Add(t, s, source.ID, storetest.NewEvent(func(e *store.NewEvent) {
			e.ProfileID, e.Type, e.OccurredAt = "p", kind, minute(at)
		}))[0].EventID
	}
	p := must(s.Timeline(t.Context(), "p", "", 4))(t) // what a page cuts off counts too
	for at, since := range map[int]int{5: 2, 8: 7} {
		if got := p.DownSince[ids[at]]; !got.Equal(minute(since)) {
			t.Errorf("the reconnection at %d ends what began at %v, want %v", at, got, minute(since))
		}
	}
	if len(p.DownSince) != 2 {
		t.Errorf("got %v", p.DownSince)
	}
}

func TestEventsAroundOneAreTheNearest(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	var ids []string
	for i := range 9 {
		ids = append(ids, storetest.Add(t, s, source.ID, storetest.NewEvent(func(e *store.NewEvent) {
			e.ProfileID, e.OccurredAt = fmt.Sprint("p", i/8), start.Add(time.Duration(i/2)*time.Minute)
		}))[0].EventID)
	}
	for i, want := range map[int][]int{3: {5, 4, 3, 2, 1}, 0: {2, 1, 0}, 7: {7, 6, 5}, 8: {8}} {
		around := idsOf(must(s.EventsAround(t.Context(), must(s.Event(t.Context(), ids[i]))(t), 2))(t))
		var got []int
		for _, id := range around {
			got = append(got, slices.Index(ids, id))
		}
		if !slices.Equal(got, want) {
			t.Errorf("around %d are %v, want %v", i, got, want)
		}
	}
}
