package reports

import (
	"context"
	"slices"

	"wherefore/handlers/events"
	"wherefore/store"
	"wherefore/views"
)

// overviewNeedless is how many sources and reasons of needless disconnections the
// overview lists.
const overviewNeedless = 8

// addNeedless counts the day's needless disconnections, and those of the day before.
func (ps *Pages) addNeedless(ctx context.Context, p *views.OverviewProps) error {
	count := func(w views.Window) ([]views.NeedlessGroup, int, error) {
		found, err := ps.Store.NeedlessGroups(ctx, store.EventFilter{From: w.From, To: w.To})
		sum := 0
		for _, g := range found {
			sum += g.Events
		}
		return events.NeedlessGroups(found), sum, err
	}
	groups, now, err := count(p.Window)
	if err != nil {
		return err
	}
	before, sum, err := count(p.Window.Earlier(1))
	for i, g := range groups {
		same := func(b views.NeedlessGroup) bool {
			return b.Source == g.Source && b.Reason == g.Reason && b.Network == g.Network
		}
		if j := slices.IndexFunc(before, same); j >= 0 {
			groups[i].Before = before[j].Events
		}
	}
	p.Needless = views.NeedlessDayProps{Groups: groups[:min(len(groups), overviewNeedless)], Of: len(groups), Events: now, DayBefore: sum}
	return err
}
