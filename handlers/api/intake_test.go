package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// must unwraps a result in a test: must(f())(t).
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// sentItem is one item of a generated request. An event must come of it unless
// something that nothing can stand in for is wrong with it.
type sentItem struct {
	text   string
	id     string
	usable bool
}

var (
	fineTexts   = []string{`"Bakery"`, `null`, `""`, `"👨‍👩‍👧‍👦"`}
	faultyTexts = []string{`"half \ud83d"`, `"a\nb"`, `"` + strings.Repeat("x", 400) + `"`, "\"\xff\"", `7`, `true`, `[]`, `{"a":1}`}
	times       = []string{`null`, `"2026-11-20T10:00:00Z"`, `"2099-01-01T00:00:00Z"`, `1795168800`, `"1795168800000"`, `"2026-11-20T10:00:00"`,
		`"yesterday"`, `0`, `{}`, `""`}
	statuses  = []string{`null`, `400`, `999`, `756`, `"400"`, `400.0`, `-1`, `"x"`, `[]`}
	noEvents  = []string{`{"id":`, `7`, `"text"`, `nul`, `{"a" 1}`, `<html>`}
	hopeless  = map[string][]string{"id": {``, `null`, `""`, `"a\nb"`, `[]`}, "profile_id": {``, `null`, `{}`, `"\ud83d"`}, "type": {`"odd"`, `1`}, "error": {``}}
	sequences int
)

// anyItem draws an item with any number of faults. Each differs from all others,
// as what is quarantined twice is kept once.
func anyItem(t *rapid.T) sentItem {
	sequences++
	draw := func(label string, from []string) string { return rapid.SampledFrom(from).Draw(t, label) }
	if rapid.IntRange(0, 9).Draw(t, "no event") == 0 {
		return sentItem{text: fmt.Sprintf(`%s "%d"`, draw("broken", noEvents), sequences)}
	}
	profile := rapid.IntRange(0, 5).Draw(t, "profile")
	id := fmt.Sprint("e", rapid.IntRange(0, 300).Draw(t, "id"))
	fields := map[string]string{
		"id": `"` + id + `"`, "profile_id": fmt.Sprintf(`"p%d"`, profile), "error": draw("error", []string{`1`, `"null"`, `null`, `{"code":190}`, "\"\xff\""}),
		"network": `"` + string(domain.Networks()[profile]) + `"`, "type": draw("type", []string{``, `null`, `"failed"`, `"Disconnected"`, `"reconnected"`, `"succeeded"`}),
		"occurred_at": draw("time", times), "http_status": draw("status", statuses), "unheard_of": draw("unheard_of", []string{`null`, `{}`}),
	}
	for _, name := range []string{"profile_name", "operation", "owner_id", "credential_id"} {
		fields[name] = draw(name, append(fineTexts, faultyTexts...))
	}
	usable := true
	if rapid.IntRange(0, 3).Draw(t, "hopeless") == 0 {
		name := draw("hopeless field", slices.Sorted(maps.Keys(hopeless)))
		fields[name] = draw("hopeless value", hopeless[name])
		usable = name == "error" && slices.Contains([]string{`"reconnected"`, `"succeeded"`}, fields["type"])
	}
	if rapid.IntRange(0, 5).Draw(t, "no network") == 0 {
		fields["network"], usable = draw("network", []string{``, `null`, `{}`, `"orkut"`, `"half \ud83d"`, `9`}), false
	}
	parts := []string{fmt.Sprintf(`"sequence":%d`, sequences)}
	for name, v := range fields {
		if v != "" {
			parts = append(parts, `"`+name+`":`+v)
		}
	}
	return sentItem{"{" + strings.Join(parts, ",") + "}", id, usable}
}

// TestWhatIsSentIsAcceptedDuplicateOrKept sends any batch in any form: what was
// sent is accepted, a duplicate or in quarantine, the answer says which, and the
// database has it.
func TestWhatIsSentIsAcceptedDuplicateOrKept(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	db := storetest.DB(t, s.database)
	count := func(query string, args ...any) (n int) {
		if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	events, kept := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(anyItem), 1, 12).Draw(rt, "items")
		sequences++
		items = append(items, sentItem{text: fmt.Sprintf(`{"sequence":%d}`, sequences)}) // so that the request is readable
		var lines []string
		for _, it := range items {
			lines = append(lines, it.text)
		}
		body, header := strings.Join(lines, "\n"), []string{"Content-Type", "application/x-ndjson"}
		if rapid.Bool().Draw(rt, "gzip") {
			body, header = packed(body), append(header, "Content-Encoding", "gzip")
		}
		status, got := s.call("POST", "/api/v1/events", body, header...)
		if status != http.StatusOK || got["rejected"] != nil {
			rt.Fatalf("%d %v", status, got)
		}
		accepted, duplicates, quarantined := int(got["accepted"].(float64)), int(got["duplicates"].(float64)), int(got["quarantined"].(float64))
		if accepted+duplicates+quarantined != len(items) {
			rt.Fatalf("%d were sent, and %s taken", len(items), counts(got))
		}
		events, kept = events+accepted, kept+quarantined
		if n, q := count(`SELECT count(*) FROM events`), count(`SELECT COALESCE(sum(times), 0) FROM quarantine`); n != events || q != kept {
			rt.Fatalf("%d events and %d entries in quarantine, want %d and %d", n, q, events, kept)
		}
		results := map[int]map[string]any{}
		for _, r := range got["results"].([]any) {
			r := r.(map[string]any)
			results[int(r["index"].(float64))] = r
		}
		for i, it := range items {
			r := results[i]
			if it.usable && r != nil && r["status"] == "quarantined" {
				rt.Errorf("no event came of %s: %v", it.text, r)
			}
			if mended, ok := r["mended"]; ok {
				var stored pq.StringArray
				err := db.QueryRowContext(t.Context(), `SELECT mended FROM events WHERE source_event_id = $1`, it.id).Scan(&stored)
				if err != nil || fmt.Sprint(mended) != fmt.Sprint([]string(stored)) {
					rt.Errorf("%s: answered mended %v, stored %v, %v", it.text, mended, stored, err)
				}
			}
		}
	})
	if n := count(`SELECT COALESCE(sum(cardinality(mended)), 0) - (SELECT sum(events) FROM missing_fields WHERE kind = 'mended') FROM events`); n != 0 {
		t.Errorf("%d mended fields are not counted by source", n)
	}
}

func packed(body string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return b.String()
}

func TestReceiptOfMendedEvents(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	_, got := s.call("POST", "/api/v1/events", `[{"id":"a","profile_id":"p","network":"facebook","error":1},
		{"id":7,"profile_id":"p","network":"facebook","error":1,"profile_name":"a\nb","http_status":"400","occurred_at":"2099-01-01T00:00:00Z"}]`)
	want := map[string]any{"index": 1.0, "id": "7", "status": "accepted", "retryable": false,
		"mended": []any{"id", "http_status", "profile_name", "occurred_at"}}
	results := got["results"].([]any)
	if counts(got) != "2 0 0" || len(results) != 1 || fmt.Sprint(results[0]) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	fields := map[string]int{}
	for _, g := range must(s.store.MissingFields(t.Context(), start, start.Add(time.Hour)))(t) {
		fields[g.Kind+" "+g.Field] = g.Events
	}
	wantMissing := map[string]int{"mended id": 1, "mended http_status": 1, "mended profile_name": 1, "mended occurred_at": 1,
		"missing occurred_at": 1, "missing profile_name": 1, "missing owner_id": 2, "missing credential_id": 2}
	if !maps.Equal(fields, wantMissing) {
		t.Errorf("counted %v", fields)
	}
}

func TestPackedBodiesAreRead(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	event := `{"id":"%s","profile_id":"p","network":"facebook","error":1}`
	for _, c := range []struct {
		name, body, encoding string
		status               int
	}{
		{"gzip", packed(fmt.Sprintf(event, "a")), "gzip", 200},
		{"its old name", packed(fmt.Sprintf(event, "b")), "X-GZIP", 200},
		{"two parts", packed(fmt.Sprintf(event, "c")+"\n") + packed(fmt.Sprintf(event, "d")), "gzip", 200},
		{"identity", fmt.Sprintf(event, "e"), "identity", 200},
		{"not gzip", fmt.Sprintf(event, "f"), "gzip", 400},
		{"cut", packed(fmt.Sprintf(event, "g"))[:40], "gzip", 400},
		{"no byte", "", "gzip", 400},
		{"wrong sum", packed(fmt.Sprintf(event, "h"))[:60] + "\x00\x00\x00\x00\x00\x00\x00\x00", "gzip", 400},
		{"a bomb", packed(strings.Repeat(" ", 32<<20+1)), "gzip", 413},
		{"brotli", "x", "br", 415},
		{"twice", packed(packed(fmt.Sprintf(event, "i"))), "gzip, gzip", 415},
	} {
		if status, got := s.call("POST", "/api/v1/events", c.body, "Content-Encoding", c.encoding); status != c.status {
			t.Errorf("%s: %d %v", c.name, status, got)
		}
	}
	if status, _ := s.call("POST", "/api/v1/parse", packed(`{"network":"x","error":1}`), "Content-Encoding", "gzip"); status != 200 {
		t.Errorf("parse: %d", status)
	}
}

func TestOfAHugeItemTheBeginningIsKept(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	body := `{"id":"a","profile_id":"p","network":"facebook","error":"` + strings.Repeat("x", 3<<20) + `"}`
	if _, got := s.call("POST", "/api/v1/events", body); counts(got) != "0 0 1" {
		t.Fatalf("%v", got)
	}
	kept := must(s.store.Quarantine(t.Context(), store.QuarantineFilter{}, "", 1))(t).Rows[0]
	if kept.SourceEventID != "a" || kept.Size != 2<<20 || !strings.HasPrefix(body, string(kept.Raw)) {
		t.Errorf("%d bytes of %q are kept: %.80s", kept.Size, kept.SourceEventID, kept.Raw)
	}
}

func TestEventOfAnotherNetworkIsKept(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	_, got := s.call("POST", "/api/v1/events", `[{"id":"a","profile_id":"p","network":"facebook","error":1},
		{"id":"b","profile_id":"p","network":"x","error":1},
		{"id":"c","profile_id":"p","error":1},
		{"id":"b","profile_id":"p","network":"facebook","error":1}]`)
	if counts(got) != "3 0 1" {
		t.Errorf("in one batch: %v", got)
	}
	_, got = s.call("POST", "/api/v1/events", `[{"id":"a","profile_id":"p","network":"x","error":1},{"id":"d","profile_id":"p","network":"x","error":1}]`)
	r := got["results"].([]any)[1].(map[string]any)
	if counts(got) != "0 1 1" || r["field"] != "network" || r["error"] != "The profile is of facebook, not of x." {
		t.Errorf("in another one: %v", got)
	}
	if p := must(s.store.Profile(t.Context(), "p"))(t); p.Network != domain.Facebook {
		t.Errorf("the profile is of %s", p.Network)
	}
	for _, kept := range must(s.store.Quarantine(t.Context(), store.QuarantineFilter{}, "", 10))(t).Rows {
		if kept.Field != "network" || kept.ProfileID != "p" || kept.Network != "x" || kept.SourceEventID == "" {
			t.Errorf("in quarantine: %+v", kept)
		}
	}
}

// TestProfilesOfOneNetworkAtOnce lets requests race to say of which network new
// profiles are: one wins, and what the others said is kept.
func TestProfilesOfOneNetworkAtOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	networks := []domain.Network{domain.Facebook, domain.X, domain.LinkedIn, domain.TikTok}
	var wg sync.WaitGroup
	var mu sync.Mutex
	accepted, quarantined := 0, 0
	for round := range 5 {
		for _, n := range networks {
			var events []map[string]any
			for i := range 20 { // each begins with another profile
				profile := fmt.Sprint("p", round, "-", (i+5*slices.Index(networks, n))%20)
				events = append(events, map[string]any{"id": profile + string(n), "profile_id": profile, "network": n, "error": 1})
			}
			body, _ := json.Marshal(events)
			wg.Go(func() {
				status, got := s.call("POST", "/api/v1/events", string(body))
				mu.Lock()
				defer mu.Unlock()
				if status != 200 {
					t.Errorf("%d %v", status, got)
					return
				}
				accepted += int(got["accepted"].(float64))
				quarantined += int(got["quarantined"].(float64))
			})
		}
	}
	wg.Wait()
	var torn, events, kept int
	err := storetest.DB(t, s.database).QueryRowContext(t.Context(), `
		SELECT (SELECT count(*) FROM events e JOIN profiles p ON p.id = e.profile_id AND p.network <> e.network),
		    (SELECT count(*) FROM events), (SELECT sum(times) FROM quarantine WHERE field = 'network')`).Scan(&torn, &events, &kept)
	if err != nil || torn != 0 || accepted != 100 || events != accepted || kept != quarantined || accepted+quarantined != 400 {
		t.Errorf("%d events are of another network than their profiles; %d accepted, %d stored; %d quarantined, %d kept; %v",
			torn, accepted, events, quarantined, kept, err)
	}
}

var start = time.Now().UTC()
