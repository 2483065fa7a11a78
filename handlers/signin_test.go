package handlers_test

import (
	"context"
	"log/slog"
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
	"wherefore/store/storetest"
)

const goodPassword = "correct horse"

var oneKey = [][]byte{[]byte("0123456789abcdef0123456789abcdef")}

// site is a dashboard with sign-in and one page, and a browser's cookies.
type site struct {
	store   *store.Store
	handler http.Handler
	cookies map[string]*http.Cookie
}

func newSite(t *testing.T, s *store.Store, keys [][]byte, secure bool) *site {
	t.Helper()
	sessions := handlers.NewSessions(s, keys, secure)
	adapter := handlers.Adapter{Log: slog.New(slog.DiscardHandler), Page: handlers.ErrorPage}
	mux := http.NewServeMux()
	add := func(pattern string, h handlers.Func) {
		mux.Handle(pattern, sessions.Identify(adapter.Handle(handlers.ReadForm(h))))
	}
	add("GET /sign-in", sessions.ShowSignIn)
	add("POST /sign-in", sessions.SignIn)
	add("POST /sign-out", sessions.SignOut)
	add("/page", handlers.Require(handlers.Everyone, func(w http.ResponseWriter, r *http.Request) error {
		_, err := w.Write([]byte(handlers.User(r.Context()).Role))
		return err
	}))
	add("/admins", handlers.Require(domain.Role.Administers, func(http.ResponseWriter, *http.Request) error { return nil }))
	return &site{s, mux, map[string]*http.Cookie{}}
}

func (s *site) send(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range s.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if s.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(s.cookies, c.Name)
		}
	}
	return w
}

func (s *site) get(path string) *httptest.ResponseRecorder {
	return s.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (s *site) post(path string, fields ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(r)
}

func (s *site) signIn(t *testing.T, name string) {
	t.Helper()
	if w := s.post("/sign-in", "user", name, "password", goodPassword); w.Code != http.StatusSeeOther {
		t.Fatalf("signing in answers %d: %s", w.Code, w.Body)
	}
}

func addUser(t *testing.T, s *store.Store, name string, role domain.Role) {
	t.Helper()
	if _, err := s.AddUser(t.Context(), store.Actor{Name: "test"}, name, role, storetest.Hash(t, goodPassword)); err != nil {
		t.Fatal(err)
	}
}

func TestSignedOutVisitorsAreAskedToSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, storetest.New(t), oneKey, false)
	w := s.get("/page?a=1&b=2")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?back=%2Fpage%3Fa%3D1%26b%3D2" {
		t.Errorf("a page answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
	if w := s.post("/page"); w.Code != http.StatusUnauthorized {
		t.Errorf("a form answers %d", w.Code)
	}
	r := httptest.NewRequest(http.MethodGet, "/page", nil)
	r.Header.Set("HX-Request", "true")
	if w := s.send(r); w.Header().Get("HX-Redirect") != "/sign-in?back=%2Fpage" {
		t.Errorf("a part of a page answers %d with %v", w.Code, w.Header())
	}
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.Engineer)
	s := newSite(t, db, oneKey, false)
	w := s.post("/sign-in", "user", "ann", "password", goodPassword, "back", "/page?a=1")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/page?a=1" {
		t.Fatalf("signing in answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
	if w := s.get("/page"); w.Code != http.StatusOK || w.Body.String() != "engineer" {
		t.Errorf("the page answers %d %s", w.Code, w.Body)
	}
	if w := s.get("/sign-in?back=/page"); w.Header().Get("Location") != "/page" {
		t.Errorf("the form is shown to someone who is signed in: %d", w.Code)
	}
	stolen := s.cookies[handlers.CookieName]
	s.post("/sign-out")
	if len(s.cookies) != 0 {
		t.Error("the cookie stays after signing out")
	}
	s.cookies[handlers.CookieName] = stolen
	if w := s.get("/page"); w.Code != http.StatusSeeOther {
		t.Errorf("a cookie from before signing out opens the page: %d", w.Code)
	}
}

func TestWrongSignInsAreRefusedInTheSameWords(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.Engineer)
	addUser(t, db, "gone", domain.Engineer)
	if err := db.DisableUser(t.Context(), store.Actor{Name: "test"}, "gone"); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, db, oneKey, false)
	for _, c := range [][2]string{{"ann", "wrong horse"}, {"ann", ""}, {"", ""}, {"nobody", goodPassword}, {"gone", goodPassword}, {"a\x00", "\xff"}} {
		w := s.post("/sign-in", "user", c[0], "password", c[1])
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "The user or the password is wrong.") {
			t.Errorf("%q: %d", c, w.Code)
		}
		if len(s.cookies) != 0 {
			t.Errorf("%q: got a cookie", c)
		}
	}
}

// However often others try, the right password still gets in, and what it was
// tried with before does not count against it.
func TestGuessingNeverKeepsTheOwnerOut(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.Engineer)
	s := newSite(t, db, oneKey, false)
	for range 12 {
		if w := s.post("/sign-in", "user", "ann", "password", "wrong horse"); w.Code != http.StatusUnprocessableEntity {
			t.Fatalf("a wrong password is answered %d", w.Code)
		}
	}
	for range 8 {
		s.signIn(t, "ann")
	}
}

// The queue of one name at one place is full; other names there, and the same
// name elsewhere, have their own.
func TestFullQueueIsOfOneNameAtOnePlace(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.Engineer)
	addUser(t, db, "ben", domain.Engineer)
	s := newSite(t, db, oneKey, false)
	fill(t, db, "ann", "192.0.2.1") // where httptest's requests come from
	w := s.post("/sign-in", "user", "ann", "password", goodPassword)
	if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "Too many sign-ins are being tried.") {
		t.Errorf("a full queue answers %d", w.Code)
	}
	if n, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || n < 1 {
		t.Errorf("Retry-After is %q", w.Header().Get("Retry-After"))
	}
	s.signIn(t, "ben")
	elsewhere := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"user": {"ann"}, "password": {goodPassword}}.Encode()))
	elsewhere.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	elsewhere.RemoteAddr = "198.51.100.7:4711"
	if w := s.send(elsewhere); w.Code != http.StatusSeeOther {
		t.Errorf("from elsewhere ann is answered %d", w.Code)
	}
}

// fill takes all turns of a name at a place.
func fill(t *testing.T, db *store.Store, name, place string) {
	t.Helper()
	turns := handlers.NewTurns(db, oneKey[0])
	for range 1000 {
		_, err := db.TakeTurn(t.Context(), turns.Paces(name, place)[:1], handlers.LongestTurn)
		if domain.KindOf(err) == domain.TooMany {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the queue has no end")
}

// Who does not wait for a turn gives it back.
func TestTurnOfAVisitorWhoLeftIsGivenBack(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	turns := handlers.NewTurns(db, oneKey[0])
	paces := turns.Paces("ann", "192.0.2.1")
	left, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range 100 {
		if i == handlers.NameBurst {
			cancel() // all further ones would wait
		}
		_, err := turns.Take(left, paces)
		if want := i >= handlers.NameBurst; (domain.KindOf(err) == domain.Unavailable) != want {
			t.Fatalf("try %d: %v", i, err)
		}
	}
}

func TestSignInsAndFailuresStandInTheAudit(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.Engineer)
	s := newSite(t, db, oneKey, false)
	s.post("/sign-in", "user", "ann", "password", "wrong horse")
	s.post("/sign-in", "user", "hunter2-is-my-password", "password", "ann")
	s.signIn(t, "ann")
	s.post("/sign-out")
	s.post("/sign-out") // nobody is signed in any more
	entries, err := db.Audit(t.Context(), "", 10)
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

func TestAttackDoesNotBuryTheAudit(t *testing.T) {
	t.Parallel()
	var told []int
	for tried := 1; tried <= 1000; tried++ {
		if handlers.Seldom(tried) {
			told = append(told, tried)
		}
	}
	if want := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64, 128, 256, 512}; !slices.Equal(told, want) {
		t.Errorf("told are %v", told)
	}
}

func TestRolesHoldFromTheNextRequestOn(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.PM)
	s := newSite(t, db, oneKey, false)
	s.signIn(t, "ann")
	if w := s.get("/admins"); w.Code != http.StatusForbidden {
		t.Errorf("a pm gets %d", w.Code)
	}
	if err := db.SetRole(t.Context(), store.Actor{Name: "test"}, "ann", domain.Admin); err != nil {
		t.Fatal(err)
	}
	if w := s.get("/admins"); w.Code != http.StatusOK {
		t.Errorf("an admin gets %d", w.Code)
	}
	if err := db.DisableUser(t.Context(), store.Actor{Name: "test"}, "ann"); err != nil {
		t.Fatal(err)
	}
	if w := s.get("/page"); w.Code != http.StatusSeeOther {
		t.Errorf("a disabled user gets %d", w.Code)
	}
}

func TestCookieIsGuardedAndRenewed(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.Engineer)
	s := newSite(t, db, oneKey, true)
	s.signIn(t, "ann")
	first := s.cookies[handlers.CookieName]
	if !first.HttpOnly || !first.Secure || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || first.MaxAge != int(handlers.SessionAge.Seconds()) {
		t.Errorf("cookie %+v", first)
	}
	s.signIn(t, "ann")
	if s.cookies[handlers.CookieName].Value == first.Value {
		t.Error("signing in again keeps the id")
	}
	s.cookies[handlers.CookieName] = first
	if w := s.get("/page"); w.Code != http.StatusSeeOther {
		t.Errorf("the session before is still good: %d", w.Code)
	}
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	addUser(t, db, "ann", domain.Engineer)
	before := newSite(t, db, oneKey, false)
	before.signIn(t, "ann")
	newKey := []byte("abcdef0123456789abcdef0123456789")
	for _, c := range []struct {
		keys [][]byte
		want int
	}{
		{[][]byte{newKey, oneKey[0]}, http.StatusOK},
		{[][]byte{newKey}, http.StatusSeeOther},
	} {
		after := newSite(t, db, c.keys, false)
		after.cookies[handlers.CookieName] = before.cookies[handlers.CookieName]
		if w := after.get("/page"); w.Code != c.want {
			t.Errorf("with %d keys the page answers %d, want %d", len(c.keys), w.Code, c.want)
		}
		if after.signIn(t, "ann"); after.get("/page").Code != http.StatusOK {
			t.Error("an old cookie keeps its owner from signing in")
		}
	}
}

func TestOnlyOwnPathsAreGoneBackTo(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/": "/", "/clusters?network=x": "/clusters?network=x", "/profiles/a%2Fb": "/profiles/a%2Fb",
		"": "/", "clusters": "/", "//example.com": "/", "/\\example.com": "/", "https://example.com/": "/",
		"/\t/example.com": "/", "javascript:alert(1)": "/", "/%zz": "/",
	} {
		if got := handlers.OwnPath(path); got != want {
			t.Errorf("ownPath(%q) = %q, want %q", path, got, want)
		}
	}
}
