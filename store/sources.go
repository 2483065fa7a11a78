package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// Source is a service that sends events.
type Source struct {
	ID        int64
	Name      string
	CreatedAt time.Time
}

// HashToken returns what is kept of a token, or of a session's id. They are
// long and random, so that a fast hash is enough.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// SourceByToken returns the source of a token that is not revoked, given its
// hash; NotFound otherwise.
func (s *Store) SourceByToken(ctx context.Context, hash []byte) (Source, error) {
	var source Source
	err := s.quick.GetContext(ctx, &source, `
		SELECT s.id, s.name, s.created_at FROM tokens t JOIN sources s ON s.id = t.source_id
		WHERE t.hash = $1 AND t.revoked_at IS NULL`, hash)
	return source, translate(err)
}

// Sources lists all sources by name.
func (s *Store) Sources(ctx context.Context) ([]Source, error) {
	var sources []Source
	err := s.db.SelectContext(ctx, &sources, `SELECT id, name, created_at FROM sources ORDER BY name`)
	return sources, translate(err)
}

// AddSource returns the source of a name, made if there is none.
func (s *Store) AddSource(ctx context.Context, name string) (Source, error) {
	var source Source
	err := s.tx(ctx, func(tx *sqlx.Tx) error { return addSource(ctx, tx, name, &source) })
	return source, err
}

func addSource(ctx context.Context, tx *sqlx.Tx, name string, source *Source) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO sources (name) VALUES ($1) ON CONFLICT DO NOTHING`, name)
	if err != nil {
		return err
	}
	return tx.GetContext(ctx, source, `SELECT id, name, created_at FROM sources WHERE name = $1`, name)
}

// AddToken gives a source, made if there is none of that name, a token by its
// hash. A token that is there already and valid stays as it is; Conflict when
// it is another source's or revoked.
func (s *Store) AddToken(ctx context.Context, by Actor, source string, hash []byte) (Source, error) {
	var owner Source
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := mayAdminister(ctx, tx, by, ""); err != nil {
			return err
		}
		if err := addSource(ctx, tx, source, &owner); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `
			INSERT INTO tokens (hash, source_id, created_by) VALUES ($1, $2, NULLIF($3::bigint, 0)) ON CONFLICT (hash) DO NOTHING`,
			hash, owner.ID, by.UserID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return checkToken(ctx, tx, owner, hash)
		}
		return addAudit(ctx, tx, by, "token.create", source, nil)
	})
	return owner, err
}

func checkToken(ctx context.Context, tx *sqlx.Tx, owner Source, hash []byte) error {
	var valid bool
	err := tx.GetContext(ctx, &valid,
		`SELECT source_id = $1 AND revoked_at IS NULL FROM tokens WHERE hash = $2`, owner.ID, hash)
	if err == nil && !valid {
		return &domain.Error{Kind: domain.Conflict, Field: "token", Message: "The token is revoked, or belongs to another source."}
	}
	return err
}

// Token is a source's key to the API. The key itself is not kept.
type Token struct {
	ID        int64
	Source    string
	CreatedAt time.Time
	CreatedBy string // "" when no user made it
	RevokedAt *time.Time
}

// Tokens lists all tokens, the newest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	var tokens []Token
	err := s.db.SelectContext(ctx, &tokens, `
		SELECT t.id, s.name AS source, t.created_at, COALESCE(u.name, '') AS created_by, t.revoked_at
		FROM tokens t JOIN sources s ON s.id = t.source_id LEFT JOIN users u ON u.id = t.created_by
		ORDER BY t.id DESC`)
	return tokens, translate(err)
}

// RevokeToken ends a token's validity; NotFound if it is unknown or revoked already.
func (s *Store) RevokeToken(ctx context.Context, by Actor, id int64) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := mayAdminister(ctx, tx, by, ""); err != nil {
			return err
		}
		var source string
		err := tx.GetContext(ctx, &source, `
			UPDATE tokens t SET revoked_at = now() FROM sources s
			WHERE t.id = $1 AND t.revoked_at IS NULL AND s.id = t.source_id RETURNING s.name`, id)
		if err != nil {
			return err
		}
		if err := notify(ctx, tx, tokenTopic); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "token.revoke", source, map[string]any{"token": id})
	})
}
