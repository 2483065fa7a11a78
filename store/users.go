package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// User is a person who may sign in.
type User struct {
	ID           int64
	Name         string
	Role         domain.Role
	PasswordHash string
	CreatedAt    time.Time
	DisabledAt   *time.Time
}

const userColumns = `u.id, u.name, u.role, u.password_hash, u.created_at, u.disabled_at`

// User returns a user by name, disabled or not; NotFound if there is none.
func (s *Store) User(ctx context.Context, name string) (User, error) {
	var u User
	err := s.db.GetContext(ctx, &u, `SELECT `+userColumns+` FROM users u WHERE u.name = $1`, sanitize(name))
	if err != nil {
		return User{}, translate(err) // sqlx has put a time into DisabledAt
	}
	return u, nil
}

// Users lists all users by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	var users []User
	err := s.db.SelectContext(ctx, &users, `SELECT `+userColumns+` FROM users u ORDER BY u.name`)
	return users, translate(err)
}

// mayAdminister is Forbidden to a user who lost the role since the request was let
// in, as when two admins take each other's role away. It keeps that user's role, and
// the row of the user who is changed, until the transaction ends: both rows in one
// order, so that the two wait for each other and don't deadlock.
func mayAdminister(ctx context.Context, tx *sqlx.Tx, by Actor, changed string) error {
	if by.UserID == 0 {
		return nil // the service itself
	}
	var locked []User
	err := tx.SelectContext(ctx, &locked, `
		SELECT `+userColumns+` FROM users u WHERE u.id = $1 OR u.name = $2 ORDER BY u.id FOR NO KEY UPDATE`, by.UserID, changed)
	if err != nil {
		return err
	}
	may := slices.ContainsFunc(locked, func(u User) bool {
		return u.ID == by.UserID && u.DisabledAt == nil && u.Role.Administers()
	})
	if !may {
		return domain.Errorf(domain.Forbidden, "Your role changed meanwhile: it does not allow this any more. Nothing was done.")
	}
	return nil
}

// AddUser makes a user; Conflict if the name is taken, Forbidden when the actor's role
// was lost.
func (s *Store) AddUser(ctx context.Context, by Actor, name string, role domain.Role, passwordHash string) (User, error) {
	var u User
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := mayAdminister(ctx, tx, by, name); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &u, `
			INSERT INTO users AS u (name, role, password_hash) VALUES ($1, $2, $3)
			RETURNING `+userColumns, name, role, passwordHash)
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "user.create", name, map[string]any{"role": role})
	})
	return u, err
}

// SetPassword gives a user another password and ends the user's sessions.
func (s *Store) SetPassword(ctx context.Context, by Actor, name, passwordHash string) error {
	return s.changeUser(ctx, by, "user.password", name,
		`UPDATE users SET password_hash = $2 WHERE name = $1 RETURNING id`, name, passwordHash)
}

// ChangePassword gives a user another password, as the user asked for in a
// session, and ends the user's other sessions.
func (s *Store) ChangePassword(ctx context.Context, by Actor, passwordHash string, session []byte) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE users SET password_hash = $2 WHERE id = $1`, by.UserID, passwordHash)
		if err := mustChange(res, err, "user", by.Name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2`, by.UserID, session); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "user.password", by.Name, nil)
	})
}

// SetRole gives a user another role, which holds from the next request on. Forbidden
// when the actor's role was lost.
func (s *Store) SetRole(ctx context.Context, by Actor, name string, role domain.Role) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := mayAdminister(ctx, tx, by, name); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE users SET role = $2 WHERE name = $1`, name, role)
		if err := mustChange(res, err, "user", name); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "user.role", name, map[string]any{"role": role})
	})
}

// DisableUser keeps a user from signing in and ends the user's sessions.
func (s *Store) DisableUser(ctx context.Context, by Actor, name string) error {
	return s.changeUser(ctx, by, "user.disable", name,
		`UPDATE users SET disabled_at = COALESCE(disabled_at, now()) WHERE name = $1 RETURNING id`, name)
}

// EnableUser lets a user that was disabled sign in again, with the same password.
func (s *Store) EnableUser(ctx context.Context, by Actor, name string) error {
	return s.changeUser(ctx, by, "user.enable", name,
		`UPDATE users SET disabled_at = NULL WHERE name = $1 RETURNING id`, name)
}

// changeUser changes a user and ends the user's sessions. Forbidden when the actor's
// role was lost.
func (s *Store) changeUser(ctx context.Context, by Actor, action, name, query string, args ...any) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := mayAdminister(ctx, tx, by, name); err != nil {
			return err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, query, args...); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1`, id); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, action, name, nil)
	})
}
