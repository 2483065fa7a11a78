package rulesets

import (
	"context"
	"net/http"

	"wherefore/domain"
	"wherefore/domain/parse"
	"wherefore/domain/ruleset"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/views"
)

// DecidePin accepts or dismisses a dispute, or removes a pin.
func (ps *Pages) DecidePin(w http.ResponseWriter, r *http.Request) error {
	unknown := domain.Errorf(domain.NotFound, "There is no such pinned sample.")
	n, parser, err := ps.Store.DecidePin(r.Context(), handlers.Actor(r.Context()), input.PathID(r), r.PathValue("do"))
	if domain.KindOf(err) == domain.NotFound {
		return unknown
	}
	if err != nil {
		return err
	}
	live, err := ps.Store.LiveRuleset(r.Context(), n)
	if err != nil {
		return err
	}
	to := views.ParsersURL(views.Query{}.With("network", string(n)))
	if live.Has(parser) {
		to = views.ParserPinsURL(n, parser)
	}
	http.Redirect(w, r, string(to), http.StatusSeeOther)
	return nil
}

// brokenPins are the pins of a network that the live ruleset breaks.
func (ps *Pages) brokenPins(ctx context.Context, live ruleset.Ruleset, compiled *parse.Ruleset) ([]views.BrokenPinProps, error) {
	pins, err := ps.HeldPins(ctx, live.Network)
	return ps.BrokenProps(ruleset.Broken(ruleset.Change{Live: live, Next: compiled}, pins, ruleset.Consent{})), err
}
