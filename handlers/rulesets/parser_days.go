package rulesets

import (
	"context"
	"math"
	"time"

	"wherefore/domain"
	"wherefore/domain/anomaly"
	"wherefore/store"
	"wherefore/views"
)

// MatchDays are the matches of parsers by day, and which of these parsers have
// rate anomalies.
type MatchDays struct {
	store.ParserDays
	anomalies map[domain.Network]map[string]anomaly.RateAnomaly
	to        time.Time // the end of the last day
}

// FindMatchDays counts what the parsers explain, in so many days of which the last one
// is that of the overview. It compares those of all networks at once, so that a
// parser has the same mark on every page.
func FindMatchDays(ctx context.Context, s *store.Store, now time.Time, days int) (MatchDays, error) {
	m := MatchDays{to: views.LastHours(now, 24).To}
	var err error
	if m.ParserDays, err = s.ParserDays(ctx, m.to, days); err != nil {
		return m, err
	}
	mute := map[domain.Network]bool{}
	for network, parsers := range m.ParserDays {
		mute[network] = isQuiet(parsers)
	}
	jobs, err := s.UnfinishedReparses(ctx)
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
func (m *MatchDays) compare(mute map[domain.Network]bool) {
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

// Rate is how often a parser matched by day, and whether it is silent or spiking.
func (m MatchDays) Rate(n domain.Network, parser string) views.ParserRateProps {
	p := views.ParserRateProps{Network: n, Parser: parser, Days: m.ParserDays[n][parser], To: m.to}
	if p.Anomaly = m.anomalies[n][parser]; p.Anomaly != anomaly.Steady {
		p.Usual = int(math.Round(anomaly.UsualOf(p.Days[len(p.Days)-anomaly.RateDays:])))
	}
	return p
}

// addRates adds to parsers how often they matched by day, and marks those that
// are silent or spiking.
func (ps *Pages) addRates(ctx context.Context, p *views.ParsersProps) error {
	m, err := FindMatchDays(ctx, ps.Store, p.Now, anomaly.RateDays)
	for i := range p.Parsers {
		p.Parsers[i].Rate = m.Rate(p.Network, p.Parsers[i].Name)
	}
	return err
}
