package service

import (
	"context"

	"wherefore/domain"
)

// catalogWatch returns a step that compares this program's built-in parsers with
// the live ones. It logs and measures when they are not used.
func (v *Service) catalogWatch() func(context.Context) error {
	mine, last := v.Catalog.Version(), domain.StandingLive
	return func(ctx context.Context) error {
		live, err := v.Store.CatalogVersion(ctx)
		if err != nil {
			return err
		}
		standing := mine.Standing(live)
		for _, s := range []domain.Standing{domain.StandingOlder, domain.StandingDiffers} {
			on := 0.0
			if s == standing {
				on = 1
			}
			v.metrics.conflict.WithLabelValues(string(s)).Set(on)
		}
		if standing.Conflicts() && standing != last {
			v.log.WarnContext(ctx, "the built-in parsers of this program are not used: the live ones are newer, or others of the same version",
				"standing", standing, "catalog", mine.Number, "digest", mine.Digest, "live_catalog", live.Number, "live_digest", live.Digest)
		}
		last = standing
		return nil
	}
}
