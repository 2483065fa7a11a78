package rulesets

import (
	"context"
	"net/http"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// ShowProposal shows a version that waits for a second person.
func (ps *Pages) ShowProposal(w http.ResponseWriter, r *http.Request) error {
	return ps.showProposal(w, r, input.PathID(r), http.StatusOK, nil)
}

func noSuchProposal() error { return domain.Errorf(domain.NotFound, "There is no such proposal.") }

// proposal returns what waits, and the version that it would make.
func (ps *Pages) proposal(ctx context.Context, id int64) (store.Proposal, ruleset.Ruleset, error) {
	p, next, err := ps.Store.Proposal(ctx, id)
	if domain.KindOf(err) == domain.NotFound {
		err = noSuchProposal()
	}
	return p, next, err
}

// showProposal shows a proposal with the pins that were ticked to be left out.
func (ps *Pages) showProposal(w http.ResponseWriter, r *http.Request, id int64, status int, leftOut map[string]bool) error {
	proposal, next, err := ps.proposal(r.Context(), id)
	if err != nil {
		return err
	}
	base, err := ps.Store.RulesetVersion(r.Context(), proposal.Network, proposal.Base)
	if err != nil {
		return err
	}
	live, err := ps.Store.LiveRuleset(r.Context(), proposal.Network)
	if err != nil {
		return err
	}
	next.Version++
	p := views.ProposalProps{
		Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Proposal: proposalProps(proposal),
		Changes: changesProps(base, next), Trial: ps.basisProps(proposal.Network, proposal.Basis()), Mine: proposal.AuthorID == handlers.User(r.Context()).ID,
	}
	if proposal.State == "waiting" {
		if err := ps.addProposalRefusal(r.Context(), &p, proposal, next, live, leftOut); err != nil {
			return err
		}
	}
	return handlers.Render(w, r, status, views.Proposal(p))
}

// addProposalRefusal says why what waits can't be approved as it is, if so.
func (ps *Pages) addProposalRefusal(ctx context.Context, p *views.ProposalProps, proposal store.Proposal, next, live ruleset.Ruleset, leftOut map[string]bool) error {
	if live.Version != proposal.Base {
		changes, err := ps.ChangesSince(ctx, proposal.Base, live)
		p.Outdated = true
		p.Refusal = views.RefusalProps{
			Title: "The ruleset changed since it was proposed", Words: "It can't be approved any more, and has to be proposed again.", Changes: changes,
		}
		return err
	}
	events, err := ps.Store.StoredEventsByID(ctx, proposal.Pins)
	if err != nil {
		return err
	}
	var more []ruleset.HeldPin
	for _, e := range events {
		more = append(more, ps.Held(domain.Pin{
			Network: e.Network, Parser: proposal.Subject, Kind: domain.MustMatch, EventID: e.ID, Status: e.Status, Raw: e.Raw,
		}))
	}
	compiled, _ := next.Compile() // what does not compile here is in the log
	pins, err := ps.HeldPins(ctx, live.Network)
	pins = append(pins, more...)
	change, consent := ruleset.Change{Base: proposal.Base, Live: live, Next: compiled}, proposal.Consent(leftOut)
	p.Broken = ps.BrokenProps(ruleset.Broken(change, pins, consent))
	for i, pin := range p.Broken {
		p.Broken[i].Decided = pin.LeftOut && !leftOut[pin.Key]
	}
	p.Refusal = ps.refusalProps(ruleset.Check(change, trial.Result{}, pins, consent))
	return err
}

func proposalProps(p store.Proposal) views.ProposalSummaryProps {
	props := views.ProposalSummaryProps{
		ID: p.ID, Network: p.Network, Base: p.Base, Action: p.Action, Subject: p.Subject, Why: p.Why, Author: p.Author,
		At: p.ProposedAt, State: p.State, DecidedBy: p.DecidedBy, Version: p.Version,
	}
	if p.DecidedAt != nil {
		props.DecidedAt = *p.DecidedAt
	}
	return props
}

// ApproveProposal makes it live. It answers 403 to its author, and 409 when it
// does not wait any more, the ruleset moved on, or a pinned sample fails that
// nobody left out by its name.
func (ps *Pages) ApproveProposal(w http.ResponseWriter, r *http.Request) error {
	id := input.PathID(r)
	proposal, _, err := ps.proposal(r.Context(), id)
	if err != nil {
		return err
	}
	leftOut := input.LeftOut.In(input.Of(r))
	version, err := ps.Store.ApproveProposal(r.Context(), handlers.Actor(r.Context()), id, ps.Check(trial.Result{}, ruleset.Consent{LeftOut: leftOut}))
	if domain.KindOf(err) == domain.Conflict {
		return ps.showProposal(w, r, id, http.StatusConflict, leftOut)
	}
	if err != nil {
		return err
	}
	return ps.RedirectToReparse(w, r, proposal.Network, version)
}

// WithdrawProposal ends it.
func (ps *Pages) WithdrawProposal(w http.ResponseWriter, r *http.Request) error {
	id := input.PathID(r)
	err := ps.Store.WithdrawProposal(r.Context(), handlers.Actor(r.Context()), id)
	switch domain.KindOf(err) {
	case domain.NotFound:
		return noSuchProposal()
	case domain.Conflict:
		return ps.showProposal(w, r, id, http.StatusConflict, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, string(views.ProposalURL(id)), http.StatusSeeOther)
	return nil
}

// RedirectToChange leads to what a change led to: the run over stored errors, or
// the proposal that it waits as.
func (ps *Pages) RedirectToChange(w http.ResponseWriter, r *http.Request, n domain.Network, version int, subject string) error {
	if version > 0 {
		return ps.RedirectToReparse(w, r, n, version)
	}
	waiting, err := ps.Store.WaitingProposals(r.Context(), n)
	if err != nil {
		return err
	}
	to := views.ParsersURL(views.Query{}.With("network", string(n)))
	for _, p := range waiting {
		if p.Subject == subject {
			to = views.ProposalURL(p.ID)
		}
	}
	http.Redirect(w, r, string(to), http.StatusSeeOther)
	return nil
}
