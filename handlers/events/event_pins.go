package events

import (
	"context"
	"errors"
	"net/http"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/views"
)

// PinEvent pins an event's error to a live parser, and leads to the parser's pins.
func (ps *Pages) PinEvent(w http.ResponseWriter, r *http.Request) error {
	e, err := ps.Store.Event(r.Context(), r.PathValue("id"))
	if domain.KindOf(err) == domain.NotFound {
		return noSuchEvent()
	}
	if err != nil {
		return err
	}
	live, err := ps.Store.LiveRuleset(r.Context(), e.Network)
	if err != nil {
		return err
	}
	in := input.Of(r)
	parser, kind, why := input.Parser.In(in), input.PinKind.In(in), input.Why.In(in)
	switch {
	case !live.Has(parser):
		return domain.InvalidField("parser", "There is no live parser “%s”.", parser)
	case kind == "":
		return domain.InvalidField("kind", "Choose what is asked of the parser.")
	case len(why) > handlers.MaxWhy:
		return domain.InvalidField("why", "Say it in at most 500 characters.")
	}
	if err := ps.Store.PinEvent(r.Context(), handlers.Actor(r.Context()), e.ID, parser, kind, why); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.ParserPinsURL(e.Network, parser)), http.StatusSeeOther)
	return nil
}

// DisputeEvent takes down that somebody says that an event's explanation is wrong.
// The event comes back with 422 without a reason, and with 409 when it is not
// the explanation that was read, or there is nothing left to say.
func (ps *Pages) DisputeEvent(w http.ResponseWriter, r *http.Request) error {
	in := input.Of(r)
	dispute := views.DisputeProps{Parser: input.Parser.In(in), Why: input.Dispute.In(in)}
	switch {
	case dispute.Why == "":
		dispute.Problem = "Say what is wrong with the explanation."
	case len(dispute.Why) > handlers.MaxWhy:
		dispute.Problem = "Say it in at most 500 characters."
	}
	if dispute.Problem != "" {
		return ps.showEvent(w, r, http.StatusUnprocessableEntity, dispute)
	}
	id := r.PathValue("id")
	err := ps.Store.DisputeEvent(r.Context(), handlers.Actor(r.Context()), id, dispute.Parser, dispute.Why)
	var known *domain.Error
	switch {
	case domain.KindOf(err) == domain.NotFound:
		return noSuchEvent()
	case domain.KindOf(err) == domain.Conflict && errors.As(err, &known):
		dispute.Conflict = known.Message
		return ps.showEvent(w, r, http.StatusConflict, dispute)
	case err != nil:
		return err
	}
	http.Redirect(w, r, string(views.EventDisputedURL(id)), http.StatusSeeOther)
	return nil
}

// addEventPins tells which parsers the event is pinned to, and whether somebody
// disputes its explanation.
func (ps *Pages) addEventPins(ctx context.Context, p *views.EventProps) error {
	live, err := ps.Store.LiveRuleset(ctx, p.Event.Network)
	if err != nil {
		return err
	}
	for _, parser := range live.Parsers {
		p.Parsers = append(p.Parsers, parser.Name)
	}
	pins, err := ps.Store.EventPins(ctx, p.Event.Network, p.Event.ID)
	for _, pin := range pins {
		p.Pins = append(p.Pins, views.EventPinProps{
			Parser: pin.Parser, Kind: pin.Kind, Why: pin.Why, Author: pin.Author, At: pin.CreatedAt, Disputed: pin.Disputed,
		})
	}
	return err
}
