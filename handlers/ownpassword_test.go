package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestPeopleChangeTheirOwnPassword(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	elsewhere := s.Browser()
	elsewhere.SignIn(t, "pm")
	w := s.Post("/password", "current", servicetest.Password, "password", "another horse")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/password?done=password" {
		t.Fatalf("changing it answers %d, to %s: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	if words := htmltest.Text(s.Open(t, "/password?done=password")); !strings.Contains(words, "Your password was changed. You are signed out everywhere else.") {
		t.Errorf("then the page says %s", words)
	}
	if w := elsewhere.Get("/trends"); w.Code != http.StatusSeeOther {
		t.Errorf("the session elsewhere goes on: %d", w.Code)
	}
	if w := elsewhere.Post("/sign-in", "user", "pm", "password", servicetest.Password); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("the old password is answered %d", w.Code)
	}
	if w := elsewhere.Post("/sign-in", "user", "pm", "password", "another horse"); w.Code != http.StatusSeeOther {
		t.Errorf("the new password is answered %d", w.Code)
	}
}

func TestOwnPasswordIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	for _, c := range []struct{ current, next, field, words string }{
		{"wrong horse", "another horse", "current", "This is not your current password."},
		{"", "another horse", "current", "This is not your current password."},
		{servicetest.Password, servicetest.Password, "password", "is the current one"},
		{servicetest.Password, "password", "password", "guessed first"},
		{servicetest.Password, "12345678", "password", "guessed first"},
		{servicetest.Password, "short", "password", "has 5 of the at least"},
		{servicetest.Password, strings.Repeat("x y", 25), "password", "has 75 bytes"},
	} {
		root := htmltest.Page(t, s.Post("/password", "current", c.current, "password", c.next), http.StatusUnprocessableEntity)
		if at := htmltest.ByID(root, "field-"+c.field+"-error"); at == nil || !strings.Contains(htmltest.Text(at), c.words) {
			t.Errorf("%q to %q: %v", c.current, c.next, at)
		}
	}
	fill(t, s.Store, "pm", "192.0.2.1")
	if w := s.Post("/password", "current", "wrong horse", "password", "another horse"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("guessing the current password is answered %d", w.Code)
	}
	if user, err := s.Store.User(t.Context(), "pm"); err != nil || !domain.PasswordMatches(user.PasswordHash, servicetest.Password) {
		t.Error("the password was changed")
	}
}
