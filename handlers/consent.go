package handlers

import (
	"context"
	"net/url"
	"strings"

	"wherefore/domain"
	"wherefore/domain/parse"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
)

// consent is what a form says to what a change of a ruleset would do.
type consent struct {
	accepted map[string]string // "accept <from> <to>" and why
	leftOut  map[string]bool   // pins, by their keys
	noEffect bool
}

func readConsent(f url.Values) consent {
	c := consent{accepted: readAccepted(f), leftOut: readLeftOut(f), noEffect: f.Get(views.NoEffectField) != ""}
	return c
}

// acceptField is the field in which a change of reason is accepted.
func acceptField(from, to domain.ReasonID) string { return "accept " + string(from) + " " + string(to) }

// readAccepted reads why changes of reason are right. What is longer than its
// field takes accepts nothing.
func readAccepted(f url.Values) map[string]string {
	accepted := map[string]string{}
	for field := range f {
		if why := strings.TrimSpace(f.Get(field)); strings.HasPrefix(field, "accept ") && why != "" && len(why) <= maxWhy {
			accepted[field] = why
		}
	}
	return accepted
}

func readLeftOut(f url.Values) map[string]bool {
	leftOut := map[string]bool{}
	for field := range f {
		if key, is := strings.CutPrefix(field, views.LeaveOutField("")); is && f.Get(field) != "" {
			leftOut[key] = true
		}
	}
	return leftOut
}

// given is the consent as the domain takes it.
func (c consent) given() ruleset.Consent {
	return ruleset.Consent{
		Accepts: func(change trial.Change) bool { return c.accepted[acceptField(change.From, change.To)] != "" },
		LeftOut: c.leftOut, NoEffect: c.noEffect,
	}
}

// stepTo lays what would follow the live ruleset beside the network's pins, and
// more that are to be made.
func (d *Dashboard) stepTo(ctx context.Context, next *parse.Ruleset, live ruleset.Ruleset, more []ruleset.HeldPin) (ruleset.Step, error) {
	step := ruleset.Step{Next: next, Asked: live.Has}
	pins, err := d.Store.Pins(ctx, live.Network, "")
	for _, pin := range pins {
		if !pin.Proposed {
			step.Pins = append(step.Pins, d.held(pin.Pin))
		}
	}
	step.Pins = append(step.Pins, more...)
	return step, err
}

// held is a pin with the facts of its error.
func (d *Dashboard) held(pin domain.Pin) ruleset.HeldPin {
	return ruleset.HeldPin{Pin: pin, Facts: d.Engine.ReadFacts(pin.Network, pin.Status, pin.Raw)}
}

// check is what the store checks a step by.
func (d *Dashboard) check(r trial.Result, c ruleset.Consent) store.Check {
	return store.Check{ReadFacts: d.Engine.ReadFacts, Trial: r, Consent: c}
}

// brokenProps shows pins that do not hold any more.
func (d *Dashboard) brokenProps(broken []ruleset.BrokenPin) []views.BrokenPinProps {
	var props []views.BrokenPinProps
	for _, pin := range broken {
		props = append(props, views.BrokenPinProps{
			Key: pin.Key(), ID: pin.ID, Network: pin.Network, Parser: pin.Parser, Event: pin.EventID,
			Text: errorText(d.held(pin.Pin).Facts, pin.Raw), Words: pin.Words, Retired: pin.Retired, LeftOut: pin.LeftOut,
		})
	}
	return props
}

// refusalProps says why a step is not taken. The zero ConflictProps is no refusal.
func (d *Dashboard) refusalProps(r ruleset.Refusal) views.ConflictProps {
	switch {
	case len(r.Changes) > 0:
		c := views.ConflictProps{Title: "Some errors would change their reason", Words: "Nothing was done. Say below why each of these changes is right, or narrow the condition."}
		for _, change := range r.Changes {
			c.Changes = append(c.Changes, string(change.From)+" → "+string(change.To))
		}
		return c
	case len(r.Pins) > 0:
		c := views.ConflictProps{Title: "A pinned sample fails", Words: "Nothing was done. Change what you do so that it holds, or leave the sample out below, by its name."}
		for _, pin := range d.brokenProps(r.Pins) {
			c.Changes = append(c.Changes, pin.Said())
		}
		return c
	case r.NoEffect:
		return views.ConflictProps{Title: "It changes no stored error", Words: "Nothing was done. Confirm below that this is meant, or change what you do."}
	}
	return views.ConflictProps{}
}
