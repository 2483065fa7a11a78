package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// DiscardEntry ends an entry without an event; NotFound if there is none, and
// Conflict if it has ended.
func (s *Store) DiscardEntry(ctx context.Context, by Actor, id int64) error {
	entry, err := s.QuarantineEntry(ctx, id)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE quarantine SET ended = 'discarded', ended_at = now(), replay_id = NULL WHERE id = $1 AND ended IS NULL`, id)
		if err := mustChange(res, err, "open entry in quarantine", fmt.Sprint(id)); err != nil {
			return entryHasEnded(err)
		}
		return addAudit(ctx, tx, by, "quarantine.discard", entrySubject(id), map[string]any{"source": entry.Source})
	})
}

// entryHasEnded says of an entry that is there but not open that somebody was faster.
func entryHasEnded(err error) error {
	if domain.KindOf(err) == domain.NotFound {
		return domain.Errorf(domain.Conflict, "This entry has ended already. Its page says how.")
	}
	return err
}

func entrySubject(id int64) string { return fmt.Sprint("quarantine ", id) }

// DiscardKind ends all open entries of a kind without events, and returns how
// many those were.
func (s *Store) DiscardKind(ctx context.Context, by Actor, kind Kind) (int, error) {
	var n int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &n, `
			WITH open AS (
			    SELECT id FROM quarantine WHERE ended IS NULL AND (source_id, field, problem) = ($1, $2, $3) ORDER BY id FOR UPDATE
			), gone AS (
			    UPDATE quarantine SET ended = 'discarded', ended_at = now(), replay_id = NULL
			    WHERE id IN (SELECT id FROM open) RETURNING id
			) SELECT count(*) FROM gone`, kind.SourceID, sanitize(kind.Field), sanitize(kind.Problem))
		if err != nil || n == 0 {
			return err
		}
		details, err := kind.details(ctx, tx, n)
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "quarantine.discard", "quarantine", details)
	})
	return n, err
}

// ExpireEntries ends, at most size at a time, the open entries that came last
// before a time, removes those that ended before it, and returns how many
// ended and how many are gone.
func (s *Store) ExpireEntries(ctx context.Context, before time.Time, size int) (expired, removed int, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &expired, `
			WITH old AS (
			    SELECT id FROM quarantine WHERE ended IS NULL AND last_received_at < $1
			    ORDER BY last_received_at LIMIT $2 FOR UPDATE SKIP LOCKED
			), gone AS (
			    UPDATE quarantine SET ended = 'expired', ended_at = now(), replay_id = NULL
			    WHERE id IN (SELECT id FROM old) RETURNING id
			) SELECT count(*) FROM gone`, before, size)
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &removed, `
			WITH old AS (
			    SELECT id FROM quarantine WHERE ended IS NOT NULL AND ended_at < $1
			    ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED
			), gone AS (
			    DELETE FROM quarantine WHERE id IN (SELECT id FROM old) RETURNING id
			) SELECT count(*) FROM gone`, before, size)
	})
	return expired, removed, err
}
