package workbench

import (
	"context"

	"wherefore/handlers/rulesets"
	"wherefore/views"
)

// chartDays is how many days the chart of a parser's page has.
const chartDays = 30

// addMatches adds how often a live parser matched by day, for its chart.
func (ps *Pages) addMatches(ctx context.Context, ev *evaluation, p *views.WorkbenchProps) error {
	if ev.editing == "" {
		return nil
	}
	m, err := rulesets.FindMatchDays(ctx, ps.Store, ev.now, chartDays)
	p.Rate = m.Rate(ev.network, ev.editing)
	return err
}
