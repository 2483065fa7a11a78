// Package servicetest serves all that the program serves, with the roles that it asks
// for, to tests of pages.
package servicetest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service"
)

const (
	// Address is where people reach the site.
	Address = "https://wherefore.example"

	// Password is that of every user of AddUser.
	Password = "correct horse"
)

// Key signs the cookies of a site.
var Key = []byte("0123456789abcdef0123456789abcdef")

// Site is a service without its workers, and a browser at it. Requests of its browser
// come from 192.0.2.1.
type Site struct {
	*service.Service
	Cookies map[string]*http.Cookie

	handler http.Handler
}

// New serves a fresh database that has the catalogue's parsers live.
func New(t testing.TB) *Site {
	t.Helper()
	return On(t, Store(t), Key)
}

// On serves a database, with keys that sign cookies.
func On(t testing.TB, s *store.Store, keys ...[]byte) *Site {
	t.Helper()
	address, err := url.Parse(Address)
	if err != nil {
		t.Fatal(err)
	}
	c := service.Config{BaseURL: address, SessionKeys: keys, QuarantineDays: 30}
	v, err := service.New(t.Context(), c, s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return &Site{Service: v, Cookies: map[string]*http.Cookie{}, handler: v.Handler()}
}

// SignedIn serves a fresh database to a new user of a role.
func SignedIn(t testing.TB, role domain.Role) *Site {
	t.Helper()
	s := New(t)
	s.SignInAs(t, role)
	return s
}

// Browser is another browser at the same service.
func (s *Site) Browser() *Site {
	return &Site{Service: s.Service, Cookies: map[string]*http.Cookie{}, handler: s.handler}
}

// AddUser adds a user, whose password is Password.
func AddUser(t testing.TB, s *store.Store, name string, role domain.Role) {
	t.Helper()
	if _, err := s.AddUser(t.Context(), store.Actor{Name: "test"}, name, role, storetest.Hash(t, Password)); err != nil {
		t.Fatal(err)
	}
}

// SignIn signs in as a user of AddUser.
func (s *Site) SignIn(t testing.TB, name string) {
	t.Helper()
	if w := s.Post("/sign-in", "user", name, "password", Password); w.Code != http.StatusSeeOther {
		t.Fatalf("signing in answers %d: %s", w.Code, w.Body)
	}
}

// SignInAs signs in as a new user of a role, named like it.
func (s *Site) SignInAs(t testing.TB, role domain.Role) {
	t.Helper()
	AddUser(t, s.Store, string(role), role)
	s.SignIn(t, string(role))
}

// Send sends a request of the browser.
func (s *Site) Send(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range s.Cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if s.Cookies[c.Name] = c; c.MaxAge < 0 {
			delete(s.Cookies, c.Name)
		}
	}
	return w
}

// Get asks for a page.
func (s *Site) Get(path string) *httptest.ResponseRecorder {
	return s.Send(httptest.NewRequest(http.MethodGet, path, nil))
}

// Open gets a page that must be there.
func (s *Site) Open(t testing.TB, path string) *html.Node {
	t.Helper()
	w := s.Get(path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d: %s", path, w.Code, w.Body)
	}
	return htmltest.Page(t, w, http.StatusOK)
}

// Post sends a form of names and values in turn.
func (s *Site) Post(path string, fields ...string) *httptest.ResponseRecorder {
	return s.Send(Form(path, fields...))
}

// Form is the request by which a browser sends a form of names and values in turn.
func Form(path string, fields ...string) *http.Request {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}
