package store_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// anyEvent draws an event of few profiles, codes, ids and hours, so that they meet.
func anyEvent(t *rapid.T) store.NewEvent {
	e := fresh(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "code"))
	e.SourceEventID = fmt.Sprint("e", rapid.IntRange(0, 40).Draw(t, "id"))
	e.ProfileID = fmt.Sprint("p", rapid.IntRange(0, 5).Draw(t, "profile"))
	e.Type = rapid.SampledFrom(domain.EventTypes()).Draw(t, "type")
	e.OccurredAt = start.Add(time.Duration(rapid.IntRange(0, 240).Draw(t, "minute")) * time.Minute)
	if e.Type.HasError() && rapid.Bool().Draw(t, "parsed") {
		storetest.Parsed("token-expired")(&e)
	}
	return e
}

func TestCountsEqualEventsAfterAnything(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	sources := []store.Source{storetest.Source(t, s), storetest.Source(t, s)}
	specs := []domain.ParserSpec{spec("a", "token-expired"), spec("b", "rate-limited"), spec("c", "bad-request")}
	rapid.Check(t, func(rt *rapid.T) {
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				events := rapid.SliceOfN(rapid.Custom(anyEvent), 0, 8).Draw(rt, "events")
				storetest.Add(t, s, rapid.SampledFrom(sources).Draw(rt, "source").ID, events...)
			},
			"rule": func(rt *rapid.T) {
				sync2(t, s, rapid.Permutation(specs).Draw(rt, "order")[:rapid.IntRange(0, 3).Draw(rt, "n")]...)
			},
			"step": func(rt *rapid.T) {
				r := must(s.LiveRuleset(t.Context(), domain.Facebook))(t)
				claim, found := storetest.Claim(t, s, reparses)
				if !found {
					return
				}
				_, err := s.ReparseStep(t.Context(), claim, rapid.IntRange(1, 5).Draw(rt, "size"), byRuleset(r))
				if err := errors.Join(err, s.ReleaseJob(t.Context(), claim)); err != nil {
					rt.Fatal(err)
				}
			},
		})
		storetest.CheckCounts(t, db)
		checkGroups(t, s, anyFilter(rt, sources))
	})
}

// anyFilter draws one that begins with a full hour.
func anyFilter(t *rapid.T, sources []store.Source) store.EventFilter {
	return store.EventFilter{
		Network:   rapid.SampledFrom([]domain.Network{"", domain.Facebook, domain.X}).Draw(t, "network"),
		Type:      rapid.SampledFrom(append([]domain.EventType{""}, domain.EventTypes()...)).Draw(t, "type"),
		Reason:    rapid.SampledFrom([]domain.ReasonID{"", "facebook.token-expired", "facebook.rate-limited"}).Draw(t, "reason"),
		Category:  rapid.SampledFrom([]domain.Category{"", domain.Reconnect, domain.Limit}).Draw(t, "category"),
		Unparsed:  rapid.Bool().Draw(t, "unparsed"),
		OnArrival: rapid.Bool().Draw(t, "on arrival"),
		Parser:    rapid.SampledFrom([]string{"", "a", "b", "token-expired"}).Draw(t, "parser"),
		SourceID:  rapid.SampledFrom([]int64{0, sources[0].ID}).Draw(t, "source"),
		From:      start.Truncate(time.Hour).Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "from")) * time.Hour),
		To:        start.Truncate(time.Hour).Add(time.Duration(rapid.IntRange(3, 6).Draw(t, "to")) * time.Hour),
	}
}

// checkGroups fails unless the groups of a filter, which hourly counts tell, equal a
// recount of the events. No event occurs in the microsecond before a full hour: a
// filter that begins with it has no hourly counts.
func checkGroups(t testing.TB, s *store.Store, f store.EventFilter) {
	t.Helper()
	counted := must(s.EventGroups(t.Context(), f))(t)
	f.From = f.From.Add(-time.Microsecond)
	if recounted := must(s.EventGroups(t.Context(), f))(t); !slices.Equal(counted, recounted) {
		t.Errorf("%+v: %v counted, %v recounted", f, counted, recounted)
	}
}

// TestProfileIsWhatItsEventsSay compares with a model that sees all events at
// once: arrival in any order and any batches gives the same state.
func TestProfileIsWhatItsEventsSay(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source, run := storetest.Source(t, s), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		profile := fmt.Sprint("p", run)
		events := rapid.SliceOfN(rapid.Custom(anyEvent), 1, 8).Draw(rt, "events")
		for i := range events {
			events[i].ProfileID, events[i].SourceEventID = profile, fmt.Sprint(profile, "-", i)
			events[i].OccurredAt = start.Add(time.Duration(i) * time.Minute)
		}
		want, since, last := domain.State(""), events[0].OccurredAt, events[len(events)-1].OccurredAt
		for _, e := range events {
			said := map[domain.EventType]domain.State{domain.Disconnected: domain.StateDisconnected, domain.Reconnected: domain.StateConnected}[e.Type]
			if said != "" && said != want {
				want, since = said, e.OccurredAt
			}
		}
		want = cmp.Or(want, domain.StateConnected)
		for shuffled := rapid.Permutation(events).Draw(rt, "arrival"); len(shuffled) > 0; {
			n := rapid.IntRange(1, len(shuffled)).Draw(rt, "batch")
			storetest.Add(t, s, source.ID, shuffled[:n]...)
			shuffled = shuffled[n:]
		}
		if p := must(s.Profile(t.Context(), profile))(t); p.State != want || !p.Since.Equal(since) || !p.LastEventAt.Equal(last) {
			rt.Errorf("%s since %v, last event %v; want %s, %v, %v", p.State, p.Since, p.LastEventAt, want, since, last)
		}
	})
}

func TestConcurrentBatchesCountEachEventOnce(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	var events []store.NewEvent
	for i := range 60 { // few profiles and shapes, so that batches meet on all tables
		e := fresh(string(rune('a' + i%7)))
		e.ProfileID = fmt.Sprint("p", i%5)
		events = append(events, e)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for worker := range 12 {
		wg.Go(func() {
			var mine []store.NewEvent // all of them, each worker from another place
			mine = append(append(mine, events[worker*5:]...), events[:worker*5]...)
			outcomes, err := s.AddEvents(t.Context(), source.ID, mine, nil)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, o := range outcomes {
				if !o.Duplicate {
					accepted++
				}
			}
		})
	}
	wg.Wait()
	if n := storedErrors(t, s); accepted != 60 || n != 60 {
		t.Errorf("%d accepted, %d stored, of 60", accepted, n)
	}
	clusters := must(s.Clusters(t.Context(), store.ClusterFilter{}, "", 100))(t)
	if clusters.Total != 7 {
		t.Errorf("%d clusters of 7 shapes", clusters.Total)
	}
	storetest.CheckCounts(t, db)
}
