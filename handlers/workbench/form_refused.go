package workbench

import (
	"context"
	"net/http"
	"time"

	"wherefore/domain/trial"
	"wherefore/handlers"
	"wherefore/handlers/rulesets"
	"wherefore/views"
)

// refusedForm is the error of a workbench's form that is not done as it was sent.
// The form comes back as it was filled in, with what is wrong: 422 when that is one
// of its fields, else 409.
type refusedForm struct {
	pages      *Pages
	evaluation *evaluation
	result     *trial.Result // of the trial that ran, nil for none
	untried    bool          // it is shown without a trial: none was asked for
	cause      error         // why the store refused it, nil when the store was not asked
}

func (f *refusedForm) Error() string { return "the form can't be done as it was sent" }

// Answer shows the workbench again.
func (f *refusedForm) Answer(w http.ResponseWriter, r *http.Request) error {
	if len(f.evaluation.problems) > 0 {
		return f.show(w, r, http.StatusUnprocessableEntity, views.RefusalProps{})
	}
	if rulesets.IsOutdated(f.cause) { // another version came between
		var err error
		if f.evaluation, err = f.pages.evaluate(r.Context(), f.evaluation.form, time.Now()); err != nil {
			return err
		}
		if f.evaluation.isLive(handlers.User(r.Context()).Name) { // the same form, sent twice at once
			return f.pages.redirectToPromoted(w, r, f.evaluation)
		}
		f.result = nil
	}
	refusal, err := f.refusal(r.Context())
	if err != nil {
		return err
	}
	return f.show(w, r, http.StatusConflict, refusal)
}

// refuseField is the error of a form of which a field can't be used.
func (ps *Pages) refuseField(ctx context.Context, in form, wrong error) error {
	ev, err := ps.evaluate(ctx, in, time.Now())
	if err != nil {
		return err
	}
	ev.problems = nil // what depends on the field is not known yet
	ev.problem(wrong)
	return &refusedForm{pages: ps, evaluation: ev, untried: true}
}

func (f *refusedForm) show(w http.ResponseWriter, r *http.Request, status int, refusal views.RefusalProps) error {
	p, err := f.page(r.Context())
	if err != nil {
		return err
	}
	p.Refusal = refusal
	return handlers.Render(w, r, status, views.Workbench(p))
}

func (f *refusedForm) page(ctx context.Context) (views.WorkbenchProps, error) {
	if f.untried {
		return f.pages.pageProps(ctx, f.evaluation)
	}
	return f.pages.trialEventsPage(ctx, f.evaluation, 0, f.result)
}

// refusal says why the evaluation can't be promoted as it is.
func (f *refusedForm) refusal(ctx context.Context) (views.RefusalProps, error) {
	const look = " Below is the trial as it is now."
	switch ev := f.evaluation; {
	case ev.base == 0 || ev.tried == "":
		return views.RefusalProps{Title: "There was no trial yet", Words: "A parser is promoted after its trial." + look}, nil
	case ev.base != ev.live.Version:
		changes, err := f.pages.Rulesets.ChangesSince(ctx, ev.base, ev.live)
		return views.RefusalProps{Title: "The ruleset changed since the trial", Words: "Nothing was promoted." + look, Changes: changes}, err
	case ev.tried != ev.fingerprint(ev.live.Version):
		return views.RefusalProps{Title: "The parser changed since its trial", Words: "Nothing was promoted." + look}, nil
	}
	return f.pages.Rulesets.RefusalOf(f.cause), nil
}
