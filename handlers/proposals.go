package handlers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
)

// ShowProposal shows a version that waits for a second person.
func (d *Dashboard) ShowProposal(w http.ResponseWriter, r *http.Request) error {
	id, err := d.proposalID(r)
	if err != nil {
		return err
	}
	return d.showProposal(w, r, id, http.StatusOK)
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
func (d *Dashboard) proposal(ctx context.Context, id int64) (store.Proposal, store.Ruleset, error) {
	p, next, err := d.Store.Proposal(ctx, id)
	if domain.KindOf(err) == domain.NotFound {
		err = noSuchProposal()
	}
	return p, next, err
}

func (d *Dashboard) showProposal(w http.ResponseWriter, r *http.Request, id int64, status int) error {
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
		Changes: changesProps(base, next), Trial: d.keptTrial(proposal.Network, store.Version{Trial: proposal.Trial}), Mine: proposal.AuthorID == User(r.Context()).ID,
	}
	if p.Conflict, err = d.proposalConflict(r.Context(), proposal, next, live); err != nil {
		return err
	}
	return render(w, r, status, views.Proposal(p))
}

// proposalConflict says why what waits can't be approved, if so.
func (d *Dashboard) proposalConflict(ctx context.Context, p store.Proposal, next, live store.Ruleset) (views.ConflictProps, error) {
	if p.State != "waiting" {
		return views.ConflictProps{}, nil
	}
	if live.Version == p.Base {
		compiled, _ := next.Compile() // what does not compile here is in the log
		return d.pinConflict(ctx, compiled)
	}
	changes, err := d.changesSince(ctx, &bench{draft: draft{network: live.Network, base: p.Base}, live: live})
	return views.ConflictProps{
		Title: "The ruleset changed since it was proposed", Words: "It can't be approved any more, and has to be proposed again.", Changes: changes,
	}, err
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
// does not wait any more or the ruleset moved on.
func (d *Dashboard) ApproveProposal(w http.ResponseWriter, r *http.Request) error {
	id, err := d.proposalID(r)
	if err != nil {
		return err
	}
	proposal, next, err := d.proposal(r.Context(), id)
	if err != nil {
		return err
	}
	compiled, _ := next.Compile() // what does not compile here is in the log
	if broken, err := d.brokenPins(r.Context(), compiled); err != nil {
		return err
	} else if len(broken) > 0 {
		return d.showProposal(w, r, id, http.StatusConflict)
	}
	version, err := d.Store.ApproveProposal(r.Context(), Actor(r.Context()), id)
	if domain.KindOf(err) == domain.Conflict {
		return d.showProposal(w, r, id, http.StatusConflict)
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
		return d.showProposal(w, r, id, http.StatusConflict)
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
