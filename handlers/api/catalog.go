package api

import (
	"net/http"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/handlers"
	"wherefore/store"
)

// network is a network's part of the catalogue.
type network struct {
	ID      domain.Network `json:"id"`
	Name    string         `json:"name"`
	Docs    string         `json:"docs"`
	Reasons []entry        `json:"reasons"`
}

// entry is all that the catalogue says of a reason.
type entry struct {
	reason
	HoldsSeconds int      `json:"holds_seconds"` // how long it is true after a failed call of which nothing newer is known
	SupportSay   string   `json:"support_say"`
	SupportAvoid string   `json:"support_avoid"`
	Note         string   `json:"note"`
	Docs         string   `json:"docs"`
	Parsers      []string `json:"parsers"` // the built-in ones that yield it
}

// ShowCatalog answers every reason of every network, in one language: those of
// the catalogue, and those that were found on the dashboard.
func (a *API) ShowCatalog(w http.ResponseWriter, r *http.Request, _ store.Source) error {
	locale := handlers.Locale(w, r)
	known, err := a.Store.Reasons(r.Context())
	if err != nil {
		return err
	}
	networks := []network{}
	for _, n := range a.Catalog.Networks() {
		networks = append(networks, network{n.Network, n.Network.Name(), n.Docs, a.entries(n, known, locale)})
	}
	return writeJSON(w, map[string]any{"locales": catalog.Locales(), "networks": networks})
}

func (a *API) entries(n *catalog.NetworkEntry, known []domain.ReasonID, locale string) []entry {
	parsers := map[domain.ReasonID][]string{}
	for _, p := range n.Parsers {
		parsers[p.Reason] = append(parsers[p.Reason], p.Name)
	}
	entries := []entry{}
	for _, r := range a.Catalog.Entries(n.Network, known) {
		words := a.Catalog.Words(r.ID, locale)
		entries = append(entries, entry{
			reason:       reason{r.ID, r.Category, r.Side, r.Reconnect, r.ClearsItself, r.Category.Retryable(), newWords(words)},
			HoldsSeconds: int(r.Holds.Seconds()), SupportSay: words.SupportSay, SupportAvoid: words.SupportAvoid,
			Note: r.Note, Docs: r.Docs, Parsers: append([]string{}, parsers[r.ID]...),
		})
	}
	return entries
}
