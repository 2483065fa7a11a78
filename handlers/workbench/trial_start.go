package workbench

import (
	"context"
	"net/http"

	"wherefore/handlers"
	"wherefore/store"
	"wherefore/views"
)

// StartTrial asks for a trial of the workbench's form over all of its window and
// leads to it. A form that can't be tried comes back with 422.
func (ps *Pages) StartTrial(w http.ResponseWriter, r *http.Request) error {
	ev, err := ps.evaluateForm(r)
	if err != nil {
		return err
	}
	if !ev.triable() {
		return &refusedForm{pages: ps, evaluation: ev, untried: true}
	}
	id, err := ps.Store.AddTrial(r.Context(), handlers.Actor(r.Context()), ev.newTrial())
	if err != nil {
		return err
	}
	http.Redirect(w, r, string(views.TrialRunURL(id)), http.StatusSeeOther)
	return nil
}

// newTrial is the evaluation as a trial that is kept.
func (ev *evaluation) newTrial() store.NewTrial {
	return store.NewTrial{
		Network: ev.network, Base: ev.live.Version, From: ev.from(),
		Candidate: store.Candidate{
			Editing: ev.editing, Name: ev.name, TrialName: ev.candidate.Name(), Condition: ev.form.condition, Reason: ev.reason,
			After: ev.form.after, Period: ev.form.period, Cluster: ev.cluster, Sample: ev.sample, Why: ev.why,
		},
	}
}

// startFromTrial makes the form that a trial was of.
func (ps *Pages) startFromTrial(ctx context.Context, id int64) (form, error) {
	t, err := ps.Trials.Find(ctx, id)
	c := t.Candidate
	return form{
		network: t.Network, editing: c.Editing, name: c.Name, condition: c.Condition, reason: c.Reason, after: c.After,
		period: c.Period, cluster: c.Cluster, sample: c.Sample, why: c.Why,
	}, err
}
