package reports

import (
	"cmp"
	"context"
	"slices"

	"wherefore/domain/anomaly"
	"wherefore/handlers/rulesets"
	"wherefore/views"
)

// addRateAnomalies adds live parsers of all networks that are silent or spiking, for
// those who may do something about it.
func (ps *Pages) addRateAnomalies(ctx context.Context, p *views.OverviewProps) error {
	if !p.Viewer.Role.Promotes() {
		return nil
	}
	m, err := rulesets.FindMatchDays(ctx, ps.Store, p.Now, anomaly.RateDays)
	if err != nil {
		return err
	}
	for n, parsers := range m.ParserDays {
		live, err := ps.Store.LiveRuleset(ctx, n)
		if err != nil {
			return err
		}
		for parser := range parsers {
			if s := m.Rate(n, parser); s.Anomaly != anomaly.Steady && live.Has(parser) {
				p.RateAnomalies = append(p.RateAnomalies, s)
			}
		}
	}
	slices.SortFunc(p.RateAnomalies, func(a, b views.ParserRateProps) int {
		return cmp.Or(b.Usual-a.Usual, cmp.Compare(a.Network, b.Network), cmp.Compare(a.Parser, b.Parser))
	})
	return nil
}
