package clusters

import (
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
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
	until, err := readIgnoring(r)
	if err == nil {
		err = ps.Store.IgnoreCluster(r.Context(), handlers.Actor(r.Context()), c.ID, until, p.Why)
	}
	if err == nil {
		return redirectToCluster(w, r, c.ID)
	}
	if err := refused(&p, err); err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusUnprocessableEntity, views.IgnoreCluster(views.IgnoreProps{
		ClusterEditProps: p, Escalates: r.PostFormValue("escalates") != "",
		Events: r.PostFormValue("events"), Profiles: r.PostFormValue("profiles"), Until: r.PostFormValue("until"),
	}))
}

// readIgnoring reads the form; an empty field is no condition.
func readIgnoring(r *http.Request) (until store.Ignoring, err error) {
	until.Escalates = r.PostFormValue("escalates") != ""
	if until.Events, err = readCount(r, "events", "errors"); err != nil {
		return until, err
	}
	if until.Profiles, err = readCount(r, "profiles", "profiles"); err != nil {
		return until, err
	}
	if day := r.PostFormValue("until"); day != "" {
		if until.Until, err = time.Parse(time.DateOnly, day); err != nil {
			return until, domain.InvalidField("until", "Give a day, such as 2026-11-30.")
		}
	}
	return until, nil
}

func readCount(r *http.Request, field, of string) (int, error) {
	text := r.PostFormValue(field)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, domain.InvalidField(field, "Give a number of %s, from 1 on.", of)
	}
	return n, nil
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
	err = ps.Store.ReopenCluster(r.Context(), handlers.Actor(r.Context()), c.ID, p.Why)
	if err == nil || domain.KindOf(err) == domain.Conflict {
		return redirectToCluster(w, r, c.ID)
	}
	if err := refused(&p, err); err != nil {
		return err
	}
	return ps.showReopen(w, r, c, p)
}
