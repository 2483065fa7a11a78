package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/store/storetest"
)

// spec makes a parser of facebook.
func spec(name string, cause domain.Cause) domain.ParserSpec {
	return domain.ParserSpec{Network: domain.Facebook, Name: name, Reason: domain.Reason(domain.Facebook, cause),
		Condition: fmt.Sprintf("code == %q", name)}
}

// promotion puts a parser first into the ruleset of a version.
func promotion(base int, p domain.ParserSpec) store.Promotion {
	return store.Promotion{Network: domain.Facebook, BaseVersion: base, Spec: p, Why: "for a test", Check: storetest.Checked()}
}

// names lists the live parsers of facebook, built-in ones in brackets.
func names(t *testing.T, s *store.Store) []string {
	t.Helper()
	var got []string
	for i, p := range must(s.LiveRuleset(t.Context(), domain.Facebook))(t).Parsers {
		if p.Position != i {
			t.Errorf("parser %d has position %d", i, p.Position)
		}
		if p.Builtin {
			got = append(got, "["+p.Name+"]")
		} else {
			got = append(got, p.Name)
		}
	}
	return got
}

func sync2(t *testing.T, s *store.Store, specs ...domain.ParserSpec) int {
	t.Helper()
	return storetest.Builtins(t, s, domain.Facebook, specs...)
}

func TestSyncBuiltinsMakesAVersionOnlyForAChange(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	a, b := spec("a", "token-expired"), spec("b", "rate-limited")
	changed := b
	changed.Condition = `code == "other"`
	moved := a
	moved.Origin = domain.Origin{File: "facebook.yaml", Line: 12}
	for i, step := range []struct {
		specs   []domain.ParserSpec
		version int
	}{
		{nil, 0}, {[]domain.ParserSpec{a, b}, 1}, {[]domain.ParserSpec{a, b}, 1}, {[]domain.ParserSpec{moved, b}, 1},
		{[]domain.ParserSpec{b, a}, 2}, {[]domain.ParserSpec{changed, a}, 3}, {[]domain.ParserSpec{a}, 4}, {nil, 5}, {nil, 5},
	} {
		if got := sync2(t, s, step.specs...); got != step.version {
			t.Errorf("step %d: version %d, want %d", i, got, step.version)
		}
	}
	if live := must(s.LiveVersions(t.Context()))(t); len(live) != 1 || live[domain.Facebook] != 5 {
		t.Errorf("live versions: %v", live)
	}
	now := time.Now()
	released := must(s.ReleasedVersions(t.Context(), "", now.Add(-time.Hour), now.Add(time.Hour)))(t)
	if len(released) != 4 || released[0].Network != domain.Facebook || released[0].Version.Version != 5 || released[3].Why != "new built-in parsers" {
		t.Errorf("released, but for the first: %+v", released)
	}
	if got := must(s.ReleasedVersions(t.Context(), domain.X, now.Add(-time.Hour), now.Add(time.Hour)))(t); len(got) != 0 {
		t.Errorf("released of x: %+v", got)
	}
	old := must(s.RulesetVersion(t.Context(), domain.Facebook, 3))(t)
	if len(old.Parsers) != 2 || old.Parsers[0].Condition != changed.Condition {
		t.Errorf("version 3 now reads %+v", old)
	}
}

func TestPromotedParsersKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	a, b, c := spec("a", "token-expired"), spec("b", "rate-limited"), spec("c", "token-invalid")
	sync2(t, s, a, b)
	by := actor(storetest.User(t, s, domain.Engineer))
	promote := func(base int, name string, position int) {
		p := promotion(base, spec(name, "bad-request"))
		p.Position = position
		must(s.PromoteParser(t.Context(), by, p))(t)
	}
	promote(1, "first", 0)
	promote(2, "between", 2)
	promote(3, "a", 0) // replaces the built-in parser
	want := []string{"a", "first", "between", "[b]"}
	if got := names(t, s); !slices.Equal(got, want) {
		t.Errorf("after promotions: %v", got)
	}
	if v := sync2(t, s, a, b); v != 4 {
		t.Errorf("the same built-in parsers made version %d", v)
	}
	sync2(t, s, c, a, b)
	if got, want := names(t, s), []string{"a", "first", "between", "[c]", "[b]"}; !slices.Equal(got, want) {
		t.Errorf("after a new built-in parser: %v", got)
	}
}

func actor(u store.User) store.Actor { return store.Actor{UserID: u.ID, Name: u.Name} }

func TestPromotionMakesAVersionWithItsTrial(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sync2(t, s, spec("a", "token-expired"))
	by := actor(storetest.User(t, s, domain.Engineer))
	p := promotion(1, spec("mine", "rate-limited"))
	p.Trial = &store.NewTrial{Network: domain.Facebook, Base: 1, Candidate: store.Candidate{Period: "7d"}}
	p.Check.Trial = trial.Result{Events: 3, Buckets: map[trial.Bucket]int{trial.NewlyExplained: 3}}
	if v := must(s.PromoteParser(t.Context(), by, p))(t); v != 2 {
		t.Errorf("version %d", v)
	}
	versions := must(s.RulesetVersions(t.Context(), domain.Facebook))(t)
	if len(versions) != 2 || !versions[0].Live || versions[1].Live || versions[0].Author != "engineer" ||
		versions[0].Why != "for a test" || versions[1].Basis() != nil {
		t.Errorf("versions %+v", versions)
	}
	basis := versions[0].Basis()
	if basis == nil || basis.Period != "7d" || basis.Result.Buckets[trial.NewlyExplained] != 3 {
		t.Errorf("it is based on %+v", basis)
	}
	if trial := must(s.Trial(t.Context(), basis.Trial))(t); trial.State != store.JobDone || trial.Result.Events != 3 || trial.By != "engineer" {
		t.Errorf("its trial is %+v", trial)
	}
	audit := must(s.Audit(t.Context(), "", 10))(t).Rows
	if audit[0].Action != "parser.promote" || audit[0].Subject != "facebook/mine" || audit[0].Actor != "engineer" {
		t.Errorf("audit %+v", audit[0])
	}
	jobs := must(s.Reparses(t.Context(), domain.Facebook, 10))(t)
	if len(jobs) != 2 || jobs[0].Ruleset != 2 || jobs[0].State != store.JobWaiting || jobs[1].State != store.JobCancelled {
		t.Errorf("jobs %+v", jobs)
	}
}

func TestPromotionIsRefused(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sync2(t, s, spec("a", "token-expired"))
	by := actor(storetest.User(t, s, domain.Engineer))
	foreign := spec("mine", "rate-limited")
	foreign.Reason = "x.rate-limited"
	for name, c := range map[string]struct {
		change func(*store.Promotion)
		kind   domain.Kind
		field  string
	}{
		"older base":       {func(p *store.Promotion) { p.BaseVersion = 0 }, domain.Conflict, "base_version"},
		"newer base":       {func(p *store.Promotion) { p.BaseVersion = 2 }, domain.Conflict, "base_version"},
		"foreign reason":   {func(p *store.Promotion) { p.Spec = foreign }, domain.Invalid, "reason"},
		"unknown reason":   {func(p *store.Promotion) { p.Spec.Reason = "facebook.full-moon" }, domain.Invalid, "reason"},
		"position":         {func(p *store.Promotion) { p.Position = 2 }, domain.Invalid, "position"},
		"name":             {func(p *store.Promotion) { p.Spec.Name = "No Spaces" }, domain.Invalid, "name"},
		"no condition":     {func(p *store.Promotion) { p.Spec.Condition = "" }, domain.Invalid, "condition"},
		"hostile contents": {func(p *store.Promotion) { p.Spec.Condition = "\x00" }, domain.Invalid, "condition"},
	} {
		p := promotion(1, spec("mine", "rate-limited"))
		c.change(&p)
		_, err := s.PromoteParser(t.Context(), by, p)
		var got *domain.Error
		if !asError(err, &got) || got.Kind != c.kind || got.Field != c.field {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if got := names(t, s); !slices.Equal(got, []string{"[a]"}) {
		t.Errorf("the ruleset is now %v", got)
	}
}

func TestTwoPromoteAtOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sync2(t, s, spec("a", "token-expired"))
	by := actor(storetest.User(t, s, domain.Engineer))
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = s.PromoteParser(t.Context(), by, promotion(1, spec(fmt.Sprint("p", i), "rate-limited")))
		})
	}
	wg.Wait()
	conflicts := 0
	for _, err := range errs {
		if domain.KindOf(err) == domain.Conflict {
			conflicts++
		} else if err != nil {
			t.Error(err)
		}
	}
	if conflicts != len(errs)-1 || len(names(t, s)) != 2 {
		t.Errorf("%d conflicts, then %v", conflicts, names(t, s))
	}
}

func TestReplicasStartAtOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := s.SyncCatalog(t.Context(), program(1, spec("a", "token-expired")))
			if v := must(s.LiveVersions(t.Context()))(t)[domain.Facebook]; v != 1 || err != nil {
				t.Errorf("version %d, %v", v, err)
			}
		})
	}
	wg.Wait()
}

func TestListenersHearOfPromotions(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	ctx, cancel := context.WithCancel(t.Context())
	heard, ended := make(chan domain.Network, 10), make(chan error, 1)
	go func() {
		ended <- store.Listen(ctx, address, store.Heard{Ruleset: func(n domain.Network) { heard <- n }, Revoked: func() {}})
	}()
	expect := func(want domain.Network) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("did not hear %q", want)
		}
	}
	expect("") // listening
	sync2(t, s, spec("a", "token-expired"))
	expect(domain.Facebook)
	_, err := storetest.DB(t, address).ExecContext(ctx, `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
	if err != nil {
		t.Fatal(err)
	}
	expect("") // listening again
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Listen ended with %v", err)
	}
}
