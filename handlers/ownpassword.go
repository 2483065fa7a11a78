package handlers

import (
	"errors"
	"net/http"

	"wherefore/domain"
	"wherefore/handlers/input"
	"wherefore/views"
	"wherefore/views/ui"
)

// ShowPassword shows the form to change the own password.
func (s *Sessions) ShowPassword(w http.ResponseWriter, r *http.Request) error {
	p := views.PasswordProps{Viewer: Viewer(r.Context()), Changed: input.PasswordDone.In(input.Of(r))}
	return Render(w, r, http.StatusOK, views.Password(p))
}

// ChangePassword gives the user who asks another password, if the current one
// is right, and ends the user's sessions elsewhere.
func (s *Sessions) ChangePassword(w http.ResponseWriter, r *http.Request) error {
	hash, err := s.newPassword(r)
	var refused *domain.Error
	if errors.As(err, &refused) && (refused.Kind == domain.Invalid || refused.Kind == domain.TooMany) {
		sayWhenToRetry(w, err)
		problem := ui.ProblemProps{Field: refused.Field, Message: refused.Message}
		return Render(w, r, statuses[refused.Kind], views.Password(views.PasswordProps{Viewer: Viewer(r.Context()), Problem: problem}))
	}
	if err != nil {
		return err
	}
	if err := s.store.ChangePassword(r.Context(), Actor(r.Context()), hash, s.sessionHash(r)); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.PasswordChangedURL()), http.StatusSeeOther)
	return nil
}

// newPassword is the hash of the password that is asked for. The current one is
// checked as at a sign-in, so that a page left open is no place to guess it.
func (s *Sessions) newPassword(r *http.Request) (string, error) {
	in := input.Of(r)
	name, current, next := User(r.Context()).Name, input.Current.In(in), input.Password.In(in)
	if err := in.Err(); err != nil {
		return "", err
	}
	if err := domain.CheckPassword(name, next); err != nil {
		return "", err
	}
	if current == next {
		return "", domain.InvalidField("password", "The new password is the current one. Choose another.")
	}
	_, err := s.check(r, "password", name, current)
	switch domain.KindOf(err) {
	case domain.Unauthorized:
		return "", domain.InvalidField("current", "This is not your current password.")
	case "":
		if err != nil {
			return "", err
		}
		return domain.HashPassword(name, next)
	}
	return "", err
}
