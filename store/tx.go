package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// tx runs fn in a transaction and commits, or rolls back when fn fails. After a
// deadlock or a serialization failure it begins again, so fn must start from
// nothing each time. The error is translated.
func (s *Store) tx(ctx context.Context, fn func(*sqlx.Tx) error) error {
	return transact(ctx, s.db, fn)
}

func transact(ctx context.Context, db *sqlx.DB, fn func(*sqlx.Tx) error) error {
	const attempts = 6
	for attempt := 1; ; attempt++ {
		err := try(ctx, db, fn)
		var pe *pq.Error
		if attempt == attempts || !errors.As(err, &pe) || !isTransient(string(pe.Code)) && !lostPlan(err) {
			return translate(err)
		}
		// At random, so that two that met don't meet again.
		pause := time.Duration(rand.Int64N(int64(10*time.Millisecond) << attempt))
		select {
		case <-ctx.Done():
			return translate(err)
		case <-time.After(pause):
		}
	}
}

func try(ctx context.Context, db *sqlx.DB, fn func(*sqlx.Tx) error) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // of no effect after Commit
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// mustChange turns "no row changed" into NotFound.
func mustChange(res interface{ RowsAffected() (int64, error) }, err error, what, id string) error {
	if err != nil {
		return translate(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return notFound(what, id)
	}
	return nil
}
