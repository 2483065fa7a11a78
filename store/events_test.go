package store_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
)

// history is a small believable one: on two networks, from two sources.
type history struct {
	*store.Store
	sources [2]store.Source
	ids     []string
}

var start = time.Now().UTC().Add(-12 * time.Hour).Truncate(time.Hour)

func newHistory(t *testing.T) history {
	t.Helper()
	h := history{Store: storetest.New(t)}
	h.sources = [2]store.Source{storetest.Source(t, h.Store), storetest.Source(t, h.Store)}
	for i, change := range [][]func(*store.NewEvent){
		{storetest.Parsed("user-changed-password")},
		{storetest.Parsed("rate-limited"), failed},
		{},
		{},
		{code("4")},
		{on(domain.X)},
		{on(domain.X), storetest.Parsed("token-expired")},
		{reconnected},
		{succeeded},
	} {
		e := storetest.NewEvent(append([]func(*store.NewEvent){func(e *store.NewEvent) {
			e.SourceEventID, e.ProfileID = fmt.Sprint("e", i), fmt.Sprint("p", []int{0, 1, 2, 3, 4, 5, 5, 1, 2}[i])
			e.OccurredAt = start.Add(time.Duration(i) * 10 * time.Minute)
		}}, change...)...)
		h.ids = append(h.ids, storetest.Add(t, h.Store, h.sources[i%2].ID, e)[0].EventID)
	}
	return h
}

func failed(e *store.NewEvent)      { e.Type = domain.Failed }
func reconnected(e *store.NewEvent) { e.Type = domain.Reconnected }
func succeeded(e *store.NewEvent)   { e.Type = domain.Succeeded }
func code(c string) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.Facts.Code = c }
}
func on(n domain.Network) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.Network = n }
}

func TestEventsMatchEveryFilter(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	cluster := must(h.Event(t.Context(), h.ids[2]))(t).ClusterID
	for name, c := range map[string]struct {
		filter store.EventFilter
		want   []int
	}{
		"all errors":        {store.EventFilter{}, []int{0, 1, 2, 3, 4, 5, 6}},
		"network":           {store.EventFilter{Network: domain.X}, []int{5, 6}},
		"reason":            {store.EventFilter{Reason: "facebook.rate-limited"}, []int{1}},
		"reason on arrival": {store.EventFilter{Reason: "facebook.rate-limited", OnArrival: true}, []int{1}},
		"unparsed":          {store.EventFilter{Unparsed: true}, []int{2, 3, 4, 5}},
		"category":          {store.EventFilter{Category: domain.Reconnect}, []int{0, 6}},
		"parser":            {store.EventFilter{Parser: "token-expired"}, []int{6}},
		"source":            {store.EventFilter{SourceID: h.sources[1].ID}, []int{1, 3, 5}},
		"format":            {store.EventFilter{Format: facts.Text}, nil},
		"type":              {store.EventFilter{Type: domain.Failed}, []int{1}},
		"reconnections":     {store.EventFilter{Type: domain.Reconnected}, []int{7}},
		"signs of life":     {store.EventFilter{Type: domain.Succeeded}, []int{8}},
		"profile":           {store.EventFilter{ProfileID: "p5"}, []int{5, 6}},
		"hostile profile":   {store.EventFilter{ProfileID: "p\x00\xff"}, nil},
		"cluster":           {store.EventFilter{ClusterID: cluster}, []int{2, 3}},
		"no such cluster":   {store.EventFilter{ClusterID: 99}, nil},
		"period":            {store.EventFilter{From: start.Add(10 * time.Minute), To: start.Add(30 * time.Minute)}, []int{1, 2}},
		"several":           {store.EventFilter{Network: domain.Facebook, Unparsed: true, SourceID: h.sources[0].ID}, []int{2, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			page := must(h.Events(t.Context(), c.filter, "", 100))(t)
			var got []int
			for _, e := range page.Rows {
				got = append(got, slices.Index(h.ids, e.ID))
			}
			slices.Reverse(got)
			if !slices.Equal(got, c.want) || page.Next != "" {
				t.Errorf("got %v, want %v", got, c.want)
			}
			sum := 0
			for _, g := range must(h.EventGroups(t.Context(), c.filter))(t) {
				sum += g.Events
			}
			if sum != len(c.want) {
				t.Errorf("groups count %d, the list has %d", sum, len(c.want))
			}
		})
	}
}

func TestAnyEventSaysWhetherThereIsOne(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if must(s.AnyEvent(t.Context()))(t) {
		t.Error("a fresh database has an event")
	}
	storetest.Event(t, s, reconnected)
	if !must(s.AnyEvent(t.Context()))(t) {
		t.Error("there is no event after one was stored")
	}
}

func TestEventsPageByKey(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	var got []string
	for page, pages := "", 0; ; pages++ {
		p := must(h.Events(t.Context(), store.EventFilter{}, page, 3))(t)
		for _, e := range p.Rows {
			got = append(got, e.ID)
		}
		if page = p.Next; page == "" {
			break
		}
		if pages > 3 {
			t.Fatal("the pages don't end")
		}
	}
	want := slices.Clone(h.ids[:7])
	slices.Reverse(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := h.Events(t.Context(), store.EventFilter{}, "nowhere", 3); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a made-up page gives %v", err)
	}
}

func TestEventHoldsHostileBytes(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for name, raw := range map[string][]byte{
		"nul":            []byte("a\x00b"),
		"broken utf-8":   {0xff, 0xfe, 0x80, 'x'},
		"escaped nul":    []byte(`{"m":"\u0000"}`),
		"lone surrogate": []byte(`{"m":"\ud800"}`),
		"empty":          {},
		"deep":           bytes.Repeat([]byte("["), 1<<20),
		"quotes":         []byte(`","'{}\\x00\`),
	} {
		t.Run(name, func(t *testing.T) {
			id := storetest.Event(t, s, func(e *store.NewEvent) {
				e.Raw, e.Cleaned, e.Operation, e.ProfileName = raw, string(raw), string(raw), string(raw)
				e.Facts = facts.Facts{Format: facts.Text, Code: string(raw), Subcode: string(raw), Type: string(raw), Message: string(raw)}
				e.Scrubbed = []string{"access_token", "cookie"}
				e.Verdict = domain.Verdict{Reason: "facebook.token-invalid", Parser: "p", Ruleset: 1,
					Evidence: []domain.Evidence{{Fact: "message", Value: "v\x00" + string(raw[:min(len(raw), 10)]), Match: string(raw[:min(len(raw), 5)])}}}
			})
			e := must(s.Event(t.Context(), id))(t)
			if !bytes.Equal(e.Raw, raw) {
				t.Errorf("the error came back as %.50q", e.Raw)
			}
			if !slices.Equal(e.Scrubbed, []string{"access_token", "cookie"}) || len(e.Defaulted) != 0 {
				t.Errorf("scrubbed %q, defaulted %q", e.Scrubbed, e.Defaulted)
			}
			if len(e.Verdict.Evidence) != 1 || e.Verdict.Evidence[0].Fact != "message" {
				t.Errorf("evidence %v", e.Verdict.Evidence)
			}
			must(s.Events(t.Context(), store.EventFilter{}, "", 10))(t)
		})
	}
}

func TestUnknownEventIsNotFound(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for _, id := range []string{"", "x", "0190a7e0-0000-7000-8000-000000000000", "0190a7e0-0000-7000-8000-00000000000g", "\x00"} {
		if _, err := s.Event(t.Context(), id); domain.KindOf(err) != domain.NotFound {
			t.Errorf("%q gives %v", id, err)
		}
	}
}

// An error's bytes and its text are stored once where they are the same.
func TestTextOfAnErrorIsReadBack(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	for raw, stored := range map[string]bool{`{"code":190} ü`: false, "": false, "\xef\xbb\xbfmarked": true, "broken \xff": true, "a\x00b": true} {
		want := domain.CleanText([]byte(raw))
		id := storetest.Event(t, s, func(e *store.NewEvent) { e.Raw, e.Cleaned = []byte(raw), want })
		e := must(s.Event(t.Context(), id))(t)
		if row := must(s.EventsByID(t.Context(), []string{id}))(t)[0]; e.Cleaned != want || row.Excerpt != want || string(e.Raw) != raw {
			t.Errorf("%q reads %q, in lists %q, from %q", raw, e.Cleaned, row.Excerpt, e.Raw)
		}
		var twice bool
		if err := db.QueryRowContext(t.Context(), `SELECT cleaned IS NOT NULL FROM events WHERE id = $1`, id).Scan(&twice); err != nil || twice != stored {
			t.Errorf("%q is stored twice: %v, %v", raw, twice, err)
		}
	}
}

func TestUnfitEventsAreNamed(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	for field, change := range map[string]func(*store.NewEvent){
		"events[1].id":            func(e *store.NewEvent) { e.SourceEventID = "" },
		"events[1].profile_id":    func(e *store.NewEvent) { e.ProfileID = strings.Repeat("ä", 256) },
		"events[1].network":       func(e *store.NewEvent) { e.Network = "" },
		"events[1].credential_id": func(e *store.NewEvent) { e.CredentialID = "a\x00" },
	} {
		bad := storetest.NewEvent(change)
		_, err := s.AddEvents(t.Context(), source.ID, []store.NewEvent{storetest.NewEvent(), bad}, nil)
		var got *domain.Error
		if !asError(err, &got) || got.Kind != domain.Invalid || got.Field != field {
			t.Errorf("got %v, want %s to be invalid", err, field)
		}
	}
	if n := storedErrors(t, s); n != 0 {
		t.Errorf("%d events of refused batches were stored", n)
	}
}

func TestLongIDsAreStored(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	long := strings.Repeat("\U0001F600", store.MaxID) // four bytes each
	id := storetest.Event(t, s, func(e *store.NewEvent) {
		e.SourceEventID, e.ProfileID, e.OwnerID, e.CredentialID, e.ProfileName = long, long, long, long, long+long
	})
	if e := must(s.Event(t.Context(), id))(t); e.ProfileID != long || e.ProfileName != long {
		t.Error("ids or name came back otherwise")
	}
}
