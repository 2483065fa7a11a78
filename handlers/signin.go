package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"wherefore/domain"
	"wherefore/handlers/input"
	"wherefore/views"
)

// askToSignIn leads to the sign-in page and from there back here. A part of a
// page can't hold it, so htmx is told to load it whole.
func askToSignIn(w http.ResponseWriter, r *http.Request) error {
	back := r.URL.RequestURI()
	if back == "/" {
		back = ""
	}
	to := string(views.SignInURL(back))
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// ShowSignIn shows the form, unless there is no need.
func (s *Sessions) ShowSignIn(w http.ResponseWriter, r *http.Request) error {
	r, err := input.Read(r)
	if err != nil {
		return err
	}
	back := ownPath(input.Back.In(input.Of(r)))
	if User(r.Context()).ID != 0 {
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	return Render(w, r, http.StatusOK, views.SignIn(views.SignInProps{Back: back}))
}

// SignIn checks name and password. Both are wrong in the same words, so that
// nobody learns which names there are.
func (s *Sessions) SignIn(w http.ResponseWriter, r *http.Request) error {
	r, err := input.Read(r)
	if err != nil {
		return err
	}
	in := input.Of(r)
	name, password, back := input.User.In(in), input.Password.In(in), ownPath(input.Back.In(in))
	user, err := s.check(r, "sign-in", name, password)
	switch domain.KindOf(err) {
	case domain.Unauthorized:
		return s.refuse(w, r, http.StatusUnprocessableEntity, name, back, err)
	case domain.TooMany:
		return s.refuse(w, r, http.StatusTooManyRequests, name, back, err)
	}
	if err != nil {
		return err
	}
	if err := s.begin(w, r, user); err != nil {
		return err
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

func (s *Sessions) refuse(w http.ResponseWriter, r *http.Request, status int, name, back string, err error) error {
	sayWhenToRetry(w, err)
	return Render(w, r, status, views.SignIn(views.SignInProps{User: name, Back: back, Error: failureOf(err).Message}))
}

// SignOut ends the session.
func (s *Sessions) SignOut(w http.ResponseWriter, r *http.Request) error {
	r, err := input.Read(r)
	if err != nil {
		return err
	}
	if err := s.end(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.SignInURL("")), http.StatusSeeOther)
	return nil
}

// ownPath returns a path of this service, and "/" for all that would lead
// elsewhere, as "//example.com" and "/\example.com" do.
func ownPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") {
		return "/"
	}
	return path
}
