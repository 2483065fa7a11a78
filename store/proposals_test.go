package store_test

import (
	"slices"
	"sync"
	"testing"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// twoEngineers share a network that asks for a second person.
func twoEngineers(t *testing.T) (s *store.Store, author, other store.Actor) {
	t.Helper()
	s = storetest.New(t)
	sync2(t, s, spec("a", "token-expired"), spec("b", "rate-limited"))
	author, other = actor(storetest.User(t, s, domain.Engineer)), actor(storetest.User(t, s, domain.Admin))
	if err := s.SetNeedsApproval(t.Context(), other, domain.Facebook, true); err != nil {
		t.Fatal(err)
	}
	return s, author, other
}

// waiting is the only proposal that waits.
func waiting(t *testing.T, s *store.Store) store.Proposal {
	t.Helper()
	all := must(s.WaitingProposals(t.Context(), domain.Facebook))(t)
	if len(all) != 1 {
		t.Fatalf("there wait %+v", all)
	}
	return all[0]
}

func TestPromotionWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	s, author, other := twoEngineers(t)
	if v := must(s.PromoteParser(t.Context(), author, promotion(1, spec("mine", "bad-request"))))(t); v != 0 {
		t.Fatalf("it is live at once, as version %d", v)
	}
	first := waiting(t, s)
	must(s.PromoteParser(t.Context(), author, promotion(1, spec("mine", "rate-limited"))))(t)
	p := waiting(t, s)
	if _, err := s.ApproveProposal(t.Context(), other, first.ID, storetest.Checked()); domain.KindOf(err) != domain.Conflict {
		t.Errorf("approving what was edited: %v", err)
	}
	if _, err := s.ApproveProposal(t.Context(), author, p.ID, storetest.Checked()); domain.KindOf(err) != domain.Forbidden {
		t.Errorf("approving one's own: %v", err)
	}
	if v := must(s.ApproveProposal(t.Context(), other, p.ID, storetest.Checked()))(t); v != 2 || names(t, s)[0] != "mine" || live(t, s).Parsers[0].Reason != "facebook.rate-limited" {
		t.Errorf("approved it is version %d: %v", v, names(t, s))
	}
	versions := must(s.RulesetVersions(t.Context(), domain.Facebook))(t)
	if versions[0].Author != "engineer" || versions[0].Why != "for a test" {
		t.Errorf("version %+v", versions[0])
	}
	if v := sync2(t, s, spec("a", "token-expired"), spec("b", "rate-limited")); v != 2 {
		t.Errorf("the next start made version %d", v)
	}
	if _, err := s.ApproveProposal(t.Context(), other, p.ID, storetest.Checked()); domain.KindOf(err) != domain.Conflict {
		t.Errorf("approving twice: %v", err)
	}
	if _, err := s.ApproveProposal(t.Context(), other, 999, storetest.Checked()); domain.KindOf(err) != domain.NotFound {
		t.Errorf("approving nothing: %v", err)
	}
}

func TestChangesWaitAndRollBacksDoNot(t *testing.T) {
	t.Parallel()
	s, author, other := twoEngineers(t)
	next := must(live(t, s).Without("a"))(t)
	c := store.Change{By: author, Action: "parser.retire", Subject: "a", Why: "too wide", Check: storetest.Checked()}
	if v := must(s.ChangeRuleset(t.Context(), next, c))(t); v != 0 {
		t.Fatalf("it is live at once, as version %d", v)
	}
	p := waiting(t, s)
	if _, proposed := must2(s.Proposal(t.Context(), p.ID))(t); len(proposed.Parsers) != 1 || len(proposed.Retired) != 1 {
		t.Errorf("proposed is %+v", proposed)
	}
	must(s.ApproveProposal(t.Context(), other, p.ID, storetest.Checked()))(t)
	if got := names(t, s); !slices.Equal(got, []string{"[b]"}) || live(t, s).Retired[0].Name != "a" {
		t.Errorf("approved it is %v", got)
	}
	back := must(live(t, s).Like(must(s.RulesetVersion(t.Context(), domain.Facebook, 1))(t)))(t)
	c = store.Change{By: author, Action: "ruleset.restore", Subject: "1", Why: "it was fine", AtOnce: true, Check: storetest.Checked()}
	if v := must(s.ChangeRuleset(t.Context(), back, c))(t); v != 3 {
		t.Errorf("rolled back it is version %d", v)
	}
}

func must2[A, B any](a A, b B, err error) func(testing.TB) (A, B) {
	return func(t testing.TB) (A, B) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a, b
	}
}

func TestProposalOfAnOldVersion(t *testing.T) {
	t.Parallel()
	s, author, other := twoEngineers(t)
	must(s.PromoteParser(t.Context(), author, promotion(1, spec("mine", "bad-request"))))(t)
	p := waiting(t, s)
	sync2(t, s, spec("a", "token-invalid"), spec("b", "rate-limited"))
	if _, err := s.ApproveProposal(t.Context(), other, p.ID, storetest.Checked()); domain.KindOf(err) != domain.Conflict {
		t.Errorf("approving after the ruleset moved on: %v", err)
	}
	if err := s.WithdrawProposal(t.Context(), author, p.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.WithdrawProposal(t.Context(), author, p.ID); domain.KindOf(err) != domain.Conflict {
		t.Errorf("withdrawing twice: %v", err)
	}
	if err := s.SetNeedsApproval(t.Context(), other, "myspace", true); domain.KindOf(err) != domain.NotFound {
		t.Errorf("of no network: %v", err)
	}
}

func TestManyApproveAtOnce(t *testing.T) {
	t.Parallel()
	s, author, other := twoEngineers(t)
	must(s.PromoteParser(t.Context(), author, promotion(1, spec("mine", "bad-request"))))(t)
	p := waiting(t, s)
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = s.ApproveProposal(t.Context(), other, p.ID, storetest.Checked()) })
	}
	all.Wait()
	checkOneWon(t, s, errs)
}
