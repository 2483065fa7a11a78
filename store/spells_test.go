package store_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// spellsOfEvents is what the events say of spells.
const spellsOfEvents = `
	WITH states AS (
	    SELECT profile_id, network, type, occurred_at, id, COALESCE(reason, '') AS reason,
	        lag(type, 1, 'reconnected') OVER (PARTITION BY profile_id ORDER BY occurred_at, id) AS before
	    FROM events WHERE type IN ('disconnected', 'reconnected')
	), turns AS (
	    SELECT profile_id, network, type, occurred_at AS began_at, id AS event_id, reason,
	        lead(occurred_at) OVER life AS ended_at, lead(id) OVER life AS ended_event_id
	    FROM states WHERE type <> before WINDOW life AS (PARTITION BY profile_id ORDER BY occurred_at, id)
	), recount AS (SELECT * FROM turns WHERE type = 'disconnected')`

// checkSpells fails unless the spells equal a recount of the events.
func checkSpells(t testing.TB, db *sql.DB) {
	t.Helper()
	var wrong string
	err := db.QueryRowContext(t.Context(), spellsOfEvents+`
		SELECT COALESCE(string_agg(concat_ws(' ', profile_id, began_at, event_id, 'events', r.reason, r.ended_at, r.ended_event_id,
		    'spells', s.reason, s.ended_at, s.ended_event_id), E'\n'), '')
		FROM recount r FULL JOIN spells s USING (profile_id, began_at, event_id)
		WHERE (r.reason, r.ended_at, r.ended_event_id) IS DISTINCT FROM (s.reason, s.ended_at, s.ended_event_id)`).Scan(&wrong)
	if err != nil {
		t.Fatal(err)
	}
	if wrong != "" {
		t.Errorf("the spells differ from the events:\n%s", wrong)
	}
}

// impactsOfEvents counts from events what Impacts counts from lists.
func impactsOfEvents(t testing.TB, db *sql.DB, f store.ImpactFilter) map[string]store.Impact {
	t.Helper()
	const key = `CASE $5 WHEN 'network' THEN e.network WHEN 'category' THEN COALESCE(r.category, '') ELSE COALESCE(e.reason, '') END`
	var reasons any // all
	if f.Reasons != nil {
		reasons = pq.Array(f.Reasons)
	}
	rows, err := db.QueryContext(t.Context(), spellsOfEvents+`, affected AS (
		    SELECT `+key+` AS key, e.profile_id, count(*) FILTER (WHERE e.type = 'disconnected') AS times
		    FROM events e LEFT JOIN reasons r ON r.id = e.reason
		    WHERE ($1 = '' OR e.network = $1) AND e.occurred_at >= $3 AND e.occurred_at < $4 AND e.type IN ('disconnected', 'failed')
		        AND ($6 = '' OR e.type = $6) AND ($2::text[] IS NULL OR COALESCE(e.reason, '') = ANY($2))
		    GROUP BY 1, 2
		), cures AS (
		    SELECT `+key+` AS key, count(*) AS spells, count(ended_at) AS cured,
		        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - began_at)) AS median
		    FROM recount e LEFT JOIN reasons r ON r.id = e.reason
		    WHERE ($1 = '' OR e.network = $1) AND began_at >= $3 AND began_at < $4 AND ($2::text[] IS NULL OR COALESCE(e.reason, '') = ANY($2))
		    GROUP BY 1
		)
		SELECT key, count(*), count(*) FILTER (WHERE times > 0), count(*) FILTER (WHERE times > 1),
		    COALESCE(spells, 0), COALESCE(cured, 0), COALESCE(median, 0)::bigint
		FROM affected LEFT JOIN cures USING (key) GROUP BY key, spells, cured, median`,
		f.Network, reasons, f.From, f.To, f.By, f.Type)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	impacts := map[string]store.Impact{}
	for rows.Next() {
		var k string
		var i store.Impact
		if err := rows.Scan(&k, &i.Profiles, &i.Disconnected, &i.Repeated, &i.Spells, &i.Cured, &i.MedianCure); err != nil {
			t.Fatal(err)
		}
		i.MedianCure *= time.Second
		impacts[k] = i
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return impacts
}

// anyImpacts draws a filter of the hours around start.
func anyImpacts(t *rapid.T) store.ImpactFilter {
	from := start.Add(time.Duration(rapid.IntRange(-30, 30).Draw(t, "from")) * time.Hour)
	return store.ImpactFilter{
		Network: rapid.SampledFrom([]domain.Network{"", domain.Facebook, domain.X}).Draw(t, "network"),
		Reasons: rapid.SampledFrom([][]domain.ReasonID{nil, {}, {""}, {"facebook.token-expired", "facebook.bad-request"}}).Draw(t, "reasons"),
		Type:    rapid.SampledFrom([]domain.EventType{"", domain.Disconnected, domain.Failed}).Draw(t, "type"),
		From:    from, To: from.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "hours")) * time.Hour),
		By: rapid.SampledFrom([]store.ImpactKey{store.ByReason, store.ByNetwork, store.ByCategory}).Draw(t, "by"),
	}
}

// checkImpacts fails unless the lists count what the events do.
func checkImpacts(t testing.TB, s *store.Store, db *sql.DB, f store.ImpactFilter) {
	t.Helper()
	want := impactsOfEvents(t, db, f)
	if got := must(s.Impacts(t.Context(), f))(t); !maps.Equal(got, want) {
		t.Errorf("%+v:\n%+v, events:\n%+v", f, got, want)
	}
}

// checkTrend fails unless the lists count what the hourly counts do.
func checkTrend(t testing.TB, s *store.Store, db *sql.DB, f store.TrendFilter) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT date_trunc($1, hour, 'UTC') AS at, network, reason, sum(current) FROM hourly_counts
		WHERE type IN ('disconnected', 'failed') AND ($2 = '' OR network = $2) AND ($3 = '' OR reason = $3) AND ($4 = '' OR type = $4)
		    AND hour >= $5 AND hour < $6
		GROUP BY 1, 2, 3 HAVING sum(current) > 0 ORDER BY 1, 2, 3`, f.Bucket, f.Network, f.Reason, f.Type, f.From, f.To)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var want []store.TrendPoint
	for rows.Next() {
		var p store.TrendPoint
		if err := rows.Scan(&p.At, &p.Network, &p.Reason, &p.Events); err != nil {
			t.Fatal(err)
		}
		p.At = p.At.UTC()
		want = append(want, p)
	}
	if got := must(s.Trend(t.Context(), f))(t); rows.Err() != nil || !slices.Equal(got, want) {
		t.Errorf("%+v:\n%+v, hourly counts:\n%+v", f, got, want)
	}
}

// TestSpellsAndImpactsEqualEventsAfterAnything adds events of few profiles in any order,
// parses them again, merges parts, and lets days settle.
func TestSpellsAndImpactsEqualEventsAfterAnything(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	specs := []domain.ParserSpec{spec("a", "token-expired"), spec("b", "rate-limited"), spec("c", "bad-request")}
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		event := rapid.Custom(func(rt *rapid.T) store.NewEvent {
			e := anyEvent(rt)
			e.ProfileID, e.SourceEventID = fmt.Sprint(run, e.ProfileID), fmt.Sprint(run, e.SourceEventID)
			e.OccurredAt = start.Add(time.Duration(rapid.IntRange(-30, 11).Draw(rt, "hour")) * time.Hour)
			return e
		})
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				storetest.Add(t, s, source.ID, rapid.SliceOfN(event, 0, 20).Draw(rt, "events")...)
			},
			"rule": func(rt *rapid.T) {
				sync2(t, s, rapid.Permutation(specs).Draw(rt, "order")[:rapid.IntRange(0, 3).Draw(rt, "n")]...)
			},
			"parse again": func(*rapid.T) { finish(t, s, 7) },
			"recount":     func(*rapid.T) { must(0, s.RecountImpacts(t.Context()))(t) },
			"merge":       func(*rapid.T) { must(0, s.MergeImpacts(t.Context()))(t) },
			"settle": func(*rapid.T) {
				if _, err := db.ExecContext(t.Context(), `UPDATE impact_parts SET made_at = made_at - interval '2 hours'`); err != nil {
					rt.Fatal(err)
				}
				must(0, s.MergeImpacts(t.Context()))(t)
				var more bool
				if err := db.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT FROM impact_parts GROUP BY day, network HAVING count(*) > 1)`).Scan(&more); err != nil || more {
					rt.Fatal("a settled day has more than one part", err)
				}
			},
		})
		checkSpells(t, db)
		f := anyImpacts(rt)
		checkImpacts(t, s, db, f)
		checkTrend(t, s, db, store.TrendFilter{
			Network: f.Network, Type: f.Type, From: f.From, To: f.To,
			Reason: rapid.SampledFrom([]domain.ReasonID{"", "facebook.token-expired"}).Draw(rt, "reason"),
			Bucket: rapid.SampledFrom([]store.Bucket{store.Hour, store.Day, store.Week}).Draw(rt, "bucket"),
		})
	})
}

// TestSpellsOfLateEvents holds spells of one profile against its events after each of
// many batches in any order.
func TestSpellsOfLateEvents(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source, run := storetest.Source(t, s), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		event := rapid.Custom(func(rt *rapid.T) store.NewEvent {
			e := storetest.NewEvent()
			e.ProfileID = fmt.Sprint("p", run)
			e.Type = rapid.SampledFrom([]domain.EventType{domain.Disconnected, domain.Disconnected, domain.Reconnected, domain.Failed}).Draw(rt, "type")
			e.OccurredAt = start.Add(time.Duration(rapid.IntRange(0, 40).Draw(rt, "minute")) * time.Minute)
			return e
		})
		for _, batch := range rapid.SliceOfN(rapid.SliceOfN(event, 1, 6), 1, 8).Draw(rt, "batches") {
			storetest.Add(t, s, source.ID, batch...)
			checkSpells(t, db)
		}
		checkImpacts(t, s, db, store.ImpactFilter{From: start.Add(-time.Hour), To: start.Add(time.Hour)})
	})
}

// TestSpellsUnderContention adds events of few profiles from many clients while stored
// ones are parsed again and parts are merged.
func TestSpellsUnderContention(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	var clients, others sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for batch := range 12 {
				var events []store.NewEvent
				for i := range 10 {
					e := fresh(string(rune('a' + (client+i)%4)))
					e.ProfileID = fmt.Sprint("p", (client+batch+i)%5)
					e.Type = []domain.EventType{domain.Disconnected, domain.Reconnected, domain.Disconnected, domain.Failed}[(client*7+batch*3+i)%4]
					e.OccurredAt = start.Add(time.Duration((client*31+batch*17+i*53)%600) * time.Minute)
					events = append(events, e)
				}
				if _, err := s.AddEvents(t.Context(), source.ID, events, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	over := make(chan struct{})
	others.Go(func() {
		for round := 0; ; round++ {
			select {
			case <-over:
				return
			default:
			}
			sync2(t, s, []domain.ParserSpec{spec("a", "token-expired"), spec("b", "rate-limited"), spec("c", "bad-request")}[:round%4]...)
			finish(t, s, 9)
			if err := s.MergeImpacts(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	clients.Wait()
	close(over)
	others.Wait()
	checkSpells(t, db)
	storetest.CheckCounts(t, db)
	for _, by := range []store.ImpactKey{store.ByReason, store.ByNetwork, store.ByCategory} {
		checkImpacts(t, s, db, store.ImpactFilter{From: start.Add(-24 * time.Hour), To: start.Add(48 * time.Hour), By: by})
	}
}
