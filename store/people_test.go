package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestTokenNamesItsSourceUntilRevoked(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	by := actor(storetest.User(t, s, domain.Admin))
	hash := store.HashToken("secret")
	source := must(s.AddToken(t.Context(), by, "billing", hash))(t)
	if got := must(s.SourceByToken(t.Context(), hash))(t); got != source || got.Name != "billing" {
		t.Errorf("the token's source is %+v", got)
	}
	if again := must(s.AddToken(t.Context(), by, "billing", hash))(t); again != source {
		t.Errorf("adding it again gives %+v", again)
	}
	if _, err := s.AddToken(t.Context(), by, "other", hash); domain.KindOf(err) != domain.Conflict {
		t.Errorf("another source's token gives %v", err)
	}
	if _, err := s.AddToken(t.Context(), by, "other", []byte("short")); domain.KindOf(err) != domain.Invalid {
		t.Errorf("what is no hash gives %v", err)
	}
	if _, err := s.SourceByToken(t.Context(), store.HashToken("guess")); domain.KindOf(err) != domain.NotFound {
		t.Errorf("an unknown token gives %v", err)
	}
	tokens := must(s.Tokens(t.Context()))(t)
	if len(tokens) != 1 || tokens[0].CreatedBy != "admin" || tokens[0].Source != "billing" {
		t.Fatalf("tokens %+v", tokens)
	}
	if err := s.RevokeToken(t.Context(), by, tokens[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SourceByToken(t.Context(), hash); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a revoked token gives %v", err)
	}
	if _, err := s.AddToken(t.Context(), by, "billing", hash); domain.KindOf(err) != domain.Conflict {
		t.Errorf("adding a revoked token gives %v", err)
	}
	if err := s.RevokeToken(t.Context(), by, tokens[0].ID); domain.KindOf(err) != domain.NotFound {
		t.Errorf("revoking twice gives %v", err)
	}
	if sources := must(s.Sources(t.Context()))(t); len(sources) != 1 {
		t.Errorf("refused tokens left sources behind: %+v", sources)
	}
	var actions []string
	for _, entry := range must(s.Audit(t.Context(), "", 10))(t).Rows {
		actions = append(actions, entry.Action)
	}
	if len(actions) != 3 || actions[0] != "token.revoke" || actions[1] != "token.create" {
		t.Errorf("audit %v", actions)
	}
}

func TestUsersAreAddedAndDisabled(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	u := storetest.User(t, s, domain.Support)
	by := store.Actor{Name: "command line"}
	if _, err := s.AddUser(t.Context(), by, u.Name, domain.PM, "x"); domain.KindOf(err) != domain.Conflict {
		t.Errorf("a second user of one name gives %v", err)
	}
	var invalid *domain.Error
	if _, err := s.AddUser(t.Context(), by, "eve", "owner", "x"); !asError(err, &invalid) || invalid.Field != "role" {
		t.Errorf("an unknown role gives %v", err)
	}
	if err := s.SetRole(t.Context(), by, u.Name, domain.Engineer); err != nil {
		t.Fatal(err)
	}
	if got := must(s.User(t.Context(), u.Name))(t); got.Role != domain.Engineer || got.PasswordHash != "no password" {
		t.Errorf("user %+v", got)
	}
	for name, err := range map[string]error{
		"role":     s.SetRole(t.Context(), by, "nobody", domain.PM),
		"password": s.SetPassword(t.Context(), by, "nobody", "x"),
		"disable":  s.DisableUser(t.Context(), by, "nobody"),
	} {
		if domain.KindOf(err) != domain.NotFound {
			t.Errorf("%s of an unknown user gives %v", name, err)
		}
	}
	if _, err := s.User(t.Context(), "\x00\xff"); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a hostile name gives %v", err)
	}
}

func TestSessionLastsUntilItIsEnded(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	u := storetest.User(t, s, domain.PM)
	by := store.Actor{Name: "test"}
	signIn := func(id string, ends time.Duration) []byte {
		t.Helper()
		hash := store.HashToken(id)
		if err := s.AddSession(t.Context(), store.NewSession{IDHash: hash, User: u, ExpiresAt: time.Now().Add(ends)}); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	over := func(what string, hash []byte) {
		t.Helper()
		if _, err := s.SessionUser(t.Context(), hash); domain.KindOf(err) != domain.NotFound {
			t.Errorf("after %s the session gives %v", what, err)
		}
	}
	hash := signIn("one", time.Hour)
	if got := must(s.SessionUser(t.Context(), hash))(t); got.ID != u.ID || got.Role != domain.PM {
		t.Errorf("user %+v", got)
	}
	over("its end", signIn("two", -time.Second))
	for range 2 {
		if err := s.EndSession(t.Context(), by, hash); err != nil {
			t.Fatal(err)
		}
	}
	over("signing out", hash)
	hash = signIn("three", time.Hour)
	if err := s.SetPassword(t.Context(), by, u.Name, "new"); err != nil {
		t.Fatal(err)
	}
	over("a new password", hash)
	hash = signIn("four", time.Hour)
	if err := s.DisableUser(t.Context(), by, u.Name); err != nil {
		t.Fatal(err)
	}
	over("disabling the user", hash)
	over("disabling, a new one", signIn("five", time.Hour))
}

func TestAuditPagesByKey(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for _, r := range domain.Roles() {
		storetest.User(t, s, r)
	}
	first := must(s.Audit(t.Context(), "", 3))(t)
	second := must(s.Audit(t.Context(), first.Next, 3))(t)
	if len(first.Rows) != 3 || len(second.Rows) != 1 || first.Rows[0].Subject != "admin" || second.Next != "" || second.Rows[0].Subject != "engineer" {
		t.Errorf("pages %+v and %+v", first, second)
	}
	if string(first.Rows[0].Details) != `{"role":"admin"}` {
		t.Errorf("details %s", first.Rows[0].Details)
	}
}

// adminWrites are what only those who administer can do.
func adminWrites(s *store.Store, name string) map[string]func(context.Context, store.Actor) error {
	return map[string]func(context.Context, store.Actor) error{
		"adds": func(ctx context.Context, by store.Actor) error {
			_, err := s.AddUser(ctx, by, "another", domain.Admin, "x")
			return err
		},
		"demotes":         func(ctx context.Context, by store.Actor) error { return s.SetRole(ctx, by, name, domain.PM) },
		"disables":        func(ctx context.Context, by store.Actor) error { return s.DisableUser(ctx, by, name) },
		"enables":         func(ctx context.Context, by store.Actor) error { return s.EnableUser(ctx, by, name) },
		"sets a password": func(ctx context.Context, by store.Actor) error { return s.SetPassword(ctx, by, name, "x") },
		"makes a token": func(ctx context.Context, by store.Actor) error {
			_, err := s.AddToken(ctx, by, "planner", store.HashToken("t"))
			return err
		},
		"revokes a token": func(ctx context.Context, by store.Actor) error { return s.RevokeToken(ctx, by, 1) },
		"asks for approval": func(ctx context.Context, by store.Actor) error {
			return s.SetNeedsApproval(ctx, by, domain.Facebook, true)
		},
	}
}

// The role counts when the user is written, not when the request was let in.
func TestLostRoleAdministersNothing(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	boss := must(s.AddUser(t.Context(), store.Actor{Name: "test"}, "boss", domain.Admin, "x"))(t)
	former := must(s.AddUser(t.Context(), store.Actor{Name: "test"}, "former", domain.Admin, "x"))(t)
	for name, lose := range map[string]func() error{
		"another role": func() error { return s.SetRole(t.Context(), actor(boss), former.Name, domain.Engineer) },
		"disabled":     func() error { return s.DisableUser(t.Context(), actor(boss), former.Name) },
	} {
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		before := must(s.Audit(t.Context(), "", 100))(t).Rows
		for what, do := range adminWrites(s, boss.Name) {
			if err := do(t.Context(), actor(former)); domain.KindOf(err) != domain.Forbidden {
				t.Errorf("%s, who %s hears %v", name, what, err)
			}
		}
		if after := must(s.Audit(t.Context(), "", 100))(t).Rows; len(after) != len(before) || must(s.User(t.Context(), boss.Name))(t).Role != domain.Admin {
			t.Errorf("%s: something was written", name)
		}
	}
}

// Of two admins who take each other's access away at the same time, one is left.
func TestTwoAdminsNeverLockEachOtherOut(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ann := must(s.AddUser(t.Context(), store.Actor{Name: "test"}, "ann", domain.Admin, "x"))(t)
	ben := must(s.AddUser(t.Context(), store.Actor{Name: "test"}, "ben", domain.Admin, "x"))(t)
	demote := func(by store.User, whom string) error { return s.SetRole(t.Context(), actor(by), whom, domain.PM) }
	disable := func(by store.User, whom string) error { return s.DisableUser(t.Context(), actor(by), whom) }
	for round := range 20 {
		first, second := demote, disable
		if round%2 == 0 {
			second = demote
		}
		var byAnn, byBen error
		var both sync.WaitGroup
		both.Go(func() { byAnn = first(ann, ben.Name) })
		both.Go(func() { byBen = second(ben, ann.Name) })
		both.Wait()
		if (byAnn == nil) == (byBen == nil) || domain.KindOf(errors.Join(byAnn, byBen)) != domain.Forbidden {
			t.Fatalf("round %d: ann hears %v, ben %v", round, byAnn, byBen)
		}
		admins := 0
		for _, u := range must(s.Users(t.Context()))(t) {
			if u.DisabledAt == nil && u.Role == domain.Admin {
				admins++
			}
		}
		if admins != 1 {
			t.Fatalf("round %d leaves %d admins", round, admins)
		}
		restore(t, s, ann.Name, ben.Name)
	}
}

// restore makes users admins again.
func restore(t *testing.T, s *store.Store, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := errors.Join(s.SetRole(t.Context(), store.Actor{Name: "test"}, name, domain.Admin), s.EnableUser(t.Context(), store.Actor{Name: "test"}, name)); err != nil {
			t.Fatal(err)
		}
	}
}
