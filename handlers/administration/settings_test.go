package administration_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/handlers/administration"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// done posts a form that must lead back to the settings.
func done(t *testing.T, s *servicetest.Site, path, done string, fields ...string) {
	t.Helper()
	w := s.Post(path, fields...)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/settings?done="+done {
		t.Errorf("%s answers %d, to %q: %s", path, w.Code, w.Header().Get("Location"), w.Body)
	}
}

func TestUsersAreManaged(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Admin)
	done(t, s, "/settings/users", "user", "name", " ben ", "role", "support", "password", servicetest.Password)
	done(t, s, "/settings/users/role", "role", "user", "ben", "role", "pm")
	done(t, s, "/settings/users/password", "password", "user", "ben", "password", "another horse")
	if row := htmltest.Row(s.Open(t, "/settings?user=ben"), "ben"); row != "ben pm active just now" {
		t.Errorf("ben reads %q", row)
	}
	other := s.Browser()
	if w := other.Post("/sign-in", "user", "ben", "password", "another horse"); w.Code != http.StatusSeeOther {
		t.Errorf("ben can't sign in: %d", w.Code)
	}
	done(t, s, "/settings/users/disable", "disable", "user", "ben")
	if row := htmltest.Row(s.Open(t, "/settings"), "ben"); row != "ben pm disabled just now" {
		t.Errorf("then ben reads %q", row)
	}
	if w := other.Post("/sign-in", "user", "ben", "password", "another horse"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a disabled user is answered %d", w.Code)
	}
	done(t, s, "/settings/users/enable", "enable", "user", "ben")
	if w := other.Post("/sign-in", "user", "ben", "password", "another horse"); w.Code != http.StatusSeeOther {
		t.Errorf("ben can't sign in after being enabled: %d", w.Code)
	}
	audit := s.Open(t, "/audit")
	for _, want := range []string{"just now admin user.enable ben", "just now admin user.disable ben", "just now admin user.password ben", `just now admin user.role ben {"role":"pm"}`, `just now admin user.create ben {"role":"support"}`} {
		if row := htmltest.Row(audit, want); row != want {
			t.Errorf("the audit log does not hold %q", want)
		}
	}
	if csv := s.Get("/audit.csv").Body.String(); !strings.Contains(csv, ",admin,user.disable,ben,\n") {
		t.Errorf("as CSV: %s", csv)
	}
}

func TestSettingsRefuse(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Admin)
	servicetest.AddUser(t, s.Store, "ben", domain.PM)
	for _, c := range []struct {
		path   string
		fields []string
		words  string
	}{
		{"/settings/users", []string{"name", "", "role", "pm", "password", servicetest.Password}, "A name has 1 to 100 characters"},
		{"/settings/users", []string{"name", "a\x00b", "role", "pm", "password", servicetest.Password}, "A name has 1 to 100 characters"},
		{"/settings/users", []string{"name", "ben", "role", "pm", "password", servicetest.Password}, "There is a user of this name already."},
		{"/settings/users", []string{"name", "eve", "role", "owner", "password", servicetest.Password}, "“owner” can&#39;t be used; give one of engineer"},
		{"/settings/users", []string{"name", "eve", "role", "", "password", servicetest.Password}, "Choose one of the roles."},
		{"/settings/users", []string{"name", "eve", "role", "pm", "password", "short"}, "has 5 of the at least"},
		{"/settings/users", []string{"name", "ottoline", "role", "pm", "password", "ottoline-7"}, "little more than the name"},
		{"/settings/users/password", []string{"user", "ben", "password", "password"}, "guessed first"},
		{"/settings/users/password", []string{"user", "ben", "password", "12345678"}, "guessed first"},
		{"/settings/users/role", []string{"user", "ben", "role", "owner"}, "“owner” can&#39;t be used; give one of engineer"},
		{"/settings/users/role", []string{"user", "admin", "role", "pm"}, "another admin can"},
		{"/settings/users/disable", []string{"user", "admin"}, "another admin can"},
		{"/settings/users/password", []string{"user", "ben", "password", ""}, "has 0 of the at least"},
		{"/settings/tokens", []string{"source", " "}, "A name has 1 to 100 characters"},
	} {
		w := s.Post(c.path, c.fields...)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.words) {
			t.Errorf("%s %q answers %d", c.path, c.fields, w.Code)
		}
	}
	if !strings.Contains(s.Post("/settings/users", "name", "kept", "role", "support").Body.String(), `value="kept"`) {
		t.Error("the name is lost when the form is shown again")
	}
	for path, more := range map[string][]string{
		"/settings/users/role": {"role", "pm"}, "/settings/users/disable": nil, "/settings/users/enable": nil, "/settings/users/password": {"password", servicetest.Password},
	} {
		if w := s.Post(path, append([]string{"user", "nobody"}, more...)...); w.Code != http.StatusNotFound {
			t.Errorf("%s of nobody answers %d", path, w.Code)
		}
	}
	for _, path := range []string{"/settings/tokens/99/revoke", "/settings/tokens/x/revoke"} {
		if w := s.Post(path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	if w := s.Get("/settings?user=nobody"); w.Code != http.StatusNotFound {
		t.Errorf("nobody's settings answer %d", w.Code)
	}
}

func TestTokensAreShownOnce(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Admin)
	w := s.Post("/settings/tokens", "source", "publisher")
	at := strings.Index(w.Body.String(), "wf_")
	if w.Code != http.StatusOK || at < 0 {
		t.Fatalf("answers %d without a token", w.Code)
	}
	token := w.Body.String()[at : at+len("wf_")+26]
	source, err := s.Store.SourceByToken(t.Context(), store.HashToken(token))
	if err != nil || source.Name != "publisher" {
		t.Errorf("the token is of %q: %v", source.Name, err)
	}
	page := s.Open(t, "/settings")
	if row := htmltest.Row(page, "publisher"); !strings.HasPrefix(row, "publisher 1 valid just now admin Revoke…") || strings.Contains(htmltest.Text(page), token) {
		t.Errorf("then the page reads %q", row)
	}
	done(t, s, "/settings/tokens/1/revoke", "revoke")
	if _, err := s.Store.SourceByToken(t.Context(), store.HashToken(token)); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a revoked token gives %v", err)
	}
	if row := htmltest.Row(s.Open(t, "/settings"), "publisher"); row != "publisher 1 revoked just now admin just now" {
		t.Errorf("revoked, it reads %q", row)
	}
}

func TestAuditPagesByKey(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Admin)
	for i := range administration.AuditPage {
		storetest.Source(t, s.Store)
		if _, err := s.Store.AddToken(t.Context(), store.Actor{Name: "test"}, "many", store.HashToken(strings.Repeat("x", i))); err != nil {
			t.Fatal(err)
		}
	}
	first := s.Open(t, "/audit")
	older := htmltest.Link(first, "Older →")
	if n := len(htmltest.Inside(first, "tr")); n != 1+administration.AuditPage || !strings.HasPrefix(older, "/audit?page=") {
		t.Fatalf("%d rows, older at %q", n, older)
	}
	second := s.Open(t, older)
	if row := htmltest.Row(second, "just now"); !strings.Contains(row, "user.sign-in admin") || htmltest.Link(second, "← Newer") != "/audit" {
		t.Errorf("the second page begins with %q", row)
	}
	if n := strings.Count(s.Get("/audit.csv").Body.String(), "\n"); n != 1+administration.AuditPage+2 { // and the admin, who signed in
		t.Errorf("the CSV has %d lines", n)
	}
	for _, wrong := range []string{"x", "-1", "0"} {
		if w := s.Get("/audit?page=" + wrong); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("before %s answers %d", wrong, w.Code)
		}
	}
}
