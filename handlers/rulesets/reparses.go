package rulesets

import (
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

// ShowReparse shows how far the parsing of stored errors again has come: the
// page, or for htmx the part of it that moves.
func (ps *Pages) ShowReparse(w http.ResponseWriter, r *http.Request) error {
	unknown := domain.Errorf(domain.NotFound, "There is no such run over stored errors.")
	job, err := ps.Store.Reparse(r.Context(), input.PathID(r))
	if domain.KindOf(err) == domain.NotFound {
		return unknown
	}
	if err != nil {
		return err
	}
	p := reparseProps(job)
	p.Viewer, p.Now = handlers.Viewer(r.Context()), time.Now()
	if p.Why, p.Added, err = ps.rulesetNews(r, job); err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		return handlers.Render(w, r, http.StatusOK, views.ReparseProgress(p))
	}
	return handlers.Render(w, r, http.StatusOK, views.Reparse(p))
}

func reparseProps(job store.Reparse) views.ReparseProps {
	p := views.ReparseProps{
		ID: job.ID, Network: job.Network, Ruleset: job.Ruleset, State: string(job.State),
		SecondLook: job.SecondLook,
		Total:      job.Total, Done: job.Done, Changed: job.Changed, StartedAt: job.CreatedAt,
	}
	if job.FinishedAt != nil {
		p.EndedAt = *job.FinishedAt
	}
	return p
}

// rulesetNews tells why a job's ruleset was made and which promoted parser it
// brought, if any.
func (ps *Pages) rulesetNews(r *http.Request, job store.Reparse) (why, added string, err error) {
	versions, err := ps.Store.RulesetVersions(r.Context(), job.Network)
	if err != nil {
		return "", "", err
	}
	for _, v := range versions {
		if v.Version == job.Ruleset {
			why = v.Why
		}
	}
	now, err := ps.Store.RulesetVersion(r.Context(), job.Network, job.Ruleset)
	if err != nil || job.Ruleset == 1 {
		return why, "", err
	}
	before, err := ps.Store.RulesetVersion(r.Context(), job.Network, job.Ruleset-1)
	for _, p := range now.Parsers {
		isOld := func(q ruleset.Parser) bool { return q.RevisionID == p.RevisionID }
		if !p.Builtin && !slices.ContainsFunc(before.Parsers, isOld) {
			added = p.Name
		}
	}
	return why, added, err
}

// RedirectToReparse leads to the progress of what a version set off.
func (ps *Pages) RedirectToReparse(w http.ResponseWriter, r *http.Request, n domain.Network, version int) error {
	jobs, err := ps.Store.Reparses(r.Context(), n, 10)
	if err != nil {
		return err
	}
	to := views.ParsersURL(views.Query{}.With("network", string(n)))
	for _, job := range jobs {
		if job.Ruleset == version {
			to = views.ReparseURL(job.ID)
		}
	}
	http.Redirect(w, r, string(to), http.StatusSeeOther)
	return nil
}
