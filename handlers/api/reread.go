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
		s, err := a.sort(ctx, batch{items: [][]byte{q.Raw}})
		if err != nil {
			return nil, err
		}
		switch {
		case len(s.events) == 1:
			e := s.events[0]
			if slices.Contains(e.Filled, "occurred_at") {
				e.OccurredAt = q.ReceivedAt
			}
			readings[i].Event = &e
		case len(s.unusable) == 1:
			readings[i].Unusable = s.unusable[0]
		default:
			readings[i].Unusable = store.Unusable{Field: s.receipt.Results[0].Field, Problem: s.receipt.Results[0].Error}
		}
	}
	return readings, nil
}
