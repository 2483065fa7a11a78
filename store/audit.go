package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
)

// Actor is who does something, for the audit log.
type Actor struct {
	UserID int64  // 0 for what no user did
	Name   string // of the user, or of the part of the service that acted
}

// AuditEntry is one thing that was done.
type AuditEntry struct {
	ID      int64
	At      time.Time
	Actor   string
	Action  string // "parser.promote", "token.revoke" …
	Subject string // what it was done to
	Details json.RawMessage
}

// Audit lists what was done, the newest first, from where an earlier page's Next says
// ("": from the newest).
func (s *Store) Audit(ctx context.Context, page string, limit int) (Page[AuditEntry], error) {
	before, err := forward(page, isNumber)
	if err != nil {
		return Page[AuditEntry]{}, err
	}
	var entries []AuditEntry
	err = s.db.SelectContext(ctx, &entries, `
		SELECT id, at, actor, action, subject, details FROM audit
		WHERE $1::bigint = 0 OR id < $1::bigint ORDER BY id DESC LIMIT $2`, before[0], limit+1)
	return cutForward(entries, limit, func(e AuditEntry) []string { return numberKey(e.ID) }), translate(err)
}

// addAudit records an action in the transaction that does it.
func addAudit(ctx context.Context, tx *sqlx.Tx, by Actor, action, subject string, details map[string]any) error {
	if details == nil {
		details = map[string]any{}
	}
	text, err := json.Marshal(details)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO audit (user_id, actor, action, subject, details) VALUES (NULLIF($1::bigint, 0), $2, $3, $4, $5)`,
		by.UserID, sanitize(by.Name), action, sanitize(subject), string(text))
	return err
}
