package trial

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/parse/parsetest"
)

// Add compares one event, counts the effect and notes its facts.
func (c *Counter) Add(e StoredEvent) Effect {
	o := c.trial.Compare(e)
	c.Count(e, o, 1)
	c.Cover(e.Facts)
	return o
}

// rules makes a ruleset of "name cause condition" triples.
func rules(t testing.TB, version int, triples ...string) *parse.Ruleset {
	t.Helper()
	var parsers []*parse.Parser
	for i := 0; i < len(triples); i += 3 {
		p, err := parse.NewParser(domain.ParserSpec{
			Network: "facebook", Name: triples[i], Reason: domain.Reason("facebook", domain.Cause(triples[i+1])), Condition: triples[i+2],
		})
		if err != nil {
			t.Fatal(err)
		}
		parsers = append(parsers, p)
	}
	r, err := parse.NewRuleset("facebook", version, parsers)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTrialSortsEachEvent(t *testing.T) {
	t.Parallel()
	const expired, invalid, limited = "token-expired", "token-invalid", "rate-limited"
	before := rules(t, 1, "first", expired, `code == "1"`, "edited", invalid, `code in ["2", "3", "5"]`, "other", limited, `code == "4"`)
	after := rules(t, 2, "first", expired, `code == "1"`,
		"edited", invalid, `code in ["1", "2", "4", "6"] || body.a == 1 && code == "7"`, "last", invalid, `code == "5"`, "other", limited, `code == "4"`)
	trial, err := New(before, after, "edited")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, code string
		present    domain.ReasonID
		want       Effect
	}{
		{"the edit takes an unparsed event", "6", "",
			Effect{Bucket: NewlyExplained, To: "facebook.token-invalid", Parser: "edited", Holds: true}},
		{"the edit still matches", "2", "facebook.token-invalid",
			Effect{Bucket: Unchanged, From: "facebook.token-invalid", To: "facebook.token-invalid", Parser: "edited", Holds: true}},
		{"the edit takes it from a later parser", "4", "facebook.rate-limited",
			Effect{Bucket: ChangesReason, From: "facebook.rate-limited", To: "facebook.token-invalid", Parser: "edited", Holds: true}},
		{"an earlier parser wins", "1", "facebook.token-expired",
			Effect{Bucket: Overridden, From: "facebook.token-expired", To: "facebook.token-expired", Parser: "first", Holds: true}},
		{"an earlier parser wins, the stored verdict is old", "1", "",
			Effect{Bucket: NewlyExplained, To: "facebook.token-expired", Parser: "first", Holds: true, Stale: true}},
		{"the edit stops matching", "3", "facebook.token-invalid", Effect{Bucket: Lost, From: "facebook.token-invalid"}},
		{"the edit stops matching, another parser takes it with the same reason", "5", "facebook.token-invalid",
			Effect{Bucket: Unchanged, From: "facebook.token-invalid", To: "facebook.token-invalid", Parser: "last"}},
		{"nothing matches", "9", "", Effect{Bucket: StillUnparsed}},
	} {
		got := trial.Compare(StoredEvent{Facts: facts.Facts{Code: tt.code}, Present: tt.present})
		got.Failure = nil
		if got != tt.want {
			t.Errorf("%s:\n%+v, want\n%+v", tt.name, got, tt.want)
		}
	}
	if o := trial.Compare(StoredEvent{Facts: facts.Facts{Code: "7"}}); o.Bucket != StillUnparsed || o.Failure == nil {
		t.Errorf("a condition that fails: %+v", o)
	}
}

func TestNewTrialRefuses(t *testing.T) {
	t.Parallel()
	r := rules(t, 1)
	if _, err := New(r, r, "absent"); domain.KindOf(err) != domain.Invalid {
		t.Errorf("a candidate that is not there: %v", err)
	}
	other, err := parse.NewRuleset("x", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(r, other, ""); domain.KindOf(err) != domain.Invalid {
		t.Errorf("rulesets of two networks: %v", err)
	}
}

func drawParsers(t *rapid.T, n int) []*parse.Parser {
	d := parsetest.Throw(t)
	parsers := make([]*parse.Parser, n)
	for i := range parsers {
		p, err := parse.NewParser(d.Spec(fmt.Sprintf("p%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		parsers[i] = p
	}
	return parsers
}

func drawRuleset(t *rapid.T) *parse.Ruleset {
	r, err := parse.NewRuleset("facebook", 1, drawParsers(t, rapid.IntRange(0, 5).Draw(t, "size")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func drawEvents(t *rapid.T) []StoredEvent {
	d := parsetest.Throw(t)
	events := make([]StoredEvent, d.IntN(60))
	for i := range events {
		events[i] = StoredEvent{
			ID: fmt.Sprintf("%03d", i), Facts: d.Facts(), OccurredAt: time.Date(2026, 11, d.IntN(4), 0, 0, 0, 0, time.UTC),
			Present: parsetest.Pick(d, []domain.ReasonID{"", "facebook.token-expired", "facebook.user-changed-password"}),
		}
	}
	return events
}

// The buckets partition the events, and so do the days; pairs and overriding parsers add
// up to their buckets.
func TestBucketsPartitionTheEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		trial := drawTrial(t)
		counter := NewCounter(trial)
		events := drawEvents(t)
		unparsed := 0
		for _, e := range events {
			o := counter.Add(e)
			if !slices.Contains(Buckets(), o.Bucket) {
				t.Fatalf("no bucket %q", o.Bucket)
			}
			if v := trial.after.Decide(e.Facts); v.Reason != o.To || v.Parser != o.Parser {
				t.Fatalf("effect %+v, verdict %+v", o, v)
			}
			if e.Present == "" {
				unparsed++
			}
		}
		r := counter.Result()
		inDays, inChanges, inOverridden := 0, 0, 0
		for _, d := range r.Days {
			inDays += sum(d.Buckets)
		}
		for _, c := range r.Changes {
			inChanges += c.Events
		}
		for _, s := range r.OverriddenBy {
			inOverridden += s.Events
		}
		if r.Events != len(events) || sum(r.Buckets) != len(events) || inDays != len(events) || r.UnparsedBefore != unparsed ||
			inChanges != r.Buckets[ChangesReason] || inOverridden != r.Buckets[Overridden] {
			t.Fatalf("%d events, %+v", len(events), r)
		}
	})
}

func sum(buckets map[Bucket]int) (n int) {
	for _, count := range buckets {
		n += count
	}
	return n
}

func drawTrial(t *rapid.T) *Trial {
	after := drawRuleset(t)
	candidate := ""
	if n := len(after.Parsers()); n > 0 {
		candidate = after.Parsers()[rapid.IntRange(0, n-1).Draw(t, "candidate")].Name()
	}
	trial, err := New(drawRuleset(t), after, candidate)
	if err != nil {
		t.Fatal(err)
	}
	return trial
}

// Counting in parts gives what counting at once does.
func TestMergeIsCountingAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		trial, events := drawTrial(t), drawEvents(t)
		cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
		whole, left, right := NewCounter(trial), NewCounter(trial), NewCounter(trial)
		for i, e := range events {
			whole.Add(e)
			if i < cut {
				left.Add(e)
			} else {
				right.Add(e)
			}
		}
		right.Merge(left)
		if got, want := right.Result(), whole.Result(); !reflect.DeepEqual(asJSON(t, got), asJSON(t, want)) {
			t.Fatalf("in parts\n%+v, at once\n%+v", got, want)
		}
	})
}

func asJSON(t *rapid.T, r Result) string {
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A promotion that is rolled back leaves every verdict as it was.
func TestPromoteThenRollBackRestoresEveryVerdict(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawRuleset(t), drawRuleset(t)
		back, err := parse.NewRuleset("facebook", 3, before.Parsers())
		if err != nil {
			t.Fatal(err)
		}
		trial, err := New(after, back, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range drawEvents(t) {
			was := before.Decide(e.Facts)
			e.Present = after.Decide(e.Facts).Reason
			if o := trial.Compare(e); o.To != was.Reason || o.Stale {
				t.Fatalf("was %+v, is %+v", was, o)
			}
		}
	})
}

func TestCoverageNamesWhatIsThereInstead(t *testing.T) {
	t.Parallel()
	after := rules(t, 2, "typo", "token-expired", `body.error.cod == 190 && subcode == "1" && message.contains("x")`)
	trial, err := New(rules(t, 1), after, "typo")
	if err != nil {
		t.Fatal(err)
	}
	counter := NewCounter(trial)
	for range 3 {
		f := facts.Read(nil, 0, []byte(`{"error": {"code": 190, "message": "It is over"}}`))
		f.Subcode = "460"
		counter.Add(StoredEvent{Facts: f})
	}
	counter.Add(StoredEvent{Facts: facts.Read(nil, 0, []byte("text"))})
	want := []Coverage{
		{Fact: "body.error.cod", Present: 0, Of: 4, Instead: []Coverage{{Fact: "body.error.code", Present: 3, Of: 4}}},
		{Fact: "message", Present: 4, Of: 4},
		{Fact: "subcode", Present: 3, Of: 4},
	}
	got := counter.Result().Coverage
	if len(got[0].Instead) > 1 {
		got[0].Instead = got[0].Instead[:1]
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want\n%+v", got, want)
	}
}

func TestSamplesAreTheNewest(t *testing.T) {
	t.Parallel()
	var s samples
	for i := range 9 {
		s.add(fmt.Sprint(i*4%9), 3)
	}
	if !slices.Equal(s, samples{"8", "7", "6"}) {
		t.Errorf("samples %v", s)
	}
}

func TestDistanceIsTheFewestEdits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"cod", "code", 1}, {"kitten", "sitting", 3}, {"abc", "cba", 2}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestCounterCountsWhereTheConditionHolds(t *testing.T) {
	t.Parallel()
	before := rules(t, 1, "first", "token-expired", `code == "1"`)
	after, err := before.With(rules(t, 1, "second", "token-invalid", `code in ["1", "2"]`).Parser("second"), "first")
	if err != nil {
		t.Fatal(err)
	}
	trial, err := New(before, after, "second")
	if err != nil {
		t.Fatal(err)
	}
	one, other := NewCounter(trial), NewCounter(trial)
	for _, code := range []string{"1", "2", "3"} {
		one.Add(StoredEvent{Facts: facts.Facts{Code: code}})
		other.Add(StoredEvent{Facts: facts.Facts{Code: code}})
	}
	one.Merge(other)
	if got := one.Result().Matched; got != 4 {
		t.Errorf("holds on %d, want 4: also where another parser wins", got)
	}
}
