package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/parse"
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
	in, err := readDraft(r)
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
		doubt.Conflict = known.Words
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

// brokenPins are the pins of a network that a ruleset breaks.
func (d *Dashboard) brokenPins(ctx context.Context, r *parse.Ruleset) ([]views.BrokenPinProps, error) {
	pins, err := d.Store.Pins(ctx, r.Network(), "")
	var broken []views.BrokenPinProps
	for _, pin := range pins {
		if words := d.breaks(r, pin); words != "" {
			broken = append(broken, views.BrokenPinProps{ID: pin.ID, Network: pin.Network, Parser: pin.Parser, Words: words})
		}
	}
	return broken, err
}

// breaks says how a ruleset breaks a pin. What is only proposed breaks nothing.
func (d *Dashboard) breaks(r *parse.Ruleset, pin store.Pin) string {
	if pin.Proposed || r == nil {
		return ""
	}
	return r.Breaks(pin.Pin, d.Engine.ReadFacts(pin.Network, pin.Status, pin.Raw))
}

// pinConflict refuses a ruleset that breaks pins.
func (d *Dashboard) pinConflict(ctx context.Context, r *parse.Ruleset) (views.ConflictProps, error) {
	broken, err := d.brokenPins(ctx, r)
	if err != nil || len(broken) == 0 {
		return views.ConflictProps{}, err
	}
	c := views.ConflictProps{
		Title: "A pinned sample fails", Words: "Nothing was done. Mend the ruleset, or remove the sample from its parser when it asks for the wrong thing.",
	}
	for _, pin := range broken {
		c.Changes = append(c.Changes, fmt.Sprintf("Sample %d of %s: %s.", pin.ID, pin.Parser, pin.Words))
	}
	return c, nil
}

// addPins shows the pins of the parser that is written, held against the ruleset
// that it would be part of.
func (d *Dashboard) addPins(ctx context.Context, b *bench, p *views.WorkbenchProps) error {
	if b.name == "" {
		return nil
	}
	pins, err := d.Store.Pins(ctx, b.network, b.name)
	against := b.after
	if against == nil {
		against = b.before
	}
	for _, pin := range pins {
		text := errorText(d.Engine.ReadFacts(pin.Network, pin.Status, pin.Raw), pin.Raw)
		p.Pins = append(p.Pins, views.PinProps{
			ID: pin.ID, Kind: pin.Kind, Event: pin.EventID, Text: text, Why: pin.Why, Author: pin.Author, At: pin.CreatedAt,
			Proposed: pin.Proposed, Broken: d.breaks(against, pin),
		})
	}
	return err
}

// addSamplesToPin shows the errors of the cluster that the draft was started from
// and that it would explain: they are pinned with the promotion, so that no later
// ruleset loses what the parser was written for.
func (d *Dashboard) addSamplesToPin(ctx context.Context, b *bench, p *views.WorkbenchProps) error {
	after := b.reasoned().after
	if b.cluster == "" || after == nil || b.checkName() != nil {
		return nil
	}
	var ids []string
	for _, s := range p.Samples {
		if !slices.ContainsFunc(p.Pins, func(pin views.PinProps) bool { return pin.Event == s.ID }) {
			ids = append(ids, s.ID)
		}
	}
	events, err := d.Store.StoredEventsByID(ctx, ids)
	for _, e := range events {
		if facts := d.Engine.ReadFacts(e.Network, e.Status, e.Raw); after.Decide(facts).Parser == b.name {
			p.Pins = append(p.Pins, views.PinProps{Kind: domain.MustMatch, Event: e.ID, Text: errorText(facts, e.Raw)})
		}
	}
	return err
}

// samplesToPin are the events of pins that are still to be made.
func samplesToPin(pins []views.PinProps) []string {
	var events []string
	for _, pin := range pins {
		if pin.ID == 0 {
			events = append(events, pin.Event)
		}
	}
	return events
}

// errorText is what an error says, or the beginning of it as it is.
func errorText(f domain.Facts, raw []byte) string {
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
