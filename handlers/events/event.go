package events

import (
	"context"
	"net/http"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/parse"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// eventsAround is how many events of the same profile an event's page shows on
// each side.
const eventsAround = 5

// ShowEvent shows one event.
func (ps *Pages) ShowEvent(w http.ResponseWriter, r *http.Request) error {
	return ps.showEvent(w, r, http.StatusOK, views.DisputeProps{Taken: input.DisputeDone.In(input.Of(r))})
}

func noSuchEvent() error { return domain.Errorf(domain.NotFound, "There is no event with this id.") }

func (ps *Pages) showEvent(w http.ResponseWriter, r *http.Request, status int, dispute views.DisputeProps) error {
	ctx := r.Context()
	e, err := ps.Store.Event(ctx, r.PathValue("id"))
	if domain.KindOf(err) == domain.NotFound {
		return noSuchEvent()
	}
	if err != nil {
		return err
	}
	around, err := ps.Store.EventsAround(ctx, e, eventsAround)
	if err != nil {
		return err
	}
	props := ps.event(e)
	props.Viewer, props.Now = handlers.Viewer(ctx), time.Now()
	if err := ps.addWords(ctx, &props, e); err != nil {
		return err
	}
	props.Around = Rows(around, props.Viewer.Role)
	props.Dispute = dispute
	props.Dispute.Event, props.Dispute.Parser = e.ID, e.Verdict.Parser
	if err := ps.addEventPins(ctx, &props); err != nil {
		return err
	}
	if !props.Viewer.Role.SeesErrors() {
		hideError(&props)
	}
	return handlers.Render(w, r, status, views.Event(props))
}

// addWords says what the customer reads of an event: now, if it is why the profile
// is as it is or what disconnected it, or else when it occurred. These are the words
// of another event where the connection was lost by that one.
func (ps *Pages) addWords(ctx context.Context, p *views.EventProps, e store.Event) error {
	why, err := ps.Store.LatestReason(ctx, e.ProfileID)
	if err != nil {
		return err
	}
	profile, at := why.Profile, p.Now
	p.State = profile.State
	p.Past = why.EventID != e.ID && (profile.State != domain.StateDisconnected || profile.StateEventID != e.ID)
	if p.Past {
		at = e.OccurredAt
		if why, err = ps.Store.ReasonThen(ctx, e); err != nil {
			return err
		}
	}
	if why.EventID != e.ID {
		p.LostBy = views.EventRow{ID: why.EventID, At: why.OccurredAt, Type: why.Type, Network: e.Network, ProfileID: e.ProfileID, Reason: why.Verdict.Reason}
	}
	p.Words = handlers.ReasonWords(ps.Catalog.Answer(why.Trouble(), catalog.English, at).Words)
	own := domain.Trouble{Profile: e.ProfileID, Network: e.Network, Reason: e.Verdict.Reason, Disconnected: e.Type == domain.Disconnected, At: e.OccurredAt, Worked: e.Worked}
	p.Worked, p.Needless = e.Worked, ps.Catalog.Answer(own, catalog.English, at).Needless
	return nil
}

func (ps *Pages) event(e store.Event) views.EventProps {
	p := views.EventProps{
		Event: views.EventRow{
			ID: e.ID, At: e.OccurredAt, Type: e.Type, Network: e.Network, ProfileID: e.ProfileID, ProfileName: e.ProfileName,
			Reason: e.Verdict.Reason, Source: e.Source, Operation: e.Operation, Status: e.Status,
		},
		SourceEventID: e.SourceEventID, ArrivedAt: e.ArrivedAt, OwnerID: e.OwnerID, CredentialID: e.CredentialID,
		Facts: e.Facts, Raw: e.Raw, Verdict: e.Verdict, Live: ps.liveVerdict(e), Defaulted: e.Defaulted, Mended: e.Mended, Scrubbed: e.Scrubbed,
	}
	p.ClusterID = e.ClusterID
	for _, old := range e.History {
		p.History = append(p.History, views.OldVerdict{Verdict: old.Verdict, ReplacedAt: old.ReplacedAt})
	}
	return p
}

// liveVerdict decides once more, to tell which parsers come before the one
// that matches: a verdict keeps only its own.
func (ps *Pages) liveVerdict(e store.Event) views.LiveVerdict {
	ruleset := ps.Engine.Ruleset(e.Network)
	if ruleset == nil || !e.Type.HasError() {
		return views.LiveVerdict{Verdict: e.Verdict}
	}
	facts := ps.Engine.ReadFacts(e.Network, e.Status, e.Raw)
	verdict, before := ruleset.Decide(facts), ruleset.Parsers()
	live := views.LiveVerdict{Verdict: verdict, Of: len(before)}
	if i := slices.IndexFunc(before, func(p *parse.Parser) bool { return p.Name() == verdict.Parser }); i >= 0 {
		before = before[:i]
	}
	for _, p := range before {
		live.Before = append(live.Before, p.Spec())
	}
	return live
}

// hideError takes away what the network said in words.
func hideError(p *views.EventProps) {
	p.Raw, p.Facts.Message = nil, ""
	p.Verdict.Evidence = slices.DeleteFunc(p.Verdict.Evidence, func(e domain.Evidence) bool {
		return !slices.Contains([]string{"format", "status", "code", "subcode", "type"}, e.Fact)
	})
}
