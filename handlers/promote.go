package handlers

import (
	"context"
	"encoding/json"
	"errors"
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
// since, or a change of reason that was not accepted. A form that is sent twice
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
	return d.promote(w, r, b)
}

// promote runs the trial once more, on all of its window, so that what is
// promoted is what was seen.
func (d *Dashboard) promote(w http.ResponseWriter, r *http.Request, b *bench) error {
	if b.triable() {
		b.checkPromotion()
	}
	p, result, err := d.tried(r.Context(), b, 0)
	if err != nil {
		return err
	}
	if len(b.problems) > 0 {
		return render(w, r, http.StatusUnprocessableEntity, views.Workbench(p))
	}
	if p.Conflict, err = d.conflict(r.Context(), b, result); err != nil {
		return err
	}
	if p.Conflict.Title != "" {
		return render(w, r, http.StatusConflict, views.Workbench(p))
	}
	trial, err := d.Store.AddFinishedTrial(r.Context(), Actor(r.Context()), b.newTrial(), result)
	if err != nil {
		return err
	}
	version, err := d.Store.PromoteParser(r.Context(), Actor(r.Context()), d.promotion(b, trial, result, toBePinned(p.Pins)))
	if domain.KindOf(err) == domain.Conflict {
		return d.overtaken(w, r, b.draft, err)
	}
	if err != nil {
		return err
	}
	if err := d.Store.EndDraft(r.Context(), User(r.Context()).ID, b.id); err != nil {
		return err
	}
	return d.redirectToChange(w, r, b.network, version, b.name)
}

// overtaken answers when another promotion or a pin came between check and promotion.
func (d *Dashboard) overtaken(w http.ResponseWriter, r *http.Request, in draft, refused error) error {
	b, err := d.lay(r.Context(), in, time.Now())
	if err != nil {
		return err
	}
	if b.isLive(User(r.Context()).Name) { // the same form, sent twice at once
		return d.redirectToPromoted(w, r, b)
	}
	p, result, err := d.tried(r.Context(), b, 0)
	if err != nil {
		return err
	}
	if p.Conflict, err = d.conflict(r.Context(), b, result); err != nil {
		return err
	}
	if p.Conflict.Title == "" {
		p.Conflict = conflictOf(refused)
	}
	return render(w, r, http.StatusConflict, views.Workbench(p))
}

// conflictOf says what the store has refused, when a new look shows nothing of it.
func conflictOf(refused error) views.ConflictProps {
	c := views.ConflictProps{Title: "Nothing was done"}
	var known *domain.Error
	if errors.As(refused, &known) {
		c.Words = sentence(known.Message)
	}
	return c
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

// promotion is the bench as the store takes it, with its trial and what was
// accepted for the record, and the events that are pinned with it.
func (d *Dashboard) promotion(b *bench, trial int64, result trial.Result, pins []string) store.Promotion {
	others := slices.DeleteFunc(slices.Clone(b.live.Parsers), func(p ruleset.Parser) bool { return p.Name == b.name })
	place := 1 + slices.IndexFunc(others, func(p ruleset.Parser) bool { return p.Name == b.draft.after })
	return store.Promotion{
		Network: b.network, BaseVersion: b.base, Spec: b.candidate.Spec(), Position: place, Why: b.why,
		Trial: keep(trial, b.draft.period, b.accepted, result), Pins: pins, Check: d.check(result, b.given()),
	}
}

// keptTrial is what stays of a trial with the version that it led to.
type keptTrial struct {
	ID       int64             `json:"id,omitempty"` // of the trial with its own page, 0 for none
	Period   string            `json:"period"`
	Accepted map[string]string `json:"accepted"` // "accept <from> <to>" and why
	Result   trial.Result      `json:"result"`
}

// keep is the record of a trial, with what was accepted of its changes. Its id is 0
// if it has no page of its own.
func keep(id int64, period string, accepted map[string]string, r trial.Result) json.RawMessage {
	kept := keptTrial{ID: id, Period: period, Accepted: map[string]string{}, Result: r}
	for _, c := range r.Changes {
		if field := acceptField(c.From, c.To); accepted[field] != "" {
			kept.Accepted[field] = accepted[field]
		}
	}
	text, err := json.Marshal(kept)
	if err != nil {
		panic(err) // it is made of strings and numbers
	}
	return text
}

// conflict says why a bench can't be promoted as it is, if so.
func (d *Dashboard) conflict(ctx context.Context, b *bench, result trial.Result) (views.ConflictProps, error) {
	const look = " Below is the trial as it is now."
	switch {
	case b.base == 0 || b.tried == "":
		return views.ConflictProps{Title: "There was no trial yet", Words: "A parser is promoted after its trial." + look}, nil
	case b.base != b.live.Version:
		changes, err := d.changesSince(ctx, b)
		return views.ConflictProps{Title: "The ruleset changed since the trial", Words: "Nothing was promoted." + look, Changes: changes}, err
	case b.tried != b.fingerprint(b.live.Version):
		return views.ConflictProps{Title: "The parser changed since its trial", Words: "Nothing was promoted." + look}, nil
	}
	step := b.step
	step.Trial = result
	return d.refusalProps(step.Refusal()), nil
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
