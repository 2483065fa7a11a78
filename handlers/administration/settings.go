package administration

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// ShowSettings shows users and tokens, and what can be done to the user that is
// chosen; NotFound if there is none of that name.
func (ps *Pages) ShowSettings(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	return ps.showSettings(w, r, http.StatusOK, views.SettingsProps{Done: input.SettingsDone.In(in), Chosen: views.UserProps{Name: input.User.In(in)}})
}

func (ps *Pages) showSettings(w http.ResponseWriter, r *http.Request, status int, p views.SettingsProps) error {
	users, err := ps.Store.Users(r.Context())
	if err != nil {
		return err
	}
	tokens, err := ps.Store.Tokens(r.Context())
	if err != nil {
		return err
	}
	p.Viewer, p.Now = handlers.Viewer(r.Context()), time.Now()
	for _, u := range users {
		p.Users = append(p.Users, views.UserProps{Name: u.Name, Role: u.Role, CreatedAt: u.CreatedAt, DisabledAt: valueOf(u.DisabledAt)})
	}
	for _, n := range domain.Networks() {
		needed, err := ps.Store.NeedsApproval(r.Context(), n)
		if err != nil {
			return err
		}
		p.Approvals = append(p.Approvals, views.ApprovalProps{Network: n, Needed: needed})
	}
	for _, t := range tokens {
		p.Tokens = append(p.Tokens, views.TokenProps{ID: t.ID, Source: t.Source, CreatedAt: t.CreatedAt, CreatedBy: t.CreatedBy, RevokedAt: valueOf(t.RevokedAt)})
	}
	if name := p.Chosen.Name; name != "" {
		i := slices.IndexFunc(p.Users, func(u views.UserProps) bool { return u.Name == name })
		if i < 0 {
			return domain.Errorf(domain.NotFound, "There is no such user.")
		}
		p.Chosen = p.Users[i]
	}
	return handlers.Render(w, r, status, views.Settings(p))
}

func valueOf(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

// AddUser makes a user from a form.
func (ps *Pages) AddUser(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	form := views.UserFormProps{Name: input.Name.In(in), Role: input.Role.In(in)}
	hash, err := "", in.Err()
	if err == nil {
		hash, err = checkUser(form, input.Password.In(in))
	}
	if err == nil {
		_, err = ps.Store.AddUser(r.Context(), handlers.Actor(r.Context()), form.Name, form.Role, hash)
	}
	if domain.KindOf(err) == domain.Conflict {
		err = domain.InvalidField("name", "There is a user of this name already.")
	}
	return ps.settled(w, r, err, "user", views.SettingsProps{NewUser: form})
}

// checkUser returns the password's hash; Invalid names the field at fault.
func checkUser(form views.UserFormProps, password string) (hash string, err error) {
	if err := checkName("name", form.Name); err != nil {
		return "", err
	}
	if !form.Role.Known() {
		return "", domain.InvalidField("role", "Choose one of the roles.")
	}
	return domain.HashPassword(form.Name, password)
}

func checkName(field, name string) error {
	odd := strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\x7f' || r == '\uFFFD' })
	if n := len([]rune(name)); n == 0 || n > 100 || odd {
		return domain.InvalidField(field, "A name has 1 to 100 characters on one line.")
	}
	return nil
}

// SetRole gives a user another role.
func (ps *Pages) SetRole(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	name, role, err := input.User.In(in), input.Role.In(in), in.Err()
	if err == nil {
		err = notOneself(r, name)
	}
	if err == nil && !role.Known() {
		err = domain.InvalidField("role", "Choose one of the roles.")
	}
	if err == nil {
		err = ps.Store.SetRole(r.Context(), handlers.Actor(r.Context()), name, role)
	}
	return ps.settled(w, r, err, "role", views.SettingsProps{Chosen: views.UserProps{Name: name}})
}

// SetPassword gives a user another password and ends the user's sessions.
func (ps *Pages) SetPassword(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	name, hash, err := input.User.In(in), "", in.Err()
	if err == nil {
		hash, err = domain.HashPassword(name, input.Password.In(in))
	}
	if err == nil {
		err = ps.Store.SetPassword(r.Context(), handlers.Actor(r.Context()), name, hash)
	}
	return ps.settled(w, r, err, "password", views.SettingsProps{Chosen: views.UserProps{Name: name}})
}

// DisableUser keeps a user from signing in.
func (ps *Pages) DisableUser(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	name, err := input.User.In(in), in.Err()
	if err == nil {
		err = notOneself(r, name)
	}
	if err == nil {
		err = ps.Store.DisableUser(r.Context(), handlers.Actor(r.Context()), name)
	}
	return ps.settled(w, r, err, "disable", views.SettingsProps{Chosen: views.UserProps{Name: name}})
}

// EnableUser lets a user that was disabled sign in again.
func (ps *Pages) EnableUser(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	name, err := input.User.In(in), in.Err()
	if err == nil {
		err = ps.Store.EnableUser(r.Context(), handlers.Actor(r.Context()), name)
	}
	return ps.settled(w, r, err, "enable", views.SettingsProps{Chosen: views.UserProps{Name: name}})
}

// notOneself keeps an admin from taking the own access away: there might be
// nobody left to give it back.
func notOneself(r *http.Request, name string) error {
	if name == handlers.User(r.Context()).Name {
		return domain.InvalidField("", "You can't take your own access away; another admin can.")
	}
	return nil
}

// AddToken makes a token and shows it, this once: it stands in no address.
func (ps *Pages) AddToken(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	source, token, err := input.TokenSource.In(in), "wf_"+rand.Text(), in.Err()
	if err == nil {
		err = checkName("source", source)
	}
	if err == nil {
		_, err = ps.Store.AddToken(r.Context(), handlers.Actor(r.Context()), source, store.HashToken(token))
	}
	if err != nil {
		return ps.settled(w, r, err, "", views.SettingsProps{Source: source})
	}
	return ps.showSettings(w, r, http.StatusOK, views.SettingsProps{NewToken: views.NewTokenProps{Source: source, Token: token}})
}

// RevokeToken ends a token's validity.
func (ps *Pages) RevokeToken(w http.ResponseWriter, r *http.Request) error {
	err := ps.Store.RevokeToken(r.Context(), handlers.Actor(r.Context()), input.PathID(r))
	if domain.KindOf(err) == domain.NotFound {
		return domain.Errorf(domain.NotFound, "There is no such token.")
	}
	if err != nil {
		return err
	}
	return ps.settled(w, r, nil, "revoke", views.SettingsProps{})
}

// settled goes back to the settings after a change, or shows them again with
// what is wrong with it.
func (ps *Pages) settled(w http.ResponseWriter, r *http.Request, err error, done string, p views.SettingsProps) error {
	var refused *domain.Error
	switch {
	case err == nil:
		http.Redirect(w, r, string(views.SettingsDoneURL(done)), http.StatusSeeOther)
		return nil
	case errors.As(err, &refused) && refused.Kind == domain.Invalid:
		p.Problems = []ui.ProblemProps{{Field: refused.Field, Message: refused.Message}}
		return ps.showSettings(w, r, http.StatusUnprocessableEntity, p)
	}
	return err
}

// SetApproval switches the second person of a network on or off.
func (ps *Pages) SetApproval(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	n, err := input.Network.In(in), in.Err()
	if err == nil && n == "" {
		err = handlers.UnknownNetwork(n)
	}
	if err == nil {
		err = ps.Store.SetNeedsApproval(r.Context(), handlers.Actor(r.Context()), n, input.Needed.In(in) == "yes")
	}
	return ps.settled(w, r, err, "approval", views.SettingsProps{})
}
