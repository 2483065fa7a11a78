package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Quarantined is something that a source sent and that can't be an event.
type Quarantined struct {
	ID       int64
	Source   string
	SourceID int64
	Raw      []byte // secrets removed
	Field    string // the field at fault, "" if none
	Problem  string

	SourceEventID string // as far as it could be read, like the next two
	ProfileID     string
	Network       string

	ReceivedAt time.Time
	ReplayedAt *time.Time
}

const quarantineColumns = `q.id, s.name AS source, q.source_id, q.raw, q.field, q.problem,
	q.source_event_id, q.profile_id, q.network, q.received_at, q.replayed_at`

// Quarantine lists what is not replayed yet, the newest first, before a given
// entry's id (0: from the newest).
func (s *Store) Quarantine(ctx context.Context, before int64, limit int) ([]Quarantined, error) {
	var entries []Quarantined
	err := s.db.SelectContext(ctx, &entries, `
		SELECT `+quarantineColumns+` FROM quarantine q JOIN sources s ON s.id = q.source_id
		WHERE q.replayed_at IS NULL AND ($1 = 0 OR q.id < $1) ORDER BY q.id DESC LIMIT $2`, before, limit)
	return entries, translate(err)
}

// QuarantineEntry returns one entry; NotFound if there is none.
func (s *Store) QuarantineEntry(ctx context.Context, id int64) (Quarantined, error) {
	var q Quarantined
	err := s.db.GetContext(ctx, &q, `
		SELECT `+quarantineColumns+` FROM quarantine q JOIN sources s ON s.id = q.source_id WHERE q.id = $1`, id)
	return q, translate(err)
}

// MarkReplayed notes that an entry was mended and became an event; NotFound if
// it is unknown or was replayed already.
func (s *Store) MarkReplayed(ctx context.Context, by Actor, id int64) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx,
			`UPDATE quarantine SET replayed_at = now() WHERE id = $1 AND replayed_at IS NULL`, id)
		if err := mustChange(res, err, "entry in quarantine", fmt.Sprint(id)); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "quarantine.replay", fmt.Sprint(id), nil)
	})
}
