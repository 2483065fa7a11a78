package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// Draft is a parser that somebody is writing, as the workbench's form has it.
type Draft struct {
	ID      string
	Network domain.Network
	Parser  string // the live parser that is edited, "" for a new one
	Name    string
	Form    string // encoded as browsers send it
	SavedAt time.Time
}

// keptDrafts is how many drafts of one person are kept.
const keptDrafts = 50

// KeepDraft saves a draft of a user in place of what it was before. Of more than
// 50 the oldest are removed. Invalid when the id is none of ours.
func (s *Store) KeepDraft(ctx context.Context, userID int64, d Draft) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO drafts (user_id, id, network, parser, name, form) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (user_id, id) DO UPDATE
			SET network = EXCLUDED.network, parser = EXCLUDED.parser, name = EXCLUDED.name, form = EXCLUDED.form, saved_at = now()`,
			userID, d.ID, d.Network, sanitize(d.Parser), sanitize(d.Name), d.Form)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM drafts WHERE user_id = $1 AND id IN (
			    SELECT id FROM drafts WHERE user_id = $1 ORDER BY saved_at DESC, id OFFSET $2)`, userID, keptDrafts)
		return err
	})
}

const draftColumns = `id, network, parser, name, form, saved_at`

// Drafts lists a user's drafts on a network, the newest first.
func (s *Store) Drafts(ctx context.Context, userID int64, n domain.Network) ([]Draft, error) {
	var drafts []Draft
	err := s.db.SelectContext(ctx, &drafts, `
		SELECT `+draftColumns+` FROM drafts WHERE user_id = $1 AND network = $2 ORDER BY saved_at DESC, id`, userID, n)
	return drafts, translate(err)
}

// Draft returns a draft of a user; NotFound if there is none.
func (s *Store) Draft(ctx context.Context, userID int64, id string) (Draft, error) {
	var d Draft
	err := s.db.GetContext(ctx, &d, `SELECT `+draftColumns+` FROM drafts WHERE user_id = $1 AND id = $2`, userID, sanitize(id))
	return d, translate(err)
}

// EndDraft removes a draft that became a parser. One that is gone stays so.
func (s *Store) EndDraft(ctx context.Context, userID int64, id string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM drafts WHERE user_id = $1 AND id = $2`, userID, sanitize(id))
	return translate(err)
}

// DiscardDraft removes a draft because its author wants it no more; NotFound if
// there is none.
func (s *Store) DiscardDraft(ctx context.Context, by Actor, id string) (domain.Network, error) {
	var d Draft
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &d, `DELETE FROM drafts WHERE user_id = $1 AND id = $2 RETURNING `+draftColumns, by.UserID, sanitize(id))
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "draft.discard", string(d.Network)+"/"+d.Name, map[string]any{"edited": d.Parser})
	})
	return d.Network, err
}
