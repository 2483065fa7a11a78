package api

import (
	"context"
	"slices"

	"wherefore/store"
)

// Reread reads entries in quarantine again, as AddEvents read them when they
// came, with what is known by now. One that had no time occurred when it came.
func (a *API) Reread(ctx context.Context, entries []store.Quarantined) ([]store.Reading, error) {
	readings := make([]store.Reading, len(entries))
	for i, q := range entries {
		s, err := a.sort(ctx, []item{readItem(q.Raw)})
		if err != nil {
			return nil, err
		}
		if len(s.unusable) > 0 {
			readings[i].Unusable = s.unusable[0]
			continue
		}
		e := s.events[0]
		if e.OccurredAt.IsZero() {
			e.OccurredAt = q.ReceivedAt
			if !slices.Contains(e.Mended, "occurred_at") {
				e.Defaulted = append(e.Defaulted, "occurred_at")
			}
		}
		readings[i].Event = &e
	}
	return readings, nil
}
