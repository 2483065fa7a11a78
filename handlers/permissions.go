package handlers

import (
	"context"
	"errors"
	"net/http"

	"wherefore/domain"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// Permission says whether a role may do something.
type Permission func(domain.Role) bool

// Everyone who is signed in.
func Everyone(role domain.Role) bool { return role.Known() }

// Require lets h answer only those who may, and asks others to sign in. The
// requests must have passed Identify.
func Require(may Permission, h Func) Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, ok := r.Context().Value(visitorKey{}).(visitor)
		switch {
		case !ok:
			return errors.New("a page that requires a role is not behind Identify")
		case domain.KindOf(v.err) == domain.Unauthorized && r.Method == http.MethodGet:
			return askToSignIn(w, r)
		case v.err != nil:
			return v.err
		case !may(v.user.Role):
			return domain.Errorf(domain.Forbidden, "This needs another role than %s.", v.user.Role)
		}
		r, err := input.Read(r)
		if err != nil {
			return err
		}
		return h(w, r)
	}
}

// User is who is signed in. Behind Require there is always one.
func User(ctx context.Context) store.User {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v.user
}

// Viewer is User as pages want it.
func Viewer(ctx context.Context) views.Viewer {
	user := User(ctx)
	return views.Viewer{Name: user.Name, Role: user.Role}
}

// Actor is User as the audit log wants it.
func Actor(ctx context.Context) store.Actor {
	user := User(ctx)
	return store.Actor{UserID: user.ID, Name: user.Name}
}
