package handlers

import (
	"math/bits"
	"net/http"

	"wherefore/domain"
	"wherefore/store"
)

// check returns the user of a name and password, for a purpose such as
// "sign-in". It is Unauthorized when either is wrong, and TooMany when so many
// are tried that nothing was checked. Right ones count as if never tried.
func (s *Sessions) check(r *http.Request, purpose, name, password string) (store.User, error) {
	ctx := r.Context()
	paces := s.turns.paces(name, place(s.Proxies.Client(r)))
	tries, err := s.turns.wait(ctx, paces)
	if err != nil {
		return store.User{}, s.refused(r, purpose, err)
	}
	user, err := s.store.User(ctx, name)
	if err != nil && domain.KindOf(err) != domain.NotFound {
		return store.User{}, err
	}
	right, err := s.turns.matches(ctx, user.PasswordHash, password)
	if err != nil {
		return store.User{}, s.refused(r, purpose, err)
	}
	if !right || user.DisabledAt != nil {
		return store.User{}, s.failed(r, purpose, user, tries)
	}
	return user, s.store.GiveTurnBack(ctx, paces)
}

func (s *Sessions) refused(r *http.Request, purpose string, err error) error {
	if domain.KindOf(err) == domain.TooMany {
		s.Count(TooOften)
		s.Log.WarnContext(r.Context(), purpose+" refused", "address", s.Proxies.Client(r))
	}
	return err
}

// failed records a wrong password and returns how it is answered. The name that
// was typed is told only if it is that of a user: else it may be a password that
// was typed into the wrong field.
func (s *Sessions) failed(r *http.Request, purpose string, user store.User, tries []int) error {
	s.Count(NotKnown)
	by, subject, tried := Actor(r.Context()), user.Name, tries[0]
	if by.Name == "" {
		by = store.Stranger
	}
	if user.ID == 0 {
		subject, tried = store.UnknownUser, tries[1]
	}
	address := s.Proxies.Client(r)
	s.Log.WarnContext(r.Context(), purpose+" failed", "user", subject, "address", address, "tries", tried)
	if seldom(tried) {
		details := map[string]any{"address": address.String(), "tries": tried}
		if user.DisabledAt != nil {
			details["disabled"] = true
		}
		if err := s.store.AddFailure(r.Context(), by, "user."+purpose+"-failed", subject, details); err != nil {
			return err
		}
	}
	return domain.Errorf(domain.Unauthorized, "The user or the password is wrong.")
}

// seldom keeps an attack from burying the rest of the audit log: the first 10
// failures stand in it one by one, and of further ones the 16th, 32nd, 64th …
func seldom(tried int) bool { return tried <= 10 || bits.OnesCount(uint(tried)) == 1 }
