package api

import (
	"context"
	"slices"

	"wherefore/store"
)

// Reread reads entries in quarantine again, as AddEvents read them when they
// came, with what is known by now. One that had no time occurred when it came.
func (a *API) Reread(ctx context.Context, entries []store.Quarantined) ([]store.Reading, error) {
	items := make([]item, len(entries))
	for i, q := range entries {
		items[i] = readItem(q.Raw)
	}
	s, err := a.sort(ctx, items)
	if err != nil {
		return nil, err
	}
	readings := make([]store.Reading, len(entries))
	for i, result := range s.results {
		readings[result.Index].Unusable = s.unusable[i]
	}
	for i, place := range s.places {
		e := s.events[i]
		if e.OccurredAt.IsZero() {
			e.OccurredAt = entries[place].ReceivedAt
			if !slices.Contains(e.Mended, "occurred_at") {
				e.Defaulted = append(e.Defaulted, "occurred_at")
			}
		}
		readings[place].Event = &e
	}
	return readings, nil
}
