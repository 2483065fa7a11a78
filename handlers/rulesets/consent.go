package rulesets

import (
	"context"
	"errors"
	"strings"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// ReadConsent reads what a form says to what a change of a ruleset would do.
func ReadConsent(in input.Values) ruleset.Consent {
	return ruleset.Consent{Accepted: readAccepted(in), LeftOut: input.LeftOut.In(in), NoEffect: input.NoEffect.In(in)}
}

// AcceptField is the field in which a change of reason is accepted.
func AcceptField(from, to domain.ReasonID) string {
	return views.AcceptField(string(from) + " " + string(to))
}

// readAccepted reads why changes of reason are right. What is longer than its
// field takes accepts nothing.
func readAccepted(in input.Values) ruleset.Acceptance {
	accepted := ruleset.Acceptance{}
	for pair, why := range input.Accepted.In(in) {
		from, to, both := strings.Cut(pair, " ")
		if both && why != "" && len(why) <= handlers.MaxWhy {
			accepted[ruleset.Pair{From: domain.ReasonID(from), To: domain.ReasonID(to)}] = why
		}
	}
	return accepted
}

// HeldPins are the pins that a change of a network's ruleset is held against.
func (ps *Pages) HeldPins(ctx context.Context, n domain.Network) ([]ruleset.HeldPin, error) {
	pins, err := ps.Store.Pins(ctx, n, "")
	var held []ruleset.HeldPin
	for _, pin := range pins {
		if !pin.Disputed {
			held = append(held, ps.Held(pin.Pin))
		}
	}
	return held, err
}

// Held is a pin with the facts of its error.
func (ps *Pages) Held(pin domain.Pin) ruleset.HeldPin {
	return ruleset.HeldPin{Pin: pin, Facts: ps.Engine.ReadFacts(pin.Network, pin.Status, pin.Raw)}
}

// Check is what the store checks a step by.
func (ps *Pages) Check(r trial.Result, c ruleset.Consent) store.Check {
	return store.Check{ReadFacts: ps.Engine.ReadFacts, Trial: r, Consent: c}
}

// BrokenProps shows pins that do not hold any more.
func (ps *Pages) BrokenProps(broken []ruleset.BrokenPin) []views.BrokenPinProps {
	var props []views.BrokenPinProps
	for _, pin := range broken {
		props = append(props, views.BrokenPinProps{
			Key: pin.Key(), ID: pin.ID, Network: pin.Network, Parser: pin.Parser, Event: pin.EventID,
			Text: handlers.ErrorText(ps.Held(pin.Pin).Facts, pin.Raw), Words: pin.Words, Retired: pin.Retired, LeftOut: pin.LeftOut,
		})
	}
	return props
}

// refusalProps says what speaks against a change: of the kinds of objections the
// first. The zero RefusalProps is no refusal.
func (ps *Pages) refusalProps(objections []ruleset.Objection) views.RefusalProps {
	var r views.RefusalProps
	for _, o := range objections {
		if o.Kind != objections[0].Kind {
			continue
		}
		switch o.Kind {
		case ruleset.UnacceptedReason:
			r.Title, r.Words = "Some errors would change their reason", "Nothing was done. Say below why each of these changes is right, or narrow the condition."
			r.Changes = append(r.Changes, string(o.Change.From)+" → "+string(o.Change.To))
		case ruleset.FailingPin:
			r.Title, r.Words = "A pinned sample fails", "Nothing was done. Change what you do so that it holds, or leave the sample out below, by its name."
			r.Changes = append(r.Changes, ps.BrokenProps([]ruleset.BrokenPin{o.Pin})[0].Said())
		case ruleset.NoEffect:
			r.Title, r.Words = "It changes no stored error", "Nothing was done. Confirm below that this is meant, or change what you do."
		}
	}
	return r
}

// RefusalOf says why the store refused a change.
func (ps *Pages) RefusalOf(refused error) views.RefusalProps {
	var refusal *ruleset.Refusal
	if errors.As(refused, &refusal) {
		return ps.refusalProps(refusal.Objections)
	}
	r := views.RefusalProps{Title: "Nothing was done"}
	var known *domain.Error
	if errors.As(refused, &known) {
		r.Words = known.Message
	}
	return r
}

// IsOutdated reports whether a change was refused because another version is live.
func IsOutdated(refused error) bool {
	var refusal *ruleset.Refusal
	return errors.As(refused, &refusal) && refusal.Objections[0].Kind == ruleset.Outdated
}
