package clusters

import (
	"net/http"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// ChooseIgnoring asks until when a cluster is to be ignored.
func (ps *Pages) ChooseIgnoring(w http.ResponseWriter, r *http.Request) error {
	_, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.IgnoreCluster(views.IgnoreProps{ClusterEditProps: p, Escalates: true}))
}

// IgnoreCluster ignores a cluster until it grows.
func (ps *Pages) IgnoreCluster(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	in := input.Of(r)
	err = in.Err()
	if err == nil {
		err = ps.Store.IgnoreCluster(r.Context(), handlers.Actor(r.Context()), c.ID, readIgnoring(in), p.Why)
	}
	if err == nil {
		return redirectToCluster(w, r, c.ID)
	}
	if err := refused(&p, err); err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusUnprocessableEntity, views.IgnoreCluster(views.IgnoreProps{
		ClusterEditProps: p, Escalates: input.Escalates.In(in),
		Events: input.IgnoreEvents.Text(in), Profiles: input.IgnoreProfiles.Text(in), Until: input.IgnoreUntil.Text(in),
	}))
}

// readIgnoring reads the form; an empty field is no condition.
func readIgnoring(in input.Values) store.Ignoring {
	return store.Ignoring{
		Until: input.IgnoreUntil.In(in), Events: input.IgnoreEvents.In(in), Profiles: input.IgnoreProfiles.In(in),
		Escalates: input.Escalates.In(in),
	}
}

// AskToReopen asks why an ignored cluster is opened again.
func (ps *Pages) AskToReopen(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	return ps.showReopen(w, r, c, p)
}

func (ps *Pages) showReopen(w http.ResponseWriter, r *http.Request, c store.Cluster, p views.ClusterEditProps) error {
	ignored, err := ps.ignoredUntil(r.Context(), c)
	if err != nil {
		return err
	}
	if ignored == "" { // it is open already
		return redirectToCluster(w, r, c.ID)
	}
	return handlers.Render(w, r, statusOf(p), views.ReopenCluster(p, ignored))
}

// ReopenCluster opens an ignored cluster again. An open one stays open.
func (ps *Pages) ReopenCluster(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	if err = input.Of(r).Err(); err != nil && c.State != "ignored" {
		return err // an open one has no form to show
	}
	if err == nil {
		err = ps.Store.ReopenCluster(r.Context(), handlers.Actor(r.Context()), c.ID, p.Why)
	}
	if err == nil || domain.KindOf(err) == domain.Conflict {
		return redirectToCluster(w, r, c.ID)
	}
	if err := refused(&p, err); err != nil {
		return err
	}
	return ps.showReopen(w, r, c, p)
}
