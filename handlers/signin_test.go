package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestSignedOutVisitorsAreAskedToSignIn(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	w := s.Get("/trends?network=x&period=7d")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?back=%2Ftrends%3Fnetwork%3Dx%26period%3D7d" {
		t.Errorf("a page answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
	if w := s.Post("/trends"); w.Code != http.StatusUnauthorized {
		t.Errorf("a form answers %d", w.Code)
	}
	r := httptest.NewRequest(http.MethodGet, "/trends", nil)
	r.Header.Set("HX-Request", "true")
	if w := s.Send(r); w.Header().Get("HX-Redirect") != "/sign-in?back=%2Ftrends" {
		t.Errorf("a part of a page answers %d with %v", w.Code, w.Header())
	}
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	servicetest.AddUser(t, s.Store, "ann", domain.Engineer)
	w := s.Post("/sign-in", "user", "ann", "password", servicetest.Password, "back", "/trends?period=7d")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/trends?period=7d" {
		t.Fatalf("signing in answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
	if account := htmltest.Text(htmltest.Inside(s.Open(t, "/trends"), "header")[0]); !strings.Contains(account, "ann engineer") {
		t.Errorf("the page says %s", account)
	}
	if w := s.Get("/sign-in?back=/trends"); w.Header().Get("Location") != "/trends" {
		t.Errorf("the form is shown to someone who is signed in: %d", w.Code)
	}
	stolen := s.Cookies[handlers.CookieName]
	s.Post("/sign-out")
	if len(s.Cookies) != 0 {
		t.Error("the cookie stays after signing out")
	}
	s.Cookies[handlers.CookieName] = stolen
	if w := s.Get("/trends"); w.Code != http.StatusSeeOther {
		t.Errorf("a cookie from before signing out opens the page: %d", w.Code)
	}
}

func TestWrongSignInsAreRefusedInTheSameWords(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	servicetest.AddUser(t, s.Store, "ann", domain.Engineer)
	servicetest.AddUser(t, s.Store, "gone", domain.Engineer)
	if err := s.Store.DisableUser(t.Context(), store.Actor{Name: "test"}, "gone"); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"ann", "wrong horse"}, {"ann", ""}, {"", ""}, {"nobody", servicetest.Password}, {"gone", servicetest.Password}, {"a\x00", "\xff"}} {
		w := s.Post("/sign-in", "user", c[0], "password", c[1])
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "The user or the password is wrong.") {
			t.Errorf("%q: %d", c, w.Code)
		}
		if len(s.Cookies) != 0 {
			t.Errorf("%q: got a cookie", c)
		}
	}
}

// However often others try, the right password still gets in, and what it was
// tried with before does not count against it.
func TestGuessingNeverKeepsTheOwnerOut(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	servicetest.AddUser(t, s.Store, "ann", domain.Engineer)
	for range 12 {
		if w := s.Post("/sign-in", "user", "ann", "password", "wrong horse"); w.Code != http.StatusUnprocessableEntity {
			t.Fatalf("a wrong password is answered %d", w.Code)
		}
	}
	for range 8 {
		s.SignIn(t, "ann")
	}
}

// The queue of one name at one place is full; other names there, and the same
// name elsewhere, have their own.
func TestFullQueueIsOfOneNameAtOnePlace(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	servicetest.AddUser(t, s.Store, "ann", domain.Engineer)
	servicetest.AddUser(t, s.Store, "ben", domain.Engineer)
	fill(t, s.Store, "ann", "192.0.2.1") // where httptest's requests come from
	w := s.Post("/sign-in", "user", "ann", "password", servicetest.Password)
	if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "Too many sign-ins are being tried.") {
		t.Errorf("a full queue answers %d", w.Code)
	}
	if n, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || n < 1 {
		t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
	}
	s.SignIn(t, "ben")
	elsewhere := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"user": {"ann"}, "password": {servicetest.Password}}.Encode()))
	elsewhere.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	elsewhere.RemoteAddr = "198.51.100.7:4711"
	if w := s.Send(elsewhere); w.Code != http.StatusSeeOther {
		t.Errorf("from elsewhere ann is answered %d", w.Code)
	}
}

// fill takes all turns of a name at a place.
func fill(t *testing.T, db *store.Store, name, place string) {
	t.Helper()
	paces := handlers.Paces(db, servicetest.Key, name, place)
	for range 1000 {
		_, err := db.TakeTurn(t.Context(), paces[:1], handlers.LongestTurn)
		if domain.KindOf(err) == domain.TooMany {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the queue has no end")
}

func TestSignInsAndFailuresStandInTheAudit(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	servicetest.AddUser(t, s.Store, "ann", domain.Engineer)
	s.Post("/sign-in", "user", "ann", "password", "wrong horse")
	s.Post("/sign-in", "user", "hunter2-is-my-password", "password", "ann")
	s.SignIn(t, "ann")
	s.Post("/sign-out")
	s.Post("/sign-out") // nobody is signed in any more
	entries, err := s.Store.Audit(t.Context(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries.Rows {
		got = append(got, strings.Join([]string{e.Actor, e.Action, e.Subject, string(e.Details)}, " "))
	}
	want := []string{
		`ann user.sign-out ann {}`,
		`ann user.sign-in ann {"address":"192.0.2.1"}`,
		`(signed out) user.sign-in-failed (no such user) {"address":"192.0.2.1","tries":2}`,
		`(signed out) user.sign-in-failed ann {"address":"192.0.2.1","tries":1}`,
		`test user.create ann {"role":"engineer"}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("the audit log holds\n%s", strings.Join(got, "\n"))
	}
}

func TestRolesHoldFromTheNextRequestOn(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	servicetest.AddUser(t, s.Store, "ann", domain.PM)
	s.SignIn(t, "ann")
	if w := s.Get("/settings"); w.Code != http.StatusForbidden {
		t.Errorf("a pm gets %d", w.Code)
	}
	if err := s.Store.SetRole(t.Context(), store.Actor{Name: "test"}, "ann", domain.Admin); err != nil {
		t.Fatal(err)
	}
	if w := s.Get("/settings"); w.Code != http.StatusOK {
		t.Errorf("an admin gets %d", w.Code)
	}
	if err := s.Store.DisableUser(t.Context(), store.Actor{Name: "test"}, "ann"); err != nil {
		t.Fatal(err)
	}
	if w := s.Get("/trends"); w.Code != http.StatusSeeOther {
		t.Errorf("a disabled user gets %d", w.Code)
	}
}

func TestCookieIsGuardedAndRenewed(t *testing.T) {
	t.Parallel()
	s := servicetest.New(t)
	servicetest.AddUser(t, s.Store, "ann", domain.Engineer)
	s.SignIn(t, "ann")
	first := s.Cookies[handlers.CookieName]
	if !first.HttpOnly || !first.Secure || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || first.MaxAge != int(handlers.SessionAge.Seconds()) {
		t.Errorf("cookie %+v", first)
	}
	s.SignIn(t, "ann")
	if s.Cookies[handlers.CookieName].Value == first.Value {
		t.Error("signing in again keeps the id")
	}
	s.Cookies[handlers.CookieName] = first
	if w := s.Get("/trends"); w.Code != http.StatusSeeOther {
		t.Errorf("the session before is still good: %d", w.Code)
	}
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	before := servicetest.New(t)
	servicetest.AddUser(t, before.Store, "ann", domain.Engineer)
	before.SignIn(t, "ann")
	newKey := []byte("abcdef0123456789abcdef0123456789")
	for _, c := range []struct {
		keys [][]byte
		want int
	}{
		{[][]byte{newKey, servicetest.Key}, http.StatusOK},
		{[][]byte{newKey}, http.StatusSeeOther},
	} {
		after := servicetest.On(t, before.Store, c.keys...)
		after.Cookies[handlers.CookieName] = before.Cookies[handlers.CookieName]
		if w := after.Get("/trends"); w.Code != c.want {
			t.Errorf("with %d keys the page answers %d, want %d", len(c.keys), w.Code, c.want)
		}
		if after.SignIn(t, "ann"); after.Get("/trends").Code != http.StatusOK {
			t.Error("an old cookie keeps its owner from signing in")
		}
	}
}
