package store_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/store"
	"wherefore/store/storetest"
)

// rulesetWrites are what only those who may promote can do to a ruleset.
func rulesetWrites(t *testing.T, s *store.Store, proposal int64) map[string]func(context.Context, store.Actor) error {
	t.Helper()
	without := must(live(t, s).Without("a"))(t)
	return map[string]func(context.Context, store.Actor) error{
		"promotes": func(ctx context.Context, by store.Actor) error {
			_, err := s.PromoteParser(ctx, by, promotion(1, spec("theirs", "bad-request")))
			return err
		},
		"retires": func(ctx context.Context, by store.Actor) error {
			_, err := s.ChangeRuleset(ctx, without, store.Change{By: by, Action: "parser.retire", Subject: "a", Why: "no", Check: storetest.Checked()})
			return err
		},
		"approves": func(ctx context.Context, by store.Actor) error {
			_, err := s.ApproveProposal(ctx, by, proposal, storetest.Checked())
			return err
		},
	}
}

// The role counts when the ruleset is written, not when the request was let in.
func TestLostRoleWritesNothing(t *testing.T) {
	t.Parallel()
	s, author, other := twoEngineers(t)
	must(s.PromoteParser(t.Context(), author, promotion(1, spec("mine", "bad-request"))))(t)
	p := waiting(t, s)
	for name, lose := range map[string]func() error{
		"another role": func() error { return s.SetRole(t.Context(), store.Actor{Name: "admin"}, other.Name, domain.Support) },
		"disabled":     func() error { return s.DisableUser(t.Context(), store.Actor{Name: "admin"}, other.Name) },
	} {
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		before := must(s.Audit(t.Context(), "", 100))(t).Rows
		for what, do := range rulesetWrites(t, s, p.ID) {
			if err := do(t.Context(), other); domain.KindOf(err) != domain.Forbidden {
				t.Errorf("%s, who %s hears %v", name, what, err)
			}
		}
		if after := must(s.Audit(t.Context(), "", 100))(t).Rows; len(after) != len(before) || live(t, s).Version != 1 || waiting(t, s).ID != p.ID {
			t.Errorf("%s: something was written", name)
		}
	}
}

// A role is taken away before a promotion, which is then refused, or after it.
func TestRoleIsLostAtOnceWithAPromotion(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sync2(t, s, spec("a", "token-expired"))
	by := actor(storetest.User(t, s, domain.Engineer))
	var promoting, losing error
	var both sync.WaitGroup
	both.Go(func() {
		_, promoting = s.PromoteParser(t.Context(), by, promotion(1, spec("mine", "bad-request")))
	})
	both.Go(func() { losing = s.SetRole(t.Context(), store.Actor{Name: "admin"}, by.Name, domain.PM) })
	both.Wait()
	var actions []string
	for _, entry := range must(s.Audit(t.Context(), "", 2))(t).Rows {
		actions = append(actions, entry.Action)
	}
	switch {
	case losing != nil:
		t.Fatal(losing)
	case domain.KindOf(promoting) == domain.Forbidden:
		if live(t, s).Version != 1 || slices.Contains(actions, "parser.promote") {
			t.Errorf("refused, and done: %q", actions)
		}
	case promoting != nil || !slices.Equal(actions, []string{"user.role", "parser.promote"}):
		t.Errorf("promoted with %v after the role was lost: %q", promoting, actions)
	}
}

// Who approves while the author edits approves what they saw, or nothing.
func TestEditAndApprovalAtOnce(t *testing.T) {
	t.Parallel()
	s, author, other := twoEngineers(t)
	for round := range 8 {
		base := live(t, s).Version
		must(s.PromoteParser(t.Context(), author, promotion(base, spec("mine", "bad-request"))))(t)
		seen := waiting(t, s)
		var editing, approving error
		var both sync.WaitGroup
		both.Go(func() {
			_, editing = s.PromoteParser(t.Context(), author, promotion(base, spec("mine", "rate-limited")))
		})
		both.Go(func() { _, approving = s.ApproveProposal(t.Context(), other, seen.ID, storetest.Checked()) })
		both.Wait()
		now := live(t, s)
		switch {
		case approving == nil && domain.KindOf(editing) == domain.Conflict:
			if now.Version != base+1 || now.Parsers[slices.IndexFunc(now.Parsers, func(p ruleset.Parser) bool { return p.Name == "mine" })].Reason != "facebook.bad-request" {
				t.Errorf("round %d: approved is version %d", round, now.Version)
			}
		case editing == nil && domain.KindOf(approving) == domain.Conflict:
			if now.Version != base || waiting(t, s).ID == seen.ID {
				t.Errorf("round %d: the edit did not take its place", round)
			}
			if err := s.WithdrawProposal(t.Context(), author, waiting(t, s).ID); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("round %d: editing %v, approving %v", round, editing, approving)
		}
	}
}
