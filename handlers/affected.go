package handlers

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
)

// affectedPerPage is how many rows a list of affected profiles shows.
const affectedPerPage = 50

// ListAffected lists the profiles that have errors which a filter chooses.
func (d *Dashboard) ListAffected(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	asked, err := d.readEventQuery(r)
	if err != nil {
		return err
	}
	after, err := readAffectedKey(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	page, err := d.Store.AffectedProfiles(ctx, asked.filter, after, affectedPerPage)
	if err != nil {
		return err
	}
	groups, err := d.eventGroups(ctx, asked.filter)
	if err != nil {
		return err
	}
	known, err := d.Store.Reasons(ctx)
	if err != nil {
		return err
	}
	props := views.AffectedProps{
		Viewer: Viewer(ctx), Now: time.Now(), Query: asked.query, Period: asked.period, Total: page.Total,
		Choices: d.eventChoices(asked, groups, known), Later: after != nil,
	}
	for _, p := range page.Profiles {
		props.Rows = append(props.Rows, views.AffectedRow{
			ID: p.ID, Name: p.Name, Network: p.Network, State: p.State, Since: p.Since,
			Errors: p.Errors, Disconnections: p.Disconnections, LastAt: p.LastAt,
		})
	}
	if page.Next != nil {
		props.After = strconv.Itoa(page.Next.Errors) + "." + page.Next.ID
	}
	return render(w, r, http.StatusOK, views.Affected(props))
}

// readAffectedKey reads a place in the list, nil from "".
func readAffectedKey(text string) (*store.AffectedKey, error) {
	if text == "" {
		return nil, nil
	}
	errors, id, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(errors)
	if err != nil || n <= 0 || id == "" {
		return nil, domain.InvalidField("after", "“%s” is no place in this list.", text)
	}
	return &store.AffectedKey{Errors: n, ID: id}, nil
}

// ListAffectedCSV sends the same list, all of it.
func (d *Dashboard) ListAffectedCSV(w http.ResponseWriter, r *http.Request) error {
	asked, err := d.readEventQuery(r)
	if err != nil {
		return err
	}
	head := []string{"profile_id", "profile_name", "network", "state", "since", "errors", "disconnections", "last_error_at"}
	return sendCSV(w, "affected-profiles.csv", head, affectedRecords(d.Store.AllAffected(r.Context(), asked.filter)))
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
