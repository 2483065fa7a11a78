package workbench

import (
	"context"
	"strconv"

	"wherefore/domain/anomaly"
	"wherefore/views"
	"wherefore/views/ui"
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

// addMatches adds the chart of a live parser's matches a day.
func (ps *Pages) addMatches(ctx context.Context, ev *evaluation, p *views.WorkbenchProps) error {
	if ev.editing == "" {
		return nil
	}
	m, err := FindMatchDays(ctx, ps.Store, ev.now, chartDays)
	if p.Rate = m.Rate(ev.network, ev.editing); len(p.Rate.Days) > 0 {
		p.Matches = matchChart(p.Rate)
	}
	return err
}

// matchChart draws a parser's days of 24 hours, of which the last one ends with
// the last full hour.
func matchChart(p views.ParserRateProps) ui.ChartProps {
	chart := ui.ChartProps{Title: "Matches in 24 hours", Kind: ui.Bars, Unit: "errors"}
	series := ui.SeriesProps{Name: "Matches", Values: make([]float64, len(p.Days))}
	sum := 0
	for i, n := range p.Days {
		day := p.Day(i)
		chart.Slots = append(chart.Slots, ui.SlotProps{At: day.From, URL: p.Rows(day)})
		series.Values[i] = float64(n)
		sum += n
	}
	chart.Series = []ui.SeriesProps{series}
	chart.Finding = "It explains " + ui.Plural(sum, "error", "errors") + " of these " + strconv.Itoa(len(p.Days)) + " days, " + ui.Number(p.Days[len(p.Days)-1]) + " of the last 24 hours."
	return chart
}
