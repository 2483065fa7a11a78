package workbench

import (
	"context"
	"net/http"
	"slices"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/store"
)

// PromoteParser makes a candidate part of the next ruleset version and leads to
// where stored errors are parsed again. The form comes back with 422 when
// something in it is wrong, and with 409 when the trial that it was sent with
// does not tell what would happen now: no trial, an edit or another promotion
// since, or something that speaks against the change. A form that is sent twice
// leads to the same place twice.
func (ps *Pages) PromoteParser(w http.ResponseWriter, r *http.Request) error {
	ev, err := ps.evaluateForm(r)
	if err != nil {
		return err
	}
	if ev.isLive(handlers.User(r.Context()).Name) {
		return ps.redirectToPromoted(w, r, ev)
	}
	version, err := ps.promote(r.Context(), ev)
	if err != nil {
		return err
	}
	return ps.Rulesets.RedirectToChange(w, r, ev.network, version, ev.name)
}

// promote runs the trial once more, on all of its window, so that what is
// promoted is what was seen. It returns the new version, or 0 for a proposal; a
// refusedForm when the form has to come back.
func (ps *Pages) promote(ctx context.Context, ev *evaluation) (int, error) {
	if ev.triable() {
		ev.checkPromotion()
	}
	if len(ev.problems) > 0 || !ev.wasTried() {
		return 0, &refusedForm{pages: ps, evaluation: ev}
	}
	result, err := ps.trial(ctx, ev, 0)
	if err != nil {
		return 0, err
	}
	pins, err := ps.eventsToPin(ctx, ev)
	if err != nil {
		return 0, err
	}
	version, err := ps.Store.PromoteParser(ctx, handlers.Actor(ctx), ps.promotion(ev, result, pins))
	if domain.KindOf(err) == domain.Conflict {
		return 0, &refusedForm{pages: ps, evaluation: ev, result: &result, cause: err}
	}
	if err != nil {
		return 0, err
	}
	return version, ps.Store.EndDraft(ctx, handlers.User(ctx).ID, ev.id)
}

// wasTried reports whether the form was sent with a trial of this candidate on the
// version that is live.
func (ev *evaluation) wasTried() bool {
	return ev.base == ev.live.Version && ev.base > 0 && ev.tried == ev.fingerprint(ev.base)
}

// isLive reports whether this very form was promoted by this user since its trial.
func (ev *evaluation) isLive(user string) bool {
	i := slices.IndexFunc(ev.live.Parsers, func(p ruleset.Parser) bool { return p.Name == ev.name })
	if i < 0 || ev.base == 0 || ev.live.Version <= ev.base {
		return false
	}
	p, before := ev.live.Parsers[i], ""
	if i > 0 {
		before = ev.live.Parsers[i-1].Name
	}
	return p.Author == user && p.Condition == ev.form.condition && p.Reason == ev.reason && before == ev.form.after &&
		ev.tried == ev.fingerprint(ev.base)
}

// promotion is the evaluation as the store takes it, with the result of its trial and
// the events that are pinned with it.
func (ps *Pages) promotion(ev *evaluation, result trial.Result, pins []string) store.Promotion {
	others := slices.DeleteFunc(slices.Clone(ev.live.Parsers), func(p ruleset.Parser) bool { return p.Name == ev.name })
	place := 1 + slices.IndexFunc(others, func(p ruleset.Parser) bool { return p.Name == ev.form.after })
	trial := ev.newTrial()
	return store.Promotion{
		Network: ev.network, BaseVersion: ev.base, Spec: ev.candidate.Spec(), Position: place, Why: ev.why,
		Trial: &trial, Pins: pins, Check: ps.Rulesets.Check(result, ev.consent),
	}
}

// redirectToPromoted leads to where the same form led before. It ends the draft
// again, which was kept when the form came.
func (ps *Pages) redirectToPromoted(w http.ResponseWriter, r *http.Request, ev *evaluation) error {
	if err := ps.Store.EndDraft(r.Context(), handlers.User(r.Context()).ID, ev.id); err != nil {
		return err
	}
	return ps.Rulesets.RedirectToReparse(w, r, ev.network, ev.live.Version)
}
