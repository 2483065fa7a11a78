package workbench

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// takeForm reads the workbench's form and keeps it for its author, so that it is
// not lost when the page is left. A form with a field that can't be used comes back
// with it and is not kept.
func (ps *Pages) takeForm(r *http.Request) (form, error) {
	in, err := readForm(r)
	if err != nil {
		return in, err
	}
	if wrong := input.Of(r).Err(); wrong != nil {
		return in, ps.refuseField(r.Context(), in, wrong)
	}
	if !draftID.MatchString(in.id) {
		return in, nil
	}
	return in, ps.Store.KeepDraft(r.Context(), handlers.User(r.Context()).ID, in.kept(input.Of(r)))
}

// draftID is what the workbench's page names a draft.
var draftID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// kept is the draft as it is stored. A trial of today says nothing later.
func (in form) kept(sent input.Values) store.Draft {
	left := sent.Texts()
	left.Del("tried")
	left.Del("base")
	return store.Draft{ID: in.id, Network: in.network, Parser: in.editing, Name: in.name, Form: left.Encode()}
}

// KeepDraft keeps the form of a page that is being left.
func (ps *Pages) KeepDraft(w http.ResponseWriter, r *http.Request) error {
	if _, err := ps.takeForm(r); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// DiscardDraft removes a draft that its author wants no more.
func (ps *Pages) DiscardDraft(w http.ResponseWriter, r *http.Request) error {
	n, err := ps.Store.DiscardDraft(r.Context(), handlers.Actor(r.Context()), r.PathValue("id"))
	if domain.KindOf(err) == domain.NotFound {
		return noSuchDraft()
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, string(views.ParsersURL(views.Query{}.With("network", string(n)))), http.StatusSeeOther)
	return nil
}

func noSuchDraft() error {
	return domain.Errorf(domain.NotFound, "There is no such draft of yours. It was promoted or discarded.")
}

// startFromDraft goes on with a draft of the user's.
func (ps *Pages) startFromDraft(ctx context.Context, id string) (form, error) {
	kept, err := ps.Store.Draft(ctx, handlers.User(ctx).ID, id)
	if domain.KindOf(err) == domain.NotFound {
		return form{}, noSuchDraft()
	}
	if err != nil {
		return form{}, err
	}
	fields, err := url.ParseQuery(kept.Form)
	if err != nil {
		return form{}, err
	}
	return formOf(input.Workbench.Kept(fields))
}
