package handlers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/views"
)

// ListSources shows which fields sources leave out or send in a form that has to be mended.
func (d *Dashboard) ListSources(w http.ResponseWriter, r *http.Request) error {
	p, err := d.sources(r)
	if err != nil {
		return err
	}
	return render(w, r, http.StatusOK, views.Sources(p))
}

// ListSourcesCSV answers the same list to take away.
func (d *Dashboard) ListSourcesCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := d.sources(r)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, g := range p.Gaps {
		rows = append(rows, []string{g.Source, g.Kind, g.Field, strconv.Itoa(g.Events), strconv.Itoa(g.Of)})
	}
	return sendCSV(w, "sources.csv", []string{"source", "kind", "field", "events", "of"}, whole(rows))
}

func (d *Dashboard) sources(r *http.Request) (views.SourcesProps, error) {
	period, err := views.ReadPeriod(views.QueryOf(r.URL.Query()).Only("period"), time.Now())
	if err != nil {
		return views.SourcesProps{}, err
	}
	if period.From.IsZero() {
		return views.SourcesProps{}, domain.InvalidField("period", "Choose a period that begins somewhere.")
	}
	p := views.SourcesProps{Viewer: Viewer(r.Context()), Period: period, Since: period.From.UTC().Truncate(24 * time.Hour)}
	p.Gaps, err = d.gaps(r.Context(), p.Since)
	return p, err
}

// gaps are the fields that sources left out, or that were mended, since a midnight.
func (d *Dashboard) gaps(ctx context.Context, since time.Time) ([]views.GapProps, error) {
	found, err := d.Store.IncompleteSources(ctx, since)
	var gaps []views.GapProps
	for _, g := range found {
		gaps = append(gaps, views.GapProps{Source: g.Source, Kind: g.Kind, Field: g.Field, Events: g.Events, Of: g.Of})
	}
	return gaps, err
}
