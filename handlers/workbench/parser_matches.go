package workbench

import (
	"context"

	"wherefore/domain/anomaly"
	"wherefore/views"
)

// addRates adds to parsers how often they matched by day, and marks those that
// are silent or spiking.
func (ps *Pages) addRates(ctx context.Context, p *views.ParsersProps) error {
	m, err := FindMatchDays(ctx, ps.Store, p.Now, anomaly.RateDays)
	for i := range p.Parsers {
		p.Parsers[i].Rate = m.Rate(p.Network, p.Parsers[i].Name)
	}
	return err
}

// chartDays is how many days the chart of a parser's page has.
const chartDays = 30

// addMatches adds how often a live parser matched by day, for its chart.
func (ps *Pages) addMatches(ctx context.Context, ev *evaluation, p *views.WorkbenchProps) error {
	if ev.editing == "" {
		return nil
	}
	m, err := FindMatchDays(ctx, ps.Store, ev.now, chartDays)
	p.Rate = m.Rate(ev.network, ev.editing)
	return err
}
