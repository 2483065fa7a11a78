package workbench

import (
	"context"
	"net/http"

	"wherefore/handlers"
	"wherefore/handlers/trials"
	"wherefore/views"
)

// StartShadow runs the candidate of the workbench in the shadow. It needs all
// that a promotion needs but a trial: nothing changes.
func (ps *Pages) StartShadow(w http.ResponseWriter, r *http.Request) error {
	ev, err := ps.evaluateForm(r)
	if err != nil {
		return err
	}
	ev.checkPromotion()
	if len(ev.problems) > 0 {
		return &refusedForm{pages: ps, evaluation: ev, untried: true}
	}
	id, err := ps.Store.StartShadow(r.Context(), handlers.Actor(r.Context()), ev.candidate.Spec(), ev.form.after, ev.why)
	if err != nil {
		return err
	}
	if err := ps.Store.EndDraft(r.Context(), handlers.User(r.Context()).ID, ev.id); err != nil {
		return err // the shadow has all of it
	}
	http.Redirect(w, r, string(views.ShadowURL(id, views.Query{})), http.StatusSeeOther)
	return nil
}

// startFromShadow fills the workbench in with a parser that runs in the shadow.
func (ps *Pages) startFromShadow(ctx context.Context, id int64) (form, error) {
	s, err := ps.Store.Shadow(ctx, id)
	if err != nil {
		return form{}, err
	}
	live, err := ps.Store.LiveRuleset(ctx, s.Network)
	in := form{
		network: s.Network, name: s.Name, condition: s.Condition, reason: s.Reason, after: s.After, why: s.Why, period: trials.DefaultPeriod,
	}
	if live.Has(s.Name) {
		in.editing = s.Name
	}
	if s.After != "" && !live.Has(s.After) {
		in.after = "" // what it would stand behind is gone
	}
	return in, err
}
