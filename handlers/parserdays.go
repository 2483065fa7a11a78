package handlers

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/anomaly"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// matchDays are the matches of parsers by day, and which of these parsers have
// rate anomalies.
type matchDays struct {
	store.ParserDays
	anomalies map[domain.Network]map[string]anomaly.RateAnomaly
	to        time.Time // the end of the last day
}

// matchDays counts what the parsers explain, in so many days of which the last one
// is that of the overview. It compares those of all networks at once, so that a
// parser has the same mark on every page.
func (d *Dashboard) matchDays(ctx context.Context, now time.Time, days int) (matchDays, error) {
	m := matchDays{to: views.LastHours(now, 24).To}
	var err error
	if m.ParserDays, err = d.Store.ParserDays(ctx, m.to, days); err != nil {
		return m, err
	}
	mute := map[domain.Network]bool{}
	for network, parsers := range m.ParserDays {
		mute[network] = isQuiet(parsers)
	}
	jobs, err := d.Store.UnfinishedReparses(ctx)
	for _, job := range jobs {
		if job.InThePast() {
			mute[job.Network] = true // some days are by the new ruleset already, the last is not
		}
	}
	m.compare(mute)
	return m, err
}

// compare finds the rate anomalies of parsers, but for those of networks of which
// the days tell nothing about a parser.
func (m *matchDays) compare(mute map[domain.Network]bool) {
	type name struct {
		network domain.Network
		parser  string
	}
	var names []name
	var days [][]int
	for network, parsers := range m.ParserDays {
		for parser, matches := range parsers {
			if len(matches) >= anomaly.RateDays && !mute[network] {
				names, days = append(names, name{network, parser}), append(days, matches[len(matches)-anomaly.RateDays:])
			}
		}
	}
	m.anomalies = map[domain.Network]map[string]anomaly.RateAnomaly{}
	for i, a := range anomaly.RateAnomalies(days) {
		n := names[i]
		if m.anomalies[n.network] == nil {
			m.anomalies[n.network] = map[string]anomaly.RateAnomaly{}
		}
		m.anomalies[n.network][n.parser] = a
	}
}

// isQuiet reports whether nothing at all was explained on the last day: then the
// network, or who reports it, is silent, and no parser is.
func isQuiet(parsers map[string][]int) bool {
	for _, days := range parsers {
		if days[len(days)-1] > 0 {
			return false
		}
	}
	return true
}

// rate is how often a parser matched by day, and whether it is silent or spiking.
func (m matchDays) rate(n domain.Network, parser string) views.ParserRateProps {
	p := views.ParserRateProps{Network: n, Parser: parser, Days: m.ParserDays[n][parser], To: m.to}
	if p.Anomaly = m.anomalies[n][parser]; p.Anomaly != anomaly.Steady {
		p.Usual = int(math.Round(anomaly.UsualOf(p.Days[len(p.Days)-anomaly.RateDays:])))
	}
	return p
}

// addRates adds to parsers how often they matched by day, and marks those that
// are silent or spiking.
func (d *Dashboard) addRates(ctx context.Context, p *views.ParsersProps) error {
	m, err := d.matchDays(ctx, p.Now, anomaly.RateDays)
	for i := range p.Parsers {
		p.Parsers[i].Rate = m.rate(p.Network, p.Parsers[i].Name)
	}
	return err
}

// addRateAnomalies adds live parsers of all networks that are silent or spiking, for
// those who may do something about it.
func (d *Dashboard) addRateAnomalies(ctx context.Context, p *views.OverviewProps) error {
	if !p.Viewer.Role.Promotes() {
		return nil
	}
	m, err := d.matchDays(ctx, p.Now, anomaly.RateDays)
	if err != nil {
		return err
	}
	for n, parsers := range m.ParserDays {
		live, err := d.Store.LiveRuleset(ctx, n)
		if err != nil {
			return err
		}
		for parser := range parsers {
			if s := m.rate(n, parser); s.Anomaly != anomaly.Steady && live.Has(parser) {
				p.RateAnomalies = append(p.RateAnomalies, s)
			}
		}
	}
	slices.SortFunc(p.RateAnomalies, func(a, b views.ParserRateProps) int {
		return cmp.Or(b.Usual-a.Usual, cmp.Compare(a.Network, b.Network), cmp.Compare(a.Parser, b.Parser))
	})
	return nil
}

// chartDays is how many days the chart of a parser's page has.
const chartDays = 30

// addMatches adds the chart of a live parser's matches a day.
func (d *Dashboard) addMatches(ctx context.Context, b *bench, p *views.WorkbenchProps) error {
	if b.editing == "" {
		return nil
	}
	m, err := d.matchDays(ctx, b.now, chartDays)
	if p.Rate = m.rate(b.network, b.editing); len(p.Rate.Days) > 0 {
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
		chart.Slots = append(chart.Slots, ui.SlotProps{
			Short: day.From.Format("2 Jan"), Full: "24 hours from " + day.From.Format("Mon 2 Jan 2006, 15:04") + " UTC",
			URL: p.Rows(day),
		})
		series.Values[i] = float64(n)
		sum += n
	}
	chart.Series = []ui.SeriesProps{series}
	chart.Finding = "It explains " + ui.Plural(sum, "error", "errors") + " of these " + strconv.Itoa(len(p.Days)) + " days, " + ui.Number(p.Days[len(p.Days)-1]) + " of the last 24 hours."
	return chart
}
