package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"wherefore/domain/facts"

	"wherefore/domain"
	"wherefore/domain/parse"
	"wherefore/domain/ruleset"
	"wherefore/store"
	"wherefore/views"
)

// PinEvent pins an event's error to a live parser, and leads to the parser's pins.
func (d *Dashboard) PinEvent(w http.ResponseWriter, r *http.Request) error {
	e, err := d.Store.Event(r.Context(), r.PathValue("id"))
	if domain.KindOf(err) == domain.NotFound {
		return noSuchEvent()
	}
	if err != nil {
		return err
	}
	live, err := d.Store.LiveRuleset(r.Context(), e.Network)
	if err != nil {
		return err
	}
	parser, kind, why := r.PostFormValue("parser"), domain.PinKind(r.PostFormValue("kind")), strings.TrimSpace(r.PostFormValue("why"))
	switch {
	case !live.Has(parser):
		return domain.InvalidField("parser", "There is no live parser “%s”.", parser)
	case !slices.Contains(domain.PinKinds(), kind):
		return domain.InvalidField("kind", "Choose what is asked of the parser.")
	case len(why) > maxWhy:
		return domain.InvalidField("why", "Say it in at most 500 characters.")
	}
	if err := d.Store.PinEvent(r.Context(), Actor(r.Context()), e.ID, parser, kind, why); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.ParserPinsURL(e.Network, parser)), http.StatusSeeOther)
	return nil
}

// PinSample pins the sample of the workbench to the parser that is being written,
// and shows the workbench again as it was.
func (d *Dashboard) PinSample(w http.ResponseWriter, r *http.Request) error {
	in, err := d.takeDraft(r)
	if err != nil {
		return err
	}
	kind := domain.PinKind(r.PostFormValue("pin"))
	if !slices.Contains(domain.PinKinds(), kind) {
		return domain.InvalidField("pin", "Choose what is asked of the parser.")
	}
	b, err := d.lay(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	b.problems = nil
	if err := b.checkName(); err != nil {
		b.problem(err) // its pins go by its name
		p, err := d.benchProps(r.Context(), b)
		if err != nil {
			return err
		}
		return render(w, r, http.StatusUnprocessableEntity, views.Workbench(p))
	}
	sample, err := d.Store.StoredEventsByID(r.Context(), []string{in.sample})
	if err != nil {
		return err
	}
	if len(sample) == 0 || sample[0].Network != in.network {
		return domain.InvalidField("sample", "There is no such error of %s.", in.network)
	}
	if err := d.Store.PinEvent(r.Context(), Actor(r.Context()), in.sample, in.name, kind, in.why); err != nil {
		return err
	}
	return d.showBench(w, r, in)
}

// DoubtEvent takes down that somebody says that an event's explanation is wrong.
// The event comes back with 422 without a reason, and with 409 when it is not
// the explanation that was read, or there is nothing left to say.
func (d *Dashboard) DoubtEvent(w http.ResponseWriter, r *http.Request) error {
	doubt := views.DoubtProps{Parser: r.PostFormValue("parser"), Why: strings.TrimSpace(r.PostFormValue("doubt"))}
	switch {
	case doubt.Why == "":
		doubt.Problem = "Say what is wrong with the explanation."
	case len(doubt.Why) > maxWhy:
		doubt.Problem = "Say it in at most 500 characters."
	}
	if doubt.Problem != "" {
		return d.showEvent(w, r, http.StatusUnprocessableEntity, doubt)
	}
	id := r.PathValue("id")
	err := d.Store.ProposePin(r.Context(), Actor(r.Context()), id, doubt.Parser, doubt.Why)
	var known *domain.Error
	switch {
	case domain.KindOf(err) == domain.NotFound:
		return noSuchEvent()
	case domain.KindOf(err) == domain.Conflict && errors.As(err, &known):
		doubt.Conflict = known.Message
		return d.showEvent(w, r, http.StatusConflict, doubt)
	case err != nil:
		return err
	}
	http.Redirect(w, r, string(views.EventDoubtedURL(id)), http.StatusSeeOther)
	return nil
}

// DecidePin accepts or dismisses a doubt, or removes a pin.
func (d *Dashboard) DecidePin(w http.ResponseWriter, r *http.Request) error {
	unknown := domain.Errorf(domain.NotFound, "There is no such pinned sample.")
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return unknown
	}
	n, parser, err := d.Store.DecidePin(r.Context(), Actor(r.Context()), id, r.PathValue("do"))
	if domain.KindOf(err) == domain.NotFound {
		return unknown
	}
	if err != nil {
		return err
	}
	live, err := d.Store.LiveRuleset(r.Context(), n)
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
func (d *Dashboard) brokenPins(ctx context.Context, live ruleset.Ruleset, compiled *parse.Ruleset) ([]views.BrokenPinProps, error) {
	pins, err := d.heldPins(ctx, live.Network)
	return d.brokenProps(ruleset.Broken(ruleset.Change{Live: live, Next: compiled}, pins, ruleset.Consent{})), err
}

// addPins shows the pins of the parser that is written, and those that are made
// with the promotion, each held against the ruleset that the condition makes. A
// condition that can't be read makes none.
func (d *Dashboard) addPins(ctx context.Context, b *bench, p *views.WorkbenchProps) error {
	stood := b.reasoned()
	var shown []string
	for _, sample := range p.Samples {
		shown = append(shown, sample.ID)
	}
	toPin, err := d.samplesToPin(ctx, stood, shown)
	if err != nil {
		return err
	}
	words, against := map[string]string{}, stood.after
	if p.Parser.Function != "" {
		against = b.before // it can only be looked at
	}
	if against != nil {
		held, err := d.heldPins(ctx, b.network)
		if err != nil {
			return err
		}
		broken := ruleset.Broken(ruleset.Change{Live: b.live, Next: against}, append(held, toPin...), b.consent)
		for _, pin := range broken {
			words[pin.Key()] = pin.Words
		}
		p.Broken = d.brokenProps(broken)
	}
	pins, err := d.ownPins(ctx, b)
	for _, pin := range toPin {
		pins = append(pins, store.Pin{Pin: pin.Pin})
	}
	for _, pin := range pins {
		p.Pins = append(p.Pins, views.PinProps{
			Key: pin.Key(), ID: pin.ID, Kind: pin.Kind, Event: pin.EventID, Text: errorText(d.held(pin.Pin).Facts, pin.Raw), Why: pin.Why,
			Author: pin.Author, At: pin.CreatedAt, Proposed: pin.Proposed, Held: against != nil, Broken: words[pin.Key()],
		})
	}
	return err
}

// ownPins are those of the parser that is written.
func (d *Dashboard) ownPins(ctx context.Context, b *bench) ([]store.Pin, error) {
	if b.name == "" {
		return nil, nil
	}
	return d.Store.Pins(ctx, b.network, b.name)
}

// samplesToPin are the errors of the cluster that the draft was started from, of
// which some are shown, and those that its form offered before: they are pinned with
// the promotion, so that no later ruleset loses what the parser was written for.
// Whether the parser matches them is another matter: one that it does not must be
// left out by name.
func (d *Dashboard) samplesToPin(ctx context.Context, b *bench, shown []string) ([]ruleset.HeldPin, error) {
	if b.cluster == "" {
		return nil, nil
	}
	events, err := d.Store.StoredEventsByID(ctx, slices.Concat(b.toPin, shown))
	if err != nil {
		return nil, err
	}
	pins, err := d.ownPins(ctx, b)
	var more []ruleset.HeldPin
	for _, e := range events {
		pinned := slices.ContainsFunc(pins, func(pin store.Pin) bool { return pin.EventID == e.ID })
		if e.Network == b.network && !pinned {
			more = append(more, d.held(domain.Pin{
				Network: e.Network, Parser: b.triedAs(), Kind: domain.MustMatch, EventID: e.ID, Status: e.Status, Raw: e.Raw,
			}))
		}
	}
	return more, err
}

// eventsToPin are the ids of samplesToPin.
func (d *Dashboard) eventsToPin(ctx context.Context, b *bench) ([]string, error) {
	samples, err := d.samplesFor(ctx, b)
	if err != nil {
		return nil, err
	}
	var events []string
	for _, e := range samples {
		events = append(events, e.ID)
	}
	pins, err := d.samplesToPin(ctx, b, events)
	events = nil
	for _, pin := range pins {
		events = append(events, pin.EventID)
	}
	return events, err
}

// errorText is what an error says, or the beginning of it as it is.
func errorText(f facts.Facts, raw []byte) string {
	if f.Message != "" {
		return f.Message
	}
	return domain.CleanText(raw[:min(len(raw), 300)])
}

// addEventPins tells which parsers the event is pinned to, and whether somebody
// doubts its explanation.
func (d *Dashboard) addEventPins(ctx context.Context, p *views.EventProps) error {
	live, err := d.Store.LiveRuleset(ctx, p.Event.Network)
	if err != nil {
		return err
	}
	for _, parser := range live.Parsers {
		p.Parsers = append(p.Parsers, parser.Name)
	}
	pins, err := d.Store.EventPins(ctx, p.Event.Network, p.Event.ID)
	for _, pin := range pins {
		p.Pins = append(p.Pins, views.EventPinProps{
			Parser: pin.Parser, Kind: pin.Kind, Why: pin.Why, Author: pin.Author, At: pin.CreatedAt, Proposed: pin.Proposed,
		})
	}
	return err
}

// addDoubts counts, by network and parser, what engineers have to decide on.
func (d *Dashboard) addDoubts(ctx context.Context, p *views.ParsersProps) error {
	doubts, err := d.Store.Doubts(ctx)
	p.Doubts = map[domain.Network]int{}
	for _, doubt := range doubts {
		p.Doubts[doubt.Network] += doubt.Events
		for i := range p.Parsers {
			if doubt.Network == p.Network && doubt.Parser == p.Parsers[i].Name {
				p.Parsers[i].Doubts = doubt.Events
			}
		}
	}
	return err
}
