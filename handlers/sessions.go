package handlers

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"wherefore/domain"
	"wherefore/store"
)

const (
	cookieName = "wherefore"
	cookieID   = "id"
	sessionAge = 14 * 24 * time.Hour
)

// Sessions knows who is signed in. A cookie holds a random id and nothing
// else; what it stands for is in the database, so that signing out, a new
// password and a new role hold at once and on all replicas.
type Sessions struct {
	// Proxies are believed when they tell a visitor's address.
	Proxies Proxies
	Log     *slog.Logger
	// Count counts what became of sign-ins, by outcome.
	Count func(SignInOutcome)

	store   *store.Store
	cookies *sessions.CookieStore
	turns   *turns
}

// SignInOutcome is what became of a sign-in.
type SignInOutcome string

// The outcomes. SignedOut is no sign-in but the end of one.
const (
	SignedIn  SignInOutcome = "succeeded"
	NotKnown  SignInOutcome = "failed"  // the user or the password is wrong
	TooOften  SignInOutcome = "refused" // nothing was checked
	SignedOut SignInOutcome = "signed-out"
)

// SignInOutcomes lists them all.
func SignInOutcomes() []SignInOutcome {
	return []SignInOutcome{SignedIn, NotKnown, TooOften, SignedOut}
}

// NewSessions signs cookies with the first key and takes those of all keys.
// secure keeps browsers from sending them without TLS.
func NewSessions(s *store.Store, keys [][]byte, secure bool) *Sessions {
	var pairs [][]byte
	for _, key := range keys {
		pairs = append(pairs, key, nil) // signed, not encrypted: an id tells nothing
	}
	cookies := sessions.NewCookieStore(pairs...)
	cookies.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	cookies.MaxAge(int(sessionAge.Seconds()))
	return &Sessions{
		Log: slog.New(slog.DiscardHandler), Count: func(SignInOutcome) {},
		store: s, cookies: cookies, turns: newTurns(s, keys[0]),
	}
}

// visitor is who makes a request, as far as could be found out.
type visitor struct {
	user store.User
	err  error
}

type visitorKey struct{}

// Identify finds out who makes each request, for Require and Viewer.
func (s *Sessions) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var v visitor
		v.user, v.err = s.user(r)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
	})
}

// identifiedWithin is how long it may take to find out who asks: an export, which
// has minutes for its rows, is refused as soon as any page when the database hangs.
const identifiedWithin = 20 * time.Second

// user returns who is signed in; Unauthorized when nobody is.
func (s *Sessions) user(r *http.Request) (store.User, error) {
	signedOut := domain.Errorf(domain.Unauthorized, "You are signed out.")
	hash := s.sessionHash(r)
	if hash == nil {
		return store.User{}, signedOut
	}
	ctx, cancel := context.WithTimeout(r.Context(), identifiedWithin)
	defer cancel()
	user, err := s.store.SessionUser(ctx, hash)
	if domain.KindOf(err) == domain.NotFound {
		return store.User{}, signedOut
	}
	return user, err
}

// sessionHash is what the request's session is known by in the database, nil
// if it has none. A cookie signed with a key that is gone is none.
func (s *Sessions) sessionHash(r *http.Request) []byte {
	session, err := s.cookies.Get(r, cookieName)
	if err != nil {
		return nil
	}
	id, ok := session.Values[cookieID].(string)
	if !ok {
		return nil
	}
	return store.HashToken(id)
}

// begin signs a user in, under a new id: one that was known before signing in
// could be known to somebody else.
func (s *Sessions) begin(w http.ResponseWriter, r *http.Request, user store.User) error {
	id := rand.Text() + rand.Text()
	err := s.store.AddSession(r.Context(), store.NewSession{
		IDHash: store.HashToken(id), User: user, ExpiresAt: time.Now().Add(sessionAge),
		Replaces: s.sessionHash(r), Address: s.Proxies.Client(r).String(),
	})
	if err != nil {
		return err
	}
	s.Count(SignedIn)
	s.Log.InfoContext(r.Context(), "signed in", "user", user.Name, "address", s.Proxies.Client(r))
	return s.save(w, r, map[any]any{cookieID: id}, int(sessionAge.Seconds()))
}

// end signs out and takes the cookie away.
func (s *Sessions) end(w http.ResponseWriter, r *http.Request) error {
	user := User(r.Context())
	if hash := s.sessionHash(r); hash != nil && user.ID != 0 {
		if err := s.store.EndSession(r.Context(), Actor(r.Context()), hash); err != nil {
			return err
		}
		s.Count(SignedOut)
		s.Log.InfoContext(r.Context(), "signed out", "user", user.Name)
	}
	return s.save(w, r, map[any]any{}, -1)
}

func (s *Sessions) save(w http.ResponseWriter, r *http.Request, values map[any]any, age int) error {
	session, _ := s.cookies.New(r, cookieName) // usable whatever the cookie was like
	session.Values = values
	session.Options.MaxAge = age
	if err := session.Save(r, w); err != nil {
		return fmt.Errorf("session cookie: %w", err)
	}
	return nil
}
