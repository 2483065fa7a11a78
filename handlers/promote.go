package handlers

import (
	"context"
	"net/http"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/views"
)

// PromoteParser makes a candidate part of the next ruleset version and leads to
// where stored errors are parsed again. The form comes back with 422 when
// something in it is wrong, and with 409 when the trial that it was sent with
// does not tell what would happen now: no trial, an edit or another promotion
// since, or something that speaks against the change. A form that is sent twice
// leads to the same place twice.
func (d *Dashboard) PromoteParser(w http.ResponseWriter, r *http.Request) error {
	in, err := d.takeDraft(r)
	if err != nil {
		return err
	}
	b, err := d.lay(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	if b.isLive(User(r.Context()).Name) {
		return d.redirectToPromoted(w, r, b)
	}
	version, err := d.promote(r.Context(), b)
	if err != nil {
		return err
	}
	return d.redirectToChange(w, r, b.network, version, b.name)
}

// promote runs the trial once more, on all of its window, so that what is
// promoted is what was seen. It returns the new version, or 0 for a proposal; a
// refusedForm when the form has to come back.
func (d *Dashboard) promote(ctx context.Context, b *bench) (int, error) {
	if b.triable() {
		b.checkPromotion()
	}
	if len(b.problems) > 0 || !b.wasTried() {
		return 0, &refusedForm{d: d, bench: b}
	}
	result, err := d.trial(ctx, b, 0)
	if err != nil {
		return 0, err
	}
	pins, err := d.eventsToPin(ctx, b)
	if err != nil {
		return 0, err
	}
	version, err := d.Store.PromoteParser(ctx, Actor(ctx), d.promotion(b, result, pins))
	if domain.KindOf(err) == domain.Conflict {
		return 0, &refusedForm{d: d, bench: b, result: &result, cause: err}
	}
	if err != nil {
		return 0, err
	}
	return version, d.Store.EndDraft(ctx, User(ctx).ID, b.id)
}

// wasTried reports whether the form was sent with a trial of this candidate on the
// version that is live.
func (b *bench) wasTried() bool {
	return b.base == b.live.Version && b.base > 0 && b.tried == b.fingerprint(b.base)
}

// isLive reports whether this very draft was promoted by this user since its trial.
func (b *bench) isLive(user string) bool {
	i := slices.IndexFunc(b.live.Parsers, func(p ruleset.Parser) bool { return p.Name == b.name })
	if i < 0 || b.base == 0 || b.live.Version <= b.base {
		return false
	}
	p, before := b.live.Parsers[i], ""
	if i > 0 {
		before = b.live.Parsers[i-1].Name
	}
	return p.Author == user && p.Condition == b.draft.condition && p.Reason == b.reason && before == b.draft.after &&
		b.tried == b.fingerprint(b.base)
}

// promotion is the bench as the store takes it, with the result of its trial and
// the events that are pinned with it.
func (d *Dashboard) promotion(b *bench, result trial.Result, pins []string) store.Promotion {
	others := slices.DeleteFunc(slices.Clone(b.live.Parsers), func(p ruleset.Parser) bool { return p.Name == b.name })
	place := 1 + slices.IndexFunc(others, func(p ruleset.Parser) bool { return p.Name == b.draft.after })
	trial := b.newTrial()
	return store.Promotion{
		Network: b.network, BaseVersion: b.base, Spec: b.candidate.Spec(), Position: place, Why: b.why,
		Trial: &trial, Pins: pins, Check: d.check(result, b.consent),
	}
}

// redirectToPromoted leads to where the same form led before. It ends the draft
// again, which was kept when the form came.
func (d *Dashboard) redirectToPromoted(w http.ResponseWriter, r *http.Request, b *bench) error {
	if err := d.Store.EndDraft(r.Context(), User(r.Context()).ID, b.id); err != nil {
		return err
	}
	return d.redirectToReparse(w, r, b.network, b.live.Version)
}

// redirectToReparse leads to the progress of what a version set off.
func (d *Dashboard) redirectToReparse(w http.ResponseWriter, r *http.Request, n domain.Network, version int) error {
	jobs, err := d.Store.Reparses(r.Context(), n, 10)
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
