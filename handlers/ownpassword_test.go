package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/handlers"
)

func passwordSite(t *testing.T) *site {
	t.Helper()
	_, s := newDashboard(t)
	sessions := handlers.NewSessions(s.store, oneKey, false)
	s.serve("GET /password", sessions.ShowPassword)
	s.serve("POST /password", sessions.ChangePassword)
	s.signInAs(t, domain.PM)
	return s
}

func TestPeopleChangeTheirOwnPassword(t *testing.T) {
	t.Parallel()
	s := passwordSite(t)
	elsewhere := newSite(t, s.store, oneKey, false)
	elsewhere.signIn(t, "pm")
	w := s.post("/password", "current", goodPassword, "password", "another horse")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/password?done=password" {
		t.Fatalf("changing it answers %d, to %s: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	if words := reads(s.open(t, "/password?done=password")); !strings.Contains(words, "Your password was changed. You are signed out everywhere else.") {
		t.Errorf("then the page says %s", words)
	}
	if w := elsewhere.get("/page"); w.Code != http.StatusSeeOther {
		t.Errorf("the session elsewhere goes on: %d", w.Code)
	}
	if w := elsewhere.post("/sign-in", "user", "pm", "password", goodPassword); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("the old password is answered %d", w.Code)
	}
	if w := elsewhere.post("/sign-in", "user", "pm", "password", "another horse"); w.Code != http.StatusSeeOther {
		t.Errorf("the new password is answered %d", w.Code)
	}
}

func TestOwnPasswordIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	s := passwordSite(t)
	for _, c := range []struct{ current, next, field, words string }{
		{"wrong horse", "another horse", "current", "This is not your current password."},
		{"", "another horse", "current", "This is not your current password."},
		{goodPassword, goodPassword, "password", "is the current one"},
		{goodPassword, "password", "password", "guessed first"},
		{goodPassword, "12345678", "password", "guessed first"},
		{goodPassword, "short", "password", "has 5 characters"},
		{goodPassword, strings.Repeat("x y", 25), "password", "has 75 bytes"},
	} {
		root := pageOf(t, s.post("/password", "current", c.current, "password", c.next), http.StatusUnprocessableEntity)
		if at := byID(root, "field-"+c.field+"-error"); at == nil || !strings.Contains(reads(at), c.words) {
			t.Errorf("%q to %q: %v", c.current, c.next, at)
		}
	}
	fill(t, s.store, "pm", "192.0.2.1")
	if w := s.post("/password", "current", "wrong horse", "password", "another horse"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("guessing the current password is answered %d", w.Code)
	}
	if user, err := s.store.User(t.Context(), "pm"); err != nil || !domain.PasswordMatches(user.PasswordHash, goodPassword) {
		t.Error("the password was changed")
	}
}
