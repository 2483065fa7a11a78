package main

import (
	"context"

	"wherefore/domain"
	"wherefore/store"
)

// The user and the source that the environment can make, for first use.
const (
	adminName       = "admin"
	bootstrapSource = "bootstrap"
)

// environment is who acts on what the environment says, in the audit log.
var environment = store.Actor{Name: "environment"}

// bootstrap makes the user and the token that the environment asks for.
func bootstrap(ctx context.Context, s *store.Store, c config) error {
	if c.adminPassword != "" {
		if err := ensureUser(ctx, s, adminName, domain.Admin, c.adminPassword); err != nil {
			return err
		}
	}
	if c.token == "" {
		return nil
	}
	_, err := s.AddToken(ctx, environment, bootstrapSource, store.HashToken(c.token))
	return err
}

// ensureUser makes a user, or gives the one that is there the password. A
// password that is the same already changes nothing, since a change would end
// the user's sessions at every start.
func ensureUser(ctx context.Context, s *store.Store, name string, role domain.Role, password string) error {
	hash, err := domain.HashPassword(name, password)
	if err != nil {
		return err
	}
	_, err = s.AddUser(ctx, environment, name, role, hash)
	if domain.KindOf(err) != domain.Conflict {
		return err
	}
	user, err := s.User(ctx, name)
	if err != nil || domain.PasswordMatches(user.PasswordHash, password) {
		return err
	}
	return s.SetPassword(ctx, environment, name, hash)
}
