package store

import (
	"context"
	"time"
)

// AddSession signs a user in until a time. The session is known by the hash of
// its id (HashToken); the id itself is the browser's only.
func (s *Store) AddSession(ctx context.Context, idHash []byte, userID int64, expiresAt time.Time) error {
	_, err := s.db.ExecContext(ctx, `
		WITH expired AS (DELETE FROM sessions WHERE expires_at < now())
		INSERT INTO sessions (id_hash, user_id, expires_at) VALUES ($1, $2, $3)`, idHash, userID, expiresAt)
	return translate(err)
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

// EndSession signs out. A session that is over already is no error.
func (s *Store) EndSession(ctx context.Context, idHash []byte) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE id_hash = $1`, idHash)
	return translate(err)
}
