package handlers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
)

// ShowProposal shows a version that waits for a second person.
func (d *Dashboard) ShowProposal(w http.ResponseWriter, r *http.Request) error {
	id, err := d.proposalID(r)
	if err != nil {
		return err
	}
	return d.showProposal(w, r, id, http.StatusOK, nil)
}

func (d *Dashboard) proposalID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, noSuchProposal()
	}
	return id, nil
}

func noSuchProposal() error { return domain.Errorf(domain.NotFound, "There is no such proposal.") }

// proposal returns what waits, and the version that it would make.
func (d *Dashboard) proposal(ctx context.Context, id int64) (store.Proposal, ruleset.Ruleset, error) {
	p, next, err := d.Store.Proposal(ctx, id)
	if domain.KindOf(err) == domain.NotFound {
		err = noSuchProposal()
	}
	return p, next, err
}

// showProposal shows a proposal with the pins that were ticked to be left out.
func (d *Dashboard) showProposal(w http.ResponseWriter, r *http.Request, id int64, status int, leftOut map[string]bool) error {
	proposal, next, err := d.proposal(r.Context(), id)
	if err != nil {
		return err
	}
	base, err := d.Store.RulesetVersion(r.Context(), proposal.Network, proposal.Base)
	if err != nil {
		return err
	}
	live, err := d.Store.LiveRuleset(r.Context(), proposal.Network)
	if err != nil {
		return err
	}
	next.Version++
	p := views.ProposalProps{
		Viewer: Viewer(r.Context()), Now: time.Now(), Proposal: proposalProps(proposal),
		Changes: changesProps(base, next), Trial: d.basisProps(proposal.Network, proposal.Basis()), Mine: proposal.AuthorID == User(r.Context()).ID,
	}
	if proposal.State == "waiting" {
		if err := d.addProposalConflict(r.Context(), &p, proposal, next, live, leftOut); err != nil {
			return err
		}
	}
	return render(w, r, status, views.Proposal(p))
}

// addProposalConflict says why what waits can't be approved as it is, if so.
func (d *Dashboard) addProposalConflict(ctx context.Context, p *views.ProposalProps, proposal store.Proposal, next, live ruleset.Ruleset, leftOut map[string]bool) error {
	if live.Version != proposal.Base {
		changes, err := d.changesSince(ctx, proposal.Base, live)
		p.Outdated = true
		p.Conflict = views.ConflictProps{
			Title: "The ruleset changed since it was proposed", Words: "It can't be approved any more, and has to be proposed again.", Changes: changes,
		}
		return err
	}
	events, err := d.Store.StoredEventsByID(ctx, proposal.Pins)
	if err != nil {
		return err
	}
	var more []ruleset.HeldPin
	for _, e := range events {
		more = append(more, d.held(domain.Pin{
			Network: e.Network, Parser: proposal.Subject, Kind: domain.MustMatch, EventID: e.ID, Status: e.Status, Raw: e.Raw,
		}))
	}
	compiled, _ := next.Compile() // what does not compile here is in the log
	pins, err := d.heldPins(ctx, live.Network)
	pins = append(pins, more...)
	change, consent := ruleset.Change{Base: proposal.Base, Live: live, Next: compiled}, proposal.Consent(leftOut)
	p.Broken = d.brokenProps(ruleset.Broken(change, pins, consent))
	for i, pin := range p.Broken {
		p.Broken[i].Decided = pin.LeftOut && !leftOut[pin.Key]
	}
	p.Conflict = d.conflictProps(ruleset.Check(change, trial.Result{}, pins, consent))
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
func (d *Dashboard) ApproveProposal(w http.ResponseWriter, r *http.Request) error {
	id, err := d.proposalID(r)
	if err != nil {
		return err
	}
	proposal, _, err := d.proposal(r.Context(), id)
	if err != nil {
		return err
	}
	leftOut := readLeftOut(r.PostForm)
	version, err := d.Store.ApproveProposal(r.Context(), Actor(r.Context()), id, d.check(trial.Result{}, ruleset.Consent{LeftOut: leftOut}))
	if domain.KindOf(err) == domain.Conflict {
		return d.showProposal(w, r, id, http.StatusConflict, leftOut)
	}
	if err != nil {
		return err
	}
	return d.redirectToReparse(w, r, proposal.Network, version)
}

// WithdrawProposal ends it.
func (d *Dashboard) WithdrawProposal(w http.ResponseWriter, r *http.Request) error {
	id, err := d.proposalID(r)
	if err != nil {
		return err
	}
	err = d.Store.WithdrawProposal(r.Context(), Actor(r.Context()), id)
	if domain.KindOf(err) == domain.Conflict {
		return d.showProposal(w, r, id, http.StatusConflict, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, string(views.ProposalURL(id)), http.StatusSeeOther)
	return nil
}

// redirectToChange leads to what a change led to: the run over stored errors, or
// the proposal that it waits as.
func (d *Dashboard) redirectToChange(w http.ResponseWriter, r *http.Request, n domain.Network, version int, subject string) error {
	if version > 0 {
		return d.redirectToReparse(w, r, n, version)
	}
	waiting, err := d.Store.WaitingProposals(r.Context(), n)
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

// SetApproval switches the second person of a network on or off.
func (d *Dashboard) SetApproval(w http.ResponseWriter, r *http.Request) error {
	n := domain.Network(r.PostFormValue("network"))
	var err error
	if !n.Known() {
		err = unknownNetwork(n)
	} else {
		err = d.Store.SetNeedsApproval(r.Context(), Actor(r.Context()), n, r.PostFormValue("needed") == "yes")
	}
	return d.settled(w, r, err, "approval", views.SettingsProps{})
}
