package workbench

import (
	"context"
	"net/http"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// PinSample pins the sample of the workbench to the parser that is being written,
// and shows the workbench again as it was.
func (ps *Pages) PinSample(w http.ResponseWriter, r *http.Request) error {
	in, err := ps.takeForm(r)
	if err != nil {
		return err
	}
	kind := input.SamplePin.In(input.Of(r))
	if kind == "" {
		return domain.InvalidField("pin", "Choose what is asked of the parser.")
	}
	ev, err := ps.evaluate(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	ev.problems = nil
	if err := ev.checkName(); err != nil {
		ev.problem(err) // its pins go by its name
		return &refusedForm{pages: ps, evaluation: ev, untried: true}
	}
	sample, err := ps.Store.StoredEventsByID(r.Context(), []string{in.sample})
	if err != nil {
		return err
	}
	if len(sample) == 0 || sample[0].Network != in.network {
		return domain.InvalidField("sample", "There is no such error of %s.", in.network.Name())
	}
	if err := ps.Store.PinEvent(r.Context(), handlers.Actor(r.Context()), in.sample, in.name, kind, in.why); err != nil {
		return err
	}
	return ps.showPage(w, r, in)
}

// addPins shows the pins of the parser that is written, and those that are made
// with the promotion, each held against the ruleset that the condition makes. A
// condition that can't be read makes none.
func (ps *Pages) addPins(ctx context.Context, ev *evaluation, p *views.WorkbenchProps) error {
	stood := ev.reasoned()
	var shown []string
	for _, sample := range p.Samples {
		shown = append(shown, sample.ID)
	}
	toPin, err := ps.samplesToPin(ctx, stood, shown)
	if err != nil {
		return err
	}
	words, against := map[string]string{}, stood.after
	if p.Parser.Function != "" {
		against = ev.before // it can only be looked at
	}
	if against != nil {
		held, err := ps.Rulesets.HeldPins(ctx, ev.network)
		if err != nil {
			return err
		}
		broken := ruleset.Broken(ruleset.Change{Live: ev.live, Next: against}, append(held, toPin...), ev.consent)
		for _, pin := range broken {
			words[pin.Key()] = pin.Words
		}
		p.Broken = ps.Rulesets.BrokenProps(broken)
	}
	pins, err := ps.ownPins(ctx, ev)
	for _, pin := range toPin {
		pins = append(pins, store.Pin{Pin: pin.Pin})
	}
	for _, pin := range pins {
		p.Pins = append(p.Pins, views.PinProps{
			Key: pin.Key(), ID: pin.ID, Kind: pin.Kind, Event: pin.EventID, Text: handlers.ErrorText(ps.Rulesets.Held(pin.Pin).Facts, pin.Raw), Why: pin.Why,
			Author: pin.Author, At: pin.CreatedAt, Disputed: pin.Disputed, Held: against != nil, Broken: words[pin.Key()],
		})
	}
	return err
}

// ownPins are those of the parser that is written.
func (ps *Pages) ownPins(ctx context.Context, ev *evaluation) ([]store.Pin, error) {
	if ev.name == "" {
		return nil, nil
	}
	return ps.Store.Pins(ctx, ev.network, ev.name)
}

// samplesToPin are the errors of the cluster that the form was started from, of
// which some are shown, and those that its form offered before: they are pinned with
// the promotion, so that no later ruleset loses what the parser was written for.
// Whether the parser matches them is another matter: one that it does not must be
// left out by name.
func (ps *Pages) samplesToPin(ctx context.Context, ev *evaluation, shown []string) ([]ruleset.HeldPin, error) {
	if ev.cluster == 0 {
		return nil, nil
	}
	events, err := ps.Store.StoredEventsByID(ctx, slices.Concat(ev.toPin, shown))
	if err != nil {
		return nil, err
	}
	pins, err := ps.ownPins(ctx, ev)
	var more []ruleset.HeldPin
	for _, e := range events {
		pinned := slices.ContainsFunc(pins, func(pin store.Pin) bool { return pin.EventID == e.ID })
		if e.Network == ev.network && !pinned {
			more = append(more, ps.Rulesets.Held(domain.Pin{
				Network: e.Network, Parser: ev.trialName(), Kind: domain.MustMatch, EventID: e.ID, Status: e.Status, Raw: e.Raw,
			}))
		}
	}
	return more, err
}

// eventsToPin are the ids of samplesToPin.
func (ps *Pages) eventsToPin(ctx context.Context, ev *evaluation) ([]string, error) {
	samples, err := ps.samplesFor(ctx, ev)
	if err != nil {
		return nil, err
	}
	var events []string
	for _, e := range samples {
		events = append(events, e.ID)
	}
	pins, err := ps.samplesToPin(ctx, ev, events)
	events = nil
	for _, pin := range pins {
		events = append(events, pin.EventID)
	}
	return events, err
}
