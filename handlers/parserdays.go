package handlers

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// matchDays are the matches of parsers by day, and of which networks they tell
// nothing about a parser.
type matchDays struct {
	store.ParserDays
	mute map[domain.Network]bool
	to   time.Time // the end of the last day
}

// matchDays counts what parsers of a network ("": of all) explain, in so many
// days of which the last one is that of the overview.
func (d *Dashboard) matchDays(ctx context.Context, n domain.Network, now time.Time, days int) (matchDays, error) {
	m := matchDays{mute: map[domain.Network]bool{}, to: views.LastHours(now, 24).To}
	var err error
	if m.ParserDays, err = d.Store.ParserDays(ctx, n, m.to, days); err != nil {
		return m, err
	}
	for network, parsers := range m.ParserDays {
		m.mute[network] = isQuiet(parsers)
	}
	jobs, err := d.Store.UnfinishedReparses(ctx)
	for _, job := range jobs {
		if job.InThePast() {
			m.mute[job.Network] = true // some days are by the new ruleset already, the last is not
		}
	}
	return m, err
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

// swing tells whether a parser fell silent or doubled.
func (m matchDays) swing(n domain.Network, parser string) views.SwingProps {
	p := views.SwingProps{Network: n, Parser: parser, Days: m.ParserDays[n][parser], To: m.to}
	if len(p.Days) < domain.SwingDays || m.mute[n] {
		return p
	}
	var usual float64
	p.Swing, usual = domain.SwingOf(p.Days[len(p.Days)-domain.SwingDays:])
	p.Usual = int(math.Round(usual))
	return p
}

// addSwings adds to parsers how often they matched by day, and marks those that
// fell silent or doubled.
func (d *Dashboard) addSwings(ctx context.Context, p *views.ParsersProps) error {
	m, err := d.matchDays(ctx, p.Network, p.Now, domain.SwingDays)
	for i := range p.Parsers {
		p.Parsers[i].Swing = m.swing(p.Network, p.Parsers[i].Name)
	}
	return err
}

// addSwinging adds live parsers of all networks that fell silent or doubled, for
// those who may do something about it.
func (d *Dashboard) addSwinging(ctx context.Context, p *views.OverviewProps) error {
	if !p.Viewer.Role.Promotes() {
		return nil
	}
	m, err := d.matchDays(ctx, "", p.Now, domain.SwingDays)
	if err != nil {
		return err
	}
	for n, parsers := range m.ParserDays {
		live, err := d.Store.LiveRuleset(ctx, n)
		if err != nil {
			return err
		}
		for parser := range parsers {
			if s := m.swing(n, parser); s.Swing != domain.Steady && live.Has(parser) {
				p.Swinging = append(p.Swinging, s)
			}
		}
	}
	slices.SortFunc(p.Swinging, func(a, b views.SwingProps) int {
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
	m, err := d.matchDays(ctx, b.network, b.now, chartDays)
	if p.Swing = m.swing(b.network, b.editing); len(p.Swing.Days) > 0 {
		p.Matches = matchChart(p.Swing)
	}
	return err
}

// matchChart draws a parser's days of 24 hours, of which the last one ends with
// the hour that runs.
func matchChart(p views.SwingProps) ui.ChartProps {
	chart := ui.ChartProps{Title: "Matches in 24 hours", Kind: ui.Bars, Unit: "errors"}
	series := ui.SeriesProps{Name: "Matches", Values: make([]float64, len(p.Days))}
	sum := 0
	for i, n := range p.Days {
		day := p.Day(i)
		chart.Slots = append(chart.Slots, ui.SlotProps{
			Short: day.From.Format("2 Jan"), Full: "24 hours from " + day.From.Format("Mon 2 Jan 2006, 15:04") + " UTC",
			URL: p.Rows(day), Partial: i == len(p.Days)-1,
		})
		series.Values[i] = float64(n)
		sum += n
	}
	chart.Series = []ui.SeriesProps{series}
	chart.Finding = "It explains " + ui.Plural(sum, "error", "errors") + " of these " + strconv.Itoa(len(p.Days)) + " days, " + ui.Number(p.Days[len(p.Days)-1]) + " of the last 24 hours."
	return chart
}
