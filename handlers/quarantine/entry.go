package quarantine

import (
	"context"
	"net/http"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// shownBytes is how much of what was received a page shows.
const shownBytes = 64 << 10

// ShowQuarantined shows one entry.
func (ps *Pages) ShowQuarantined(w http.ResponseWriter, r *http.Request) error {
	q, err := ps.quarantined(r)
	if err != nil {
		return err
	}
	p := views.QuarantineEntryProps{
		QuarantinedProps: quarantinedProps(q), Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Network: q.Network,
		Raw: string(q.Raw[:min(len(q.Raw), shownBytes)]), Size: q.Size, ReplayID: q.ReplayID, Done: input.QuarantineDone.In(input.Of(r)),
	}
	since := q.LastReceivedAt
	if q.EndedAt != nil {
		since, p.EndedAt = *q.EndedAt, *q.EndedAt
	}
	if q.TriedAt != nil {
		p.TriedAt = *q.TriedAt
	}
	if q.ReplayAt != nil {
		p.ReplayAt = *q.ReplayAt
	}
	p.ExpiresAt = since.AddDate(0, 0, ps.Days)
	return handlers.Render(w, r, http.StatusOK, views.QuarantineEntry(p))
}

// quarantined is the entry that a path names.
func (ps *Pages) quarantined(r *http.Request) (store.Quarantined, error) {
	unknown := domain.Errorf(domain.NotFound, "There is no such entry in quarantine. Entries that ended are removed after some time.")
	q, err := ps.Store.QuarantineEntry(r.Context(), input.PathID(r))
	if domain.KindOf(err) == domain.NotFound {
		return q, unknown
	}
	return q, err
}

// ReplayQuarantined reads an entry again and leads back to it.
func (ps *Pages) ReplayQuarantined(w http.ResponseWriter, r *http.Request) error {
	q, err := ps.quarantined(r)
	if err != nil {
		return err
	}
	if _, err := ps.Store.ReplayEntry(r.Context(), handlers.Actor(r.Context()), q.ID, ps.Reread); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.QuarantinedDoneURL(q.ID, "replay")), http.StatusSeeOther)
	return nil
}

// DiscardQuarantined ends an entry without an event and leads back to it.
func (ps *Pages) DiscardQuarantined(w http.ResponseWriter, r *http.Request) error {
	q, err := ps.quarantined(r)
	if err != nil {
		return err
	}
	if err := ps.Store.DiscardEntry(r.Context(), handlers.Actor(r.Context()), q.ID); err != nil {
		return err
	}
	http.Redirect(w, r, string(views.QuarantinedDoneURL(q.ID, "discard")), http.StatusSeeOther)
	return nil
}

// readKind reads which kind of entries a form is about.
func readKind(r *http.Request) (store.Kind, error) {
	in := input.Of(r)
	id := input.SourceID.In(in)
	if id == 0 {
		return store.Kind{}, domain.InvalidField("source", "Give the number of a source, such as 1.")
	}
	return store.Kind{SourceID: id, Field: input.EntryField.In(in), Problem: input.EntryProblem.In(in)}, nil
}

// ReplayKind has all open entries of a kind read again in the background, and
// leads to how far that has come.
func (ps *Pages) ReplayKind(w http.ResponseWriter, r *http.Request) error {
	kind, err := readKind(r)
	if err != nil {
		return err
	}
	id, err := ps.Store.StartReplay(r.Context(), handlers.Actor(r.Context()), kind)
	if err != nil {
		return err
	}
	http.Redirect(w, r, string(views.ReplayURL(id)), http.StatusSeeOther)
	return nil
}

// DiscardKind ends all open entries of a kind without events.
func (ps *Pages) DiscardKind(w http.ResponseWriter, r *http.Request) error {
	kind, err := readKind(r)
	if err != nil {
		return err
	}
	n, err := ps.Store.DiscardKind(r.Context(), handlers.Actor(r.Context()), kind)
	if err != nil {
		return err
	}
	if n == 0 {
		return domain.Errorf(domain.NotFound, "There are no open entries of this kind any more.")
	}
	http.Redirect(w, r, string(views.QuarantineURL(views.Query{}.With("done", "discard"))), http.StatusSeeOther)
	return nil
}

// ShowReplay shows how far the replay of a kind has come: the page, or for htmx
// the part of it that moves.
func (ps *Pages) ShowReplay(w http.ResponseWriter, r *http.Request) error {
	unknown := domain.Errorf(domain.NotFound, "There is no such replay.")
	run, err := ps.Store.Replay(r.Context(), input.PathID(r))
	if domain.KindOf(err) == domain.NotFound {
		return unknown
	}
	if err != nil {
		return err
	}
	p := replayProps(r.Context(), run)
	if r.Header.Get("HX-Request") != "" {
		return handlers.Render(w, r, http.StatusOK, views.ReplayProgress(p))
	}
	return handlers.Render(w, r, http.StatusOK, views.Replay(p))
}

func replayProps(ctx context.Context, run store.Replay) views.ReplayProps {
	return views.ReplayProps{
		Viewer: handlers.Viewer(ctx), Now: time.Now(), ID: run.ID, Source: run.Source, Field: run.Field, Problem: run.Problem, Actor: run.Actor,
		StartedAt: run.CreatedAt, Entries: run.Entries, Waiting: run.Waiting, Accepted: run.Accepted, Duplicates: run.Duplicates, Refused: run.Refused,
	}
}
