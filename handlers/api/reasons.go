package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
)

// maxProfiles is how many profiles one request may ask for.
const maxProfiles = 1000

// answer tells why a profile is as it is, in words for its customer. It never
// holds the network's own text.
type answer struct {
	ProfileID string         `json:"profile_id"`
	Network   domain.Network `json:"network"`
	State     domain.State   `json:"state"`
	Since     time.Time      `json:"since"`
	Outcome   string         `json:"outcome"` // "parsed", "unparsed", or "none" when nothing is wrong
	Reason    *reason        `json:"reason"`
	Current   bool           `json:"current"`  // what went wrong is so now
	Needless  bool           `json:"needless"` // the profile should not have been disconnected
	Error     *unexplained   `json:"error,omitempty"`
	EventID   string         `json:"event_id,omitempty"`
	Parser    *parser        `json:"parser,omitempty"`
	URL       string         `json:"url,omitempty"`
}

type reason struct {
	ID             domain.ReasonID `json:"id"`
	Category       domain.Category `json:"category"`
	Side           domain.Side     `json:"side"`
	ReconnectHelps domain.Helps    `json:"reconnect_helps"`
	ClearsItself   bool            `json:"clears_itself"`
	Retryable      bool            `json:"retryable"`
	words
}

type words struct {
	Title   string   `json:"title"`
	Message string   `json:"message"`
	Steps   []string `json:"steps"`
	Link    string   `json:"link,omitempty"`
	Prevent string   `json:"prevent"`
	Locale  string   `json:"locale"`
}

type parser struct {
	Name    string `json:"name"`
	Ruleset int    `json:"ruleset"`
}

// unexplained stands in for the reason that nobody knows yet.
type unexplained struct {
	Code    string           `json:"code"` // "unparsed", or "not-found" for a profile never heard of
	Cluster domain.ClusterID `json:"cluster,omitempty"`
	*words
}

// ShowReason answers why a profile is as it is.
func (a *API) ShowReason(w http.ResponseWriter, r *http.Request, _ store.Source) error {
	id := r.PathValue("profile_id")
	if id == "" {
		id = input.APIProfileID.In(input.Of(r)) // of those that can't stand in a path
	}
	if id == "" {
		return domain.InvalidField("profile_id", "A profile’s id is needed.")
	}
	latest, err := a.Store.LatestReason(r.Context(), a.IDs.ID(id))
	if err != nil {
		return err
	}
	return writeJSON(w, a.answer(latest, a.Catalog.Answers(handlers.Locale(w, r), time.Now())))
}

// ListReasons answers the same for many profiles, in the order asked.
func (a *API) ListReasons(w http.ResponseWriter, r *http.Request, _ store.Source) error {
	held := share{of: &a.inFlight}
	defer held.release()
	ids, locale, err := readProfileIDs(w, r, &held)
	if err != nil {
		return err
	}
	if locale == "" {
		locale = handlers.Locale(w, r)
	}
	for i, id := range ids {
		ids[i] = a.IDs.ID(id)
	}
	answers, err := a.answers(r.Context(), ids, locale)
	if err != nil {
		return err
	}
	return writeJSON(w, map[string]any{"reasons": answers})
}

func readProfileIDs(w http.ResponseWriter, r *http.Request, held *share) (ids []string, locale string, err error) {
	raw, err := readBody(w, r, 1<<20, held)
	if err != nil {
		return nil, "", err
	}
	var in struct {
		ProfileIDs []string `json:"profile_ids"`
		Locale     string   `json:"locale"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, "", domain.InvalidField("profile_ids", `Give a list of texts, as in {"profile_ids": ["p-123"]}.`)
	}
	switch {
	case len(in.ProfileIDs) == 0:
		return nil, "", domain.InvalidField("profile_ids", "Name at least one profile.")
	case len(in.ProfileIDs) > maxProfiles:
		return nil, "", domain.InvalidField("profile_ids", "Name at most %d profiles, not %d.", maxProfiles, len(in.ProfileIDs))
	}
	if _, ok := catalog.Locale(in.Locale); in.Locale != "" && !ok {
		return nil, "", domain.InvalidField("locale", "“%s” can't be used; give a language such as fr, pt-BR or de_AT, or a list of them.", in.Locale)
	}
	return in.ProfileIDs, in.Locale, nil
}

// missing answers for a profile never heard of.
type missing struct {
	ProfileID string      `json:"profile_id"`
	Outcome   string      `json:"outcome"`
	Error     unexplained `json:"error"`
}

func (a *API) answers(ctx context.Context, ids []string, locale string) ([]any, error) {
	found, err := a.Store.LatestReasons(ctx, ids)
	if err != nil {
		return nil, err
	}
	answers, words := make([]any, len(ids)), a.Catalog.Answers(locale, time.Now())
	for i, id := range ids {
		if latest, ok := found[id]; ok {
			answers[i] = a.answer(latest, words)
		} else {
			answers[i] = missing{id, "unknown", unexplained{Code: "not-found"}}
		}
	}
	return answers, nil
}

func (a *API) answer(latest store.LatestReason, words *catalog.Answers) answer {
	p := latest.Profile
	out := answer{ProfileID: p.ID, Network: p.Network, State: p.State, Since: p.Since, Outcome: "none", EventID: latest.EventID}
	if latest.EventID != "" {
		out.URL = a.EventURL(latest.EventID)
	}
	if !latest.Type.HasError() {
		return out
	}
	said := words.Of(latest.Trouble())
	out.Current, out.Needless = said.Current, said.Needless
	if v := latest.Verdict; v.Parsed() {
		out.Outcome, out.Reason, out.Parser = "parsed", newReason(v.Reason, said), &parser{v.Parser, v.Ruleset}
	} else {
		neutral := newWords(said.Words)
		out.Outcome, out.Error = "unparsed", &unexplained{Code: "unparsed", Cluster: latest.ClusterID, words: &neutral}
	}
	return out
}

func newReason(id domain.ReasonID, a catalog.Answer) *reason {
	return &reason{id, a.Category, a.Side, a.Reconnect, a.ClearsItself, a.Retryable, newWords(a.Words)}
}

func newWords(w catalog.Words) words {
	return words{w.Title, w.Message, append([]string{}, w.Steps...), w.Link, w.Prevent, w.Locale}
}
