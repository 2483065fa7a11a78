package service

import (
	"context"

	"wherefore/domain"
	"wherefore/store"
)

// The user and the source that the environment can make, for first use.
const (
	AdminName       = "admin"
	bootstrapSource = "bootstrap"
)

// Environment is who acts on what the environment says, in the audit log.
var Environment = store.Actor{Name: "environment"}

// bootstrap makes the user and the token that the environment asks for.
func bootstrap(ctx context.Context, s *store.Store, c Config) error {
	if c.AdminPassword != "" {
		if err := EnsureUser(ctx, s, AdminName, domain.Admin, c.AdminPassword); err != nil {
			return err
		}
	}
	if c.Token == "" {
		return nil
	}
	_, err := s.AddToken(ctx, Environment, bootstrapSource, store.HashToken(c.Token))
	return err
}

// EnsureUser makes a user, or gives the one that is there the password. A
// password that is the same already changes nothing, since a change would end
// the user's sessions at every start.
func EnsureUser(ctx context.Context, s *store.Store, name string, role domain.Role, password string) error {
	hash, err := domain.HashPassword(name, password)
	if err != nil {
		return err
	}
	_, err = s.AddUser(ctx, Environment, name, role, hash)
	if domain.KindOf(err) != domain.Conflict {
		return err
	}
	user, err := s.User(ctx, name)
	if err != nil || domain.PasswordMatches(user.PasswordHash, password) {
		return err
	}
	return s.SetPassword(ctx, Environment, name, hash)
}
