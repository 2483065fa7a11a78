package service

import (
	"context"
	"time"
)

const (
	clockGive = time.Second // by which clocks may differ before anyone is told
)

// clockWatch compares this process's clock with the database's, and logs when
// they begin to differ. Events arrive by the database's clock; pages show ages
// by the process's.
func (v *Service) clockWatch() func(context.Context) error {
	differed := false
	return func(ctx context.Context) error {
		ahead, give, err := v.Store.ClockOffset(ctx)
		if err != nil {
			return err
		}
		v.metrics.clockOffset.Set(ahead.Seconds())
		differs := ahead.Abs() > clockGive+give
		if differs && !differed {
			v.log.WarnContext(ctx, "this machine's clock differs from the database's; set it, or ages on pages are wrong",
				"database_ahead_seconds", ahead.Seconds())
		}
		differed = differs
		return nil
	}
}
