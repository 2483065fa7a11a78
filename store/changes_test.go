package store_test

import (
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/store"
	"wherefore/store/storetest"
)

// live is the ruleset of facebook that is live.
func live(t testing.TB, s *store.Store) ruleset.Ruleset {
	t.Helper()
	return must(s.LiveRuleset(t.Context(), domain.Facebook))(t)
}

// change makes a changed ruleset live.
func change(t *testing.T, s *store.Store) func(ruleset.Ruleset, error) {
	return func(next ruleset.Ruleset, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		must(s.ChangeRuleset(t.Context(), next, store.Change{By: store.Actor{Name: "test"}, Action: "test", Why: "for a test", Check: storetest.Checked()}))(t)
	}
}

func TestParsersAreMovedRetiredAndBroughtBack(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	a, b, c := spec("a", "token-expired"), spec("b", "rate-limited"), spec("c", "bad-request")
	sync2(t, s, a, b, c)
	for _, step := range []struct {
		next func() (ruleset.Ruleset, error)
		want []string
	}{
		{func() (ruleset.Ruleset, error) { return live(t, s).Moved("c", "a") }, []string{"[a]", "[c]", "[b]"}},
		{func() (ruleset.Ruleset, error) { return live(t, s).Moved("b", "") }, []string{"[b]", "[a]", "[c]"}},
		{func() (ruleset.Ruleset, error) { return live(t, s).Without("a") }, []string{"[b]", "[c]"}},
		{func() (ruleset.Ruleset, error) { return live(t, s).WithRetired("a") }, []string{"[b]", "[a]", "[c]"}},
		{func() (ruleset.Ruleset, error) { return live(t, s).Without("b") }, []string{"[a]", "[c]"}},
		{func() (ruleset.Ruleset, error) { return live(t, s).WithRetired("b") }, []string{"[b]", "[a]", "[c]"}},
	} {
		change(t, s)(step.next())
		if got := names(t, s); !slices.Equal(got, step.want) {
			t.Fatalf("got %v, want %v", got, step.want)
		}
	}
	audit := must(s.Audit(t.Context(), "", 1))(t).Rows
	if audit[0].Subject != "facebook" || string(audit[0].Details) == "{}" || live(t, s).Version != 7 {
		t.Errorf("audit %+v, version %d", audit[0], live(t, s).Version)
	}
}

// A retired built-in parser stays so when the service starts again, and what was
// rolled back is not put right by it.
func TestStartKeepsWhatPeopleDecided(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	a, b := spec("a", "token-expired"), spec("b", "rate-limited")
	newer := a
	newer.Condition = `code == "newer"`
	sync2(t, s, a, b)
	sync2(t, s, newer, b)
	change(t, s)(live(t, s).Like(must(s.RulesetVersion(t.Context(), domain.Facebook, 1))(t)))
	if v := sync2(t, s, newer, b); v != 3 || live(t, s).Parsers[0].Condition != a.Condition {
		t.Errorf("the start after a roll-back made version %d, %+v", v, live(t, s).Parsers[0])
	}
	change(t, s)(live(t, s).Without("b"))
	if v := sync2(t, s, newer, b); v != 4 {
		t.Errorf("the start after a retirement made version %d", v)
	}
	changed := b
	changed.Condition = `code == "changed"`
	sync2(t, s, a, changed)
	if got := names(t, s); !slices.Equal(got, []string{"[a]"}) {
		t.Errorf("after new built-in parsers: %v", got)
	}
	change(t, s)(live(t, s).WithRetired("b"))
	if got := live(t, s).Parsers[1]; got.Condition != changed.Condition || !got.Builtin {
		t.Errorf("brought back is %+v", got)
	}
	change(t, s)(live(t, s).Without("b"))
	sync2(t, s, a)
	if r := live(t, s); len(r.Retired) != 0 {
		t.Errorf("what the program lost is still retired: %+v", r.Retired)
	}
}

// checkOneWon fails unless one of many made version 2, and the others were in
// conflict with it.
func checkOneWon(t *testing.T, s *store.Store, errs []error) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if domain.KindOf(err) != domain.Conflict {
			t.Error(err)
		}
	}
	if won != 1 || live(t, s).Version != 2 {
		t.Errorf("%d won, version %d", won, live(t, s).Version)
	}
}

func TestTwoChangeAtOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sync2(t, s, spec("a", "token-expired"), spec("b", "rate-limited"))
	next := must(live(t, s).Without("a"))(t)
	by := actor(storetest.User(t, s, domain.Engineer))
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			if i%2 == 0 {
				_, errs[i] = s.ChangeRuleset(t.Context(), next, store.Change{By: by, Action: "parser.retire", Subject: "a", Why: "for a test", Check: storetest.Checked()})
			} else {
				_, errs[i] = s.PromoteParser(t.Context(), by, promotion(1, spec("new", "bad-request")))
			}
		})
	}
	all.Wait()
	checkOneWon(t, s, errs)
}

// Whatever was done to a ruleset, rolling back makes a version equal to the old
// one and gives every stored event its old verdict back.
func TestRollBackRestoresEveryVerdict(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s).ID
	sync2(t, s, spec("a", "token-expired"), spec("b", "rate-limited"))
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		if runs++; runs > 20 {
			return // each takes a whole life of a ruleset on a real database
		}
		code := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		cause := rapid.SampledFrom([]domain.Cause{"token-expired", "rate-limited", "bad-request"})
		var events []store.NewEvent
		for range rapid.IntRange(1, 12).Draw(rt, "events") {
			events = append(events, fresh(code.Draw(rt, "code")))
		}
		storetest.Add(t, s, source, events...)
		for _, name := range []string{"a", "b"} {
			must(s.PromoteParser(t.Context(), store.Actor{Name: "test"}, promotion(live(t, s).Version, spec(name, cause.Draw(rt, name)))))(t)
		}
		for range rapid.IntRange(0, 2).Draw(rt, "earlier") {
			doAnything(t, rt, s)
		}
		settled(t, db)
		finish(t, s, 5)
		old, before := live(t, s), present(t, s, events, source)
		for range rapid.IntRange(1, 4).Draw(rt, "changes") {
			doAnything(t, rt, s)
			if rapid.Bool().Draw(rt, "reparsed between") {
				settled(t, db)
				finish(t, s, 5)
			}
		}
		if next, err := live(t, s).Like(old); err == nil {
			change(t, s)(next, err)
		}
		settled(t, db)
		finish(t, s, 5)
		if now := live(t, s); !slices.EqualFunc(now.Parsers, old.Parsers, func(a, b ruleset.Parser) bool { return a.RevisionID == b.RevisionID }) {
			rt.Fatalf("rolled back it is %+v, was %+v", now.Parsers, old.Parsers)
		}
		if after := present(t, s, events, source); !slices.Equal(after, before) {
			rt.Fatalf("verdicts were %v, are %v", before, after)
		}
		storetest.CheckCounts(t, db)
	})
}

// doAnything promotes, retires, brings back or moves some parser.
func doAnything(t *testing.T, rt *rapid.T, s *store.Store) {
	r := live(t, s)
	name := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "parser")
	var next ruleset.Ruleset
	var err error
	switch rapid.IntRange(0, 3).Draw(rt, "what") {
	case 0:
		cause := rapid.SampledFrom([]domain.Cause{"token-expired", "app-misconfigured"}).Draw(rt, "cause")
		must(s.PromoteParser(t.Context(), store.Actor{Name: "test"}, promotion(r.Version, spec(name, cause))))(t)
		return
	case 1:
		next, err = r.Without(name)
	case 2:
		next, err = r.WithRetired(name)
	default:
		next, err = r.Moved(name, "")
	}
	if err == nil {
		change(t, s)(next, err)
	}
}

// present are the verdicts of now of events: reason and parser.
func present(t *testing.T, s *store.Store, events []store.NewEvent, source int64) []string {
	t.Helper()
	var verdicts []string
	for _, o := range storetest.Add(t, s, source, events...) { // duplicates: they tell the ids
		v := must(s.Event(t.Context(), o.EventID))(t).Verdict
		verdicts = append(verdicts, string(v.Reason)+" by "+v.Parser)
	}
	return verdicts
}
