package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

var tester = store.Actor{Name: "test"}

// unusable is an entry of an id without a network.
func unusable(id string) store.Unusable {
	return store.Unusable{Raw: []byte(`{"id":"` + id + `"}`), SourceEventID: id, ProfileID: "p-" + id, Field: "network", Problem: "A value is needed."}
}

func quarantine(t testing.TB, s *store.Store, source store.Source, entries ...store.Unusable) {
	t.Helper()
	if _, err := s.AddEvents(t.Context(), source.ID, nil, entries); err != nil {
		t.Fatal(err)
	}
}

// entries are those of a source with an ending, AnyEnding for all, newest first.
func entries(t testing.TB, s *store.Store, source store.Source, ended string) []store.Quarantined {
	t.Helper()
	return must(s.Quarantine(t.Context(), store.QuarantineFilter{SourceID: source.ID, Ended: ended}, "", 1000))(t).Rows
}

// asEvents reads each entry as an event of its id.
func asEvents(_ context.Context, entries []store.Quarantined) ([]store.Reading, error) {
	readings := make([]store.Reading, len(entries))
	for i, q := range entries {
		e := storetest.NewEvent(func(e *store.NewEvent) { e.SourceEventID = q.SourceEventID })
		readings[i] = store.Reading{Event: &e}
	}
	return readings, nil
}

// asUnusable finds another problem with each entry.
func asUnusable(_ context.Context, entries []store.Quarantined) ([]store.Reading, error) {
	readings := make([]store.Reading, len(entries))
	for i, q := range entries {
		readings[i] = store.Reading{Unusable: store.Unusable{SourceEventID: q.SourceEventID, Field: "error", Problem: "is too long"}}
	}
	return readings, nil
}

func TestQuarantineKeepsWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	bad := store.Unusable{Raw: []byte("\x00\xff"), Field: "profile_id", Problem: "is \x00 missing",
		SourceEventID: "e\xff", ProfileID: strings.Repeat("p", 300), Network: "orkut"}
	for range 2 { // the source sends it again
		quarantine(t, s, source, bad, bad)
	}
	list := entries(t, s, source, "")
	if len(list) != 1 || string(list[0].Raw) != "\x00\xff" || list[0].Field != "profile_id" || list[0].Times != 4 || list[0].Source != source.Name ||
		list[0].SourceEventID != "e\uFFFD" || len(list[0].ProfileID) != store.MaxID || list[0].Network != "orkut" {
		t.Fatalf("quarantine: %+v", list)
	}
	if err := s.DiscardEntry(t.Context(), tester, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DiscardEntry(t.Context(), tester, list[0].ID); domain.KindOf(err) != domain.Conflict {
		t.Errorf("discarding twice gives %v", err)
	}
	if err := s.DiscardEntry(t.Context(), tester, 99); domain.KindOf(err) != domain.NotFound {
		t.Errorf("discarding nothing gives %v", err)
	}
	quarantine(t, s, source, bad) // is news once the old entry has ended
	if open := entries(t, s, source, ""); len(open) != 1 || open[0].ID == list[0].ID || open[0].Times != 1 {
		t.Errorf("after the end: %+v", open)
	}
}

func TestQuarantineMatchesEveryFilter(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source, other := storetest.Source(t, s), storetest.Source(t, s)
	quarantine(t, s, source, unusable("a"), unusable("b"),
		store.Unusable{Raw: []byte("["), Problem: "is cut off", ReceivedAt: time.Now().AddDate(0, 0, -3)})
	quarantine(t, s, other, unusable("a"))
	if err := s.DiscardEntry(t.Context(), tester, entries(t, s, other, "")[0].ID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter store.QuarantineFilter
		want   int
	}{
		"open":           {store.QuarantineFilter{}, 3},
		"any":            {store.QuarantineFilter{Ended: store.AnyEnding}, 4},
		"discarded":      {store.QuarantineFilter{Ended: store.Discarded}, 1},
		"of a source":    {store.QuarantineFilter{SourceID: source.ID}, 3},
		"of a field":     {store.QuarantineFilter{Field: "network"}, 2},
		"of no field":    {store.QuarantineFilter{Field: store.NoField}, 1},
		"of a problem":   {store.QuarantineFilter{Problem: "A value is needed."}, 2},
		"of a profile":   {store.QuarantineFilter{ID: "p-b"}, 1},
		"of an event":    {store.QuarantineFilter{ID: "a"}, 1},
		"of hostile ids": {store.QuarantineFilter{ID: "\x00\xff", Field: "\x00", Problem: "'"}, 0},
		"lately":         {store.QuarantineFilter{From: time.Now().Add(-time.Hour)}, 2},
		"before":         {store.QuarantineFilter{To: time.Now().Add(-time.Hour)}, 1},
	} {
		if got := must(s.Quarantine(t.Context(), c.filter, "", 10))(t).Rows; len(got) != c.want {
			t.Errorf("%s: %+v", name, got)
		}
		counted := 0
		for _, g := range must(s.QuarantineGroups(t.Context(), c.filter))(t) {
			counted += g.Entries
		}
		if counted != c.want {
			t.Errorf("%s: groups count %d", name, counted)
		}
	}
	newest := must(s.Quarantine(t.Context(), store.QuarantineFilter{}, "", 2))(t)
	if rest := must(s.Quarantine(t.Context(), store.QuarantineFilter{}, newest.Next, 2))(t).Rows; len(rest) != 1 || rest[0].ID >= newest.Rows[1].ID {
		t.Errorf("the next page: %+v", rest)
	}
}

func TestAnEventSentAgainEndsItsEntry(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source, other := storetest.Source(t, s), storetest.Source(t, s)
	quarantine(t, s, source, unusable("a"), unusable("b"), store.Unusable{Raw: []byte("no id"), Problem: "is no JSON"})
	quarantine(t, s, other, unusable("a"))
	e := storetest.NewEvent(func(e *store.NewEvent) { e.SourceEventID = "a" })
	// Wrong and right in one request, too.
	outcomes := must(s.AddEvents(t.Context(), source.ID, []store.NewEvent{e}, []store.Unusable{{Raw: []byte(`also "a"`), SourceEventID: "a"}}))(t)
	ended := entries(t, s, source, store.SentAgain)
	if len(ended) != 2 || ended[0].EventID != outcomes[0].EventID || ended[1].EventID != outcomes[0].EventID || ended[0].EndedAt == nil {
		t.Errorf("ended: %+v", ended)
	}
	if open := entries(t, s, source, ""); len(open) != 2 {
		t.Errorf("open: %+v", open)
	}
	if len(entries(t, s, other, "")) != 1 {
		t.Error("the same id of another source is another event")
	}
}

func TestReplayOfAnEntry(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	quarantine(t, s, source, unusable("a"))
	id := entries(t, s, source, "")[0].ID

	got := must(s.ReplayEntry(t.Context(), tester, id, asUnusable))(t)
	if got.Ended != "" || got.Field != "error" || got.Problem != "is too long" || got.TriedAt == nil {
		t.Errorf("tried in vain: %+v", got)
	}
	invalid := func(ctx context.Context, q []store.Quarantined) ([]store.Reading, error) {
		readings, err := asEvents(ctx, q)
		readings[0].Event.ProfileID = ""
		return readings, err
	}
	if got = must(s.ReplayEntry(t.Context(), tester, id, invalid))(t); got.Ended != "" || got.Field != "profile_id" {
		t.Errorf("what the store refuses: %+v", got)
	}
	got = must(s.ReplayEntry(t.Context(), tester, id, asEvents))(t)
	if got.Ended != store.Replayed || got.EventID == "" || must(s.Event(t.Context(), got.EventID))(t).SourceEventID != "a" {
		t.Errorf("replayed: %+v", got)
	}
	if _, err := s.ReplayEntry(t.Context(), tester, id, asEvents); domain.KindOf(err) != domain.Conflict {
		t.Errorf("replaying twice gives %v", err)
	}
	if _, err := s.ReplayEntry(t.Context(), tester, 99, asEvents); domain.KindOf(err) != domain.NotFound {
		t.Errorf("replaying nothing gives %v", err)
	}
	audit := must(s.Audit(t.Context(), "", 10))(t).Rows
	if len(audit) != 3 || audit[0].Action != "quarantine.replay" || audit[0].Subject != fmt.Sprint("quarantine ", id) {
		t.Errorf("audit: %+v", audit)
	}
}

func TestReplayOfAKind(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	var many []store.Unusable
	for i := range 7 {
		many = append(many, unusable(fmt.Sprint("e", i)))
	}
	quarantine(t, s, source, append(many, store.Unusable{Raw: []byte("x"), Field: "network", Problem: "of another kind"})...)
	kind := store.Kind{SourceID: source.ID, Field: "network", Problem: "A value is needed."}
	id := must(s.StartReplay(t.Context(), tester, kind))(t)
	storetest.Add(t, s, source.ID, storetest.NewEvent(func(e *store.NewEvent) { e.SourceEventID = "e0" })) // sent again while it waits
	first := func(ctx context.Context, q []store.Quarantined) ([]store.Reading, error) {
		readings, err := asEvents(ctx, q)
		if q[0].SourceEventID == "e1" {
			bad, _ := asUnusable(ctx, q[:1])
			readings[0] = bad[0]
		}
		return readings, err
	}
	claim, _ := storetest.Claim(t, s, store.JobFilter{Kind: store.JobReplay})
	steps := 0
	for n := 1; n > 0; steps++ {
		n = must(s.ReplayStep(t.Context(), claim, 2, first))(t)
	}
	r := must(s.Replay(t.Context(), id))(t)
	if r.Entries != 7 || r.Accepted != 5 || r.Refused != 1 || r.Duplicates != 0 || r.Waiting != 0 || steps != 4 {
		t.Errorf("after %d steps: %+v", steps, r)
	}
	if open := entries(t, s, source, ""); len(open) != 2 {
		t.Errorf("open: %+v", open)
	}
	if _, err := s.StartReplay(t.Context(), tester, kind); domain.KindOf(err) != domain.NotFound {
		t.Errorf("of nothing: %v", err)
	}
}

// Several replicas that replay the same entries, and the source that sends them
// again meanwhile, make one event of each.
func TestReplaysMeet(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	var many []store.Unusable
	for i := range 60 {
		many = append(many, unusable(fmt.Sprint("e", i)))
	}
	quarantine(t, s, source, many...)
	id := must(s.StartReplay(t.Context(), tester, store.Kind{SourceID: source.ID, Field: "network", Problem: "A value is needed."}))(t)
	claim, _ := storetest.Claim(t, s, store.JobFilter{Kind: store.JobReplay})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for n, err := 1, error(nil); n > 0; {
				if n, err = s.ReplayStep(t.Context(), claim, 10, asEvents); err != nil && !errors.Is(err, store.ErrJobLost) {
					t.Error(err)
				}
			}
		})
	}
	for worker := range 3 {
		wg.Go(func() {
			for i := worker; i < 60; i += 6 {
				e := storetest.NewEvent(func(e *store.NewEvent) { e.SourceEventID = fmt.Sprint("e", 59-i) })
				if _, err := s.AddEvents(t.Context(), source.ID, []store.NewEvent{e}, []store.Unusable{unusable(fmt.Sprint("e", i))}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	r := must(s.Replay(t.Context(), id))(t)
	if r.Waiting != 0 || r.Refused != 0 {
		t.Errorf("%+v", r)
	}
	if n := storedErrors(t, s); n != 60 {
		t.Errorf("%d events of 60 ids", n)
	}
	storetest.CheckCounts(t, db)
}

func TestReplayWhenTheMissingBecameKnown(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	add := func(id, profile, network, field string) store.Unusable {
		return store.Unusable{Raw: []byte(id), SourceEventID: id, ProfileID: profile, Network: network, Field: field, Problem: "bad"}
	}
	quarantine(t, s, source,
		add("profile-known", "p-facebook", "", "network"), add("profile-unknown", "p-nobody", "", "network"),
		add("network-known", "p-nobody", "x", "network"), add("network-unknown", "p-nobody", "myspace", "network"),
		add("other-network", "p-facebook", "x", "network"), add("other-field", "p-facebook", "facebook", "error"))
	storetest.Event(t, s, func(e *store.NewEvent) { e.ProfileID = "p-facebook" })
	var replayed []string
	read := func(ctx context.Context, q []store.Quarantined) ([]store.Reading, error) {
		for _, entry := range q {
			replayed = append(replayed, entry.SourceEventID)
		}
		return asUnusable(ctx, q)
	}
	for n := 1; n > 0; {
		n = must(s.ReplayKnown(t.Context(), domain.Networks(), 1, read))(t)
	}
	slices.Sort(replayed)
	if want := []string{"network-known", "profile-known"}; !slices.Equal(replayed, want) {
		t.Errorf("replayed %q, want %q", replayed, want)
	}
}

func TestEntriesExpire(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	old := unusable("old")
	old.ReceivedAt = time.Now().AddDate(0, 0, -31)
	quarantine(t, s, source, old, unusable("new"))
	before := time.Now().AddDate(0, 0, -30)
	expired, removed, err := s.ExpireEntries(t.Context(), before, 10)
	if err != nil || expired != 1 || removed != 0 {
		t.Fatalf("%d expired, %d removed, %v", expired, removed, err)
	}
	if left := entries(t, s, source, store.Expired); len(left) != 1 || left[0].SourceEventID != "old" {
		t.Errorf("expired: %+v", left)
	}
	if _, err := db.ExecContext(t.Context(), `UPDATE quarantine SET ended_at = now() - interval '31 days' WHERE ended IS NOT NULL`); err != nil {
		t.Fatal(err)
	}
	expired, removed, err = s.ExpireEntries(t.Context(), before, 10)
	if left := entries(t, s, source, store.AnyEnding); err != nil || expired != 0 || removed != 1 || len(left) != 1 {
		t.Errorf("%d expired, %d removed, %v, left: %+v", expired, removed, err, left)
	}
}

// TestSentIsAcceptedDuplicatesAndQuarantined compares the counts of any window
// with a model, whatever is sent, replayed, discarded or expired.
func TestSentIsAcceptedDuplicatesAndQuarantined(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	sources := []store.Source{storetest.Source(t, s), storetest.Source(t, s)}
	type hourKey struct {
		source int64
		hour   time.Time
	}
	sent := map[hourKey]int{}
	rapid.Check(t, func(rt *rapid.T) {
		rt.Repeat(map[string]func(*rapid.T){
			"send": func(rt *rapid.T) {
				source := rapid.SampledFrom(sources).Draw(rt, "source")
				at := func() time.Time {
					return start.Add(time.Duration(rapid.IntRange(0, 300).Draw(rt, "minute")) * time.Minute)
				}
				events := rapid.SliceOfN(rapid.Custom(anyEvent), 0, 5).Draw(rt, "events")
				for i := range events {
					events[i].ArrivedAt = at()
					sent[hourKey{source.ID, events[i].ArrivedAt.UTC().Truncate(time.Hour)}]++
				}
				var bad []store.Unusable
				for range rapid.IntRange(0, 3).Draw(rt, "bad") {
					u := unusable(fmt.Sprint("e", rapid.IntRange(0, 40).Draw(rt, "bad id")))
					u.ReceivedAt = at()
					sent[hourKey{source.ID, u.ReceivedAt.UTC().Truncate(time.Hour)}]++
					bad = append(bad, u)
				}
				must(s.AddEvents(t.Context(), source.ID, events, bad))(t)
			},
			"replay": func(rt *rapid.T) {
				for _, q := range entries(t, s, rapid.SampledFrom(sources).Draw(rt, "source"), "") {
					must(s.ReplayEntry(t.Context(), tester, q.ID, rapid.SampledFrom([]store.Reader{asEvents, asUnusable}).Draw(rt, "as")))(t)
					break
				}
			},
			"expire": func(rt *rapid.T) {
				if _, _, err := s.ExpireEntries(t.Context(), start.Add(time.Hour), 1); err != nil {
					rt.Fatal(err)
				}
			},
		})
		from := start.Add(time.Duration(rapid.IntRange(-1, 5).Draw(rt, "from")) * time.Hour).Truncate(time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(1, 6).Draw(rt, "hours")) * time.Hour)
		counted := map[int64]int{}
		for _, h := range must(s.SourceHours(t.Context(), from, to))(t) {
			counted[h.SourceID] += h.Accepted + h.Duplicates + h.Quarantined
		}
		for _, source := range sources {
			want := 0
			for key, n := range sent {
				if key.source == source.ID && !key.hour.Before(from) && key.hour.Before(to) {
					want += n
				}
			}
			if counted[source.ID] != want {
				rt.Errorf("%d counted of %d sent from %v to %v", counted[source.ID], want, from, to)
			}
		}
		checkAccepted(t, db)
	})
}

// checkAccepted fails unless, per source, what was accepted and what came of
// entries is what is stored.
func checkAccepted(t testing.TB, db *sql.DB) {
	t.Helper()
	var wrong int
	err := db.QueryRowContext(t.Context(), `
		SELECT count(*) FROM sources s WHERE
		    (SELECT COALESCE(sum(accepted + replayed), 0) FROM source_counts c WHERE c.source_id = s.id)
		    <> (SELECT count(*) FROM events e WHERE e.source_id = s.id)`).Scan(&wrong)
	if err != nil || wrong != 0 {
		t.Errorf("%d sources have other events than were accepted or replayed, %v", wrong, err)
	}
}
