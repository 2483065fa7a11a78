package events

import (
	"iter"
	"net/http"
	"strconv"
	"time"

	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// affectedPerPage is how many rows a list of affected profiles shows.
const affectedPerPage = 50

// ListAffected lists the profiles that have errors which a filter chooses.
func (ps *Pages) ListAffected(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	asked, err := ps.readEventQuery(r)
	if err != nil {
		return err
	}
	cursor := input.Page.In(input.Of(r))
	page, err := ps.Store.AffectedProfiles(ctx, asked.filter, cursor, affectedPerPage)
	if err != nil {
		return err
	}
	groups, err := ps.eventGroups(ctx, asked.filter)
	if err != nil {
		return err
	}
	known, err := ps.Store.Reasons(ctx)
	if err != nil {
		return err
	}
	props := views.AffectedProps{
		Viewer: handlers.Viewer(ctx), Now: time.Now(), Query: asked.query, Period: asked.period, Total: page.Total,
		Choices: ps.eventChoices(asked, groups, known), Later: cursor != "", Older: page.Next,
	}
	for _, p := range page.Rows {
		props.Rows = append(props.Rows, views.AffectedRow{
			ID: p.ID, Name: p.Name, Network: p.Network, State: p.State, Since: p.Since,
			Errors: p.Errors, Disconnections: p.Disconnections, LastAt: p.LastAt,
		})
	}
	return handlers.Render(w, r, http.StatusOK, views.Affected(props))
}

// ListAffectedCSV sends the same list, all of it.
func (ps *Pages) ListAffectedCSV(w http.ResponseWriter, r *http.Request) error {
	asked, err := ps.readEventQuery(r)
	if err != nil {
		return err
	}
	head := []string{"profile_id", "profile_name", "network", "state", "since", "errors", "disconnections", "last_error_at"}
	return handlers.SendCSV(w, "affected-profiles.csv", head, affectedRecords(ps.Store.AllAffected(r.Context(), asked.filter)))
}

func affectedRecords(profiles iter.Seq2[store.AffectedProfile, error]) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for p, err := range profiles {
			record := []string{p.ID, p.Name, string(p.Network), string(p.State), p.Since.UTC().Format(time.RFC3339),
				strconv.Itoa(p.Errors), strconv.Itoa(p.Disconnections), p.LastAt.UTC().Format(time.RFC3339)}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}
