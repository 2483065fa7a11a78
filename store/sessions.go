package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// NewSession is one that begins. It is known by the hash of its id (HashToken);
// the id itself is the browser's only.
type NewSession struct {
	IDHash    []byte
	User      User
	ExpiresAt time.Time
	Replaces  []byte // the browser's session before, nil for none
	Address   string // of the browser, for the audit log
}

// AddSession signs a user in.
func (s *Store) AddSession(ctx context.Context, n NewSession) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < now() OR id_hash = $1`, n.Replaces)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sessions (id_hash, user_id, expires_at) VALUES ($1, $2, $3)`, n.IDHash, n.User.ID, n.ExpiresAt)
		if err != nil {
			return err
		}
		by := Actor{UserID: n.User.ID, Name: n.User.Name}
		return addAudit(ctx, tx, by, "user.sign-in", n.User.Name, map[string]any{"address": n.Address})
	})
}

// SessionUser returns the user of a session; NotFound if the session is
// unknown or over, or the user disabled.
func (s *Store) SessionUser(ctx context.Context, idHash []byte) (User, error) {
	var u User
	err := s.db.GetContext(ctx, &u, `
		SELECT `+userColumns+` FROM sessions x JOIN users u ON u.id = x.user_id
		WHERE x.id_hash = $1 AND x.expires_at > now() AND u.disabled_at IS NULL`, idHash)
	return u, translate(err)
}

// EndSession signs a user out. A session that is over already is no error, and
// nothing that anybody did.
func (s *Store) EndSession(ctx context.Context, by Actor, idHash []byte) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE id_hash = $1`, idHash)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return addAudit(ctx, tx, by, "user.sign-out", by.Name, nil)
	})
}
