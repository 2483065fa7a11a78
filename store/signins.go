package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// Pace is how fast sign-ins of one key may follow each other: a few at once,
// further ones at intervals. All replicas share it.
type Pace struct {
	Key      []byte // 32 bytes
	Burst    int
	Interval time.Duration
}

// Turn is a sign-in's place in the queue of one pace.
type Turn struct {
	Wait  time.Duration // until it is due; not above 0 when it is due now
	Tries int           // those of the last hour that were not given back, this one included
}

// TakeTurn puts a sign-in into the queue of each pace and returns its turns, in
// the order of paces. When one of them is later than longest it fails as TooMany
// with the turns so far, and nothing is counted.
func (s *Store) TakeTurn(ctx context.Context, paces []Pace, longest time.Duration) (turns []Turn, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		turns = nil
		for _, p := range paces {
			turn, err := takeTurn(ctx, tx, p)
			if err != nil {
				return err
			}
			turns = append(turns, turn)
			if turn.Wait > longest {
				return domain.Errorf(domain.TooMany, "Too many sign-ins are waiting.")
			}
		}
		return nil
	})
	return turns, err
}

func takeTurn(ctx context.Context, tx *sqlx.Tx, p Pace) (Turn, error) {
	var row struct {
		DueIn float64
		Tries int
	}
	err := tx.GetContext(ctx, &row, `
		INSERT INTO sign_in_paces AS p (key, due_at, tries) VALUES ($1, now() + make_interval(secs => $2), 1)
		ON CONFLICT (key) DO UPDATE SET
		    due_at = GREATEST(p.due_at, now()) + make_interval(secs => $2),
		    tries = CASE WHEN p.due_at < now() - interval '1 hour' THEN 1 ELSE p.tries + 1 END
		RETURNING EXTRACT(EPOCH FROM due_at - now())::float8 AS due_in, tries`, p.Key, p.Interval.Seconds())
	ahead := time.Duration(row.DueIn*float64(time.Second)) - time.Duration(p.Burst)*p.Interval
	return Turn{ahead, row.Tries}, err
}

// GiveTurnBack takes back what TakeTurn counted.
func (s *Store) GiveTurnBack(ctx context.Context, paces []Pace) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		for _, p := range paces {
			_, err := tx.ExecContext(ctx, `
				UPDATE sign_in_paces SET due_at = due_at - make_interval(secs => $2), tries = GREATEST(tries - 1, 0)
				WHERE key = $1`, p.Key, p.Interval.Seconds())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetTurns removes the paces that nobody has used for an hour.
func (s *Store) ForgetTurns(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `
		DELETE FROM sign_in_paces WHERE key IN (
		    SELECT key FROM sign_in_paces WHERE due_at < now() - interval '1 hour' FOR UPDATE SKIP LOCKED)`)
	return translate(err)
}

// UnknownUser is the subject of what was tried with the name of nobody. The name
// is not kept: it may be a password that was typed into the wrong field.
const UnknownUser = "(no such user)"

// Stranger is who fails to sign in, in the audit log.
var Stranger = Actor{Name: "(signed out)"}

// AddFailure records what somebody tried in vain, such as to sign in.
func (s *Store) AddFailure(ctx context.Context, by Actor, action, subject string, details map[string]any) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error { return addAudit(ctx, tx, by, action, subject, details) })
}
