package rulesets

import (
	"context"

	"wherefore/domain"
	"wherefore/views"
)

// addDisputes counts, by network and parser, what engineers have to decide on.
func (ps *Pages) addDisputes(ctx context.Context, p *views.ParsersProps) error {
	disputes, err := ps.Store.DisputedParsers(ctx)
	p.Disputes = map[domain.Network]int{}
	for _, dispute := range disputes {
		p.Disputes[dispute.Network] += dispute.Events
		for i := range p.Parsers {
			if dispute.Network == p.Network && dispute.Parser == p.Parsers[i].Name {
				p.Parsers[i].Disputes = dispute.Events
			}
		}
	}
	return err
}
