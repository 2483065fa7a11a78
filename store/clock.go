package store

import (
	"context"
	"time"
)

// ClockOffset returns how far the database's clock is ahead of the process's,
// and how far off that may be, since asking takes time.
func (s *Store) ClockOffset(ctx context.Context) (ahead, give time.Duration, err error) {
	asked := time.Now()
	var at time.Time
	if err := s.db.GetContext(ctx, &at, `SELECT clock_timestamp()`); err != nil {
		return 0, 0, translate(err)
	}
	give = time.Since(asked) / 2
	return at.Sub(asked) - give, give, nil
}
