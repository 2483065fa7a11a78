package quarantine

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// ListSources shows every source: what it sent in a window and what became of it.
func (ps *Pages) ListSources(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.sources(r)
	if err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Sources(p))
}

// ListSourcesCSV answers the same list to take away.
func (ps *Pages) ListSourcesCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.sources(r)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, s := range p.Sources {
		heard := ""
		if !s.LastHeardAt.IsZero() {
			heard = s.LastHeardAt.UTC().Format(time.RFC3339)
		}
		row := []string{s.Name, heard, p.Window.From.Format(time.RFC3339), p.Window.To.Format(time.RFC3339)}
		for _, n := range []int{s.Sent(), s.Accepted, s.Duplicates, s.Quarantined, s.Replayed, s.Mended, s.Missing, s.Open} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	head := []string{"source", "last_heard_at", "from", "to", "sent", "accepted", "duplicates", "quarantined", "replayed",
		"mended_fields", "missing_fields", "open_in_quarantine"}
	return handlers.SendCSV(w, "sources.csv", head, handlers.Whole(rows))
}

// ListSourceFieldsCSV answers the fields that sources left out, or that were
// mended, to take away.
func (ps *Pages) ListSourceFieldsCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.sources(r)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, g := range p.MissingFields {
		rows = append(rows, []string{g.Source, g.Kind, g.Field, strconv.Itoa(g.Events), strconv.Itoa(g.Of)})
	}
	return handlers.SendCSV(w, "source-fields.csv", []string{"source", "kind", "field", "events", "of"}, handlers.Whole(rows))
}

// ShowSource shows one source.
func (ps *Pages) ShowSource(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.sources(r)
	if err != nil {
		return err
	}
	for _, s := range p.Sources {
		if s.ID == input.PathID(r) {
			return handlers.Render(w, r, http.StatusOK, views.Source(p.Of(s)))
		}
	}
	return domain.Errorf(domain.NotFound, "There is no such source.")
}

func (ps *Pages) sources(r *http.Request) (views.SourcesProps, error) {
	ctx, now := r.Context(), time.Now()
	span, err := views.ReadSourceSpan(views.QueryOf(r.URL.Query()).Only("period").FromForm())
	if err != nil {
		return views.SourcesProps{}, err
	}
	p := views.SourcesProps{Viewer: handlers.Viewer(ctx), Now: now, Span: span, Window: views.SourceWindow(span, now)}
	reports, err := ps.Store.SourceReports(ctx, p.Window.From, p.Window.To)
	if err != nil {
		return p, err
	}
	hours, err := ps.Store.SourceHours(ctx, p.Window.From, p.Window.To)
	if err != nil {
		return p, err
	}
	slots := sourceSlots(hours, span, p.Window)
	for _, report := range reports {
		s := sourceProps(report)
		if s.Slots = slots[s.ID]; s.Slots == nil {
			s.Slots = make([]views.SourceSlot, span.Slots)
		}
		p.Sources = append(p.Sources, s)
	}
	if p.MissingFields, err = MissingFields(ctx, ps.Store, p.Window); err != nil {
		return p, err
	}
	p.Lookups, err = ps.lookups(ctx, p)
	return p, err
}

// sourceSlots sums the hours of each source up by the slots of a span.
func sourceSlots(hours []store.SourceHour, span views.TrendSpan, w views.Window) map[int64][]views.SourceSlot {
	slots := map[int64][]views.SourceSlot{}
	for _, h := range hours {
		if slots[h.SourceID] == nil {
			slots[h.SourceID] = make([]views.SourceSlot, span.Slots)
		}
		if i := int(h.Hour.Sub(w.From) / span.Slot); i < span.Slots { // past the end for clocks that are ahead
			s := &slots[h.SourceID][i]
			s.Accepted, s.Duplicates, s.Quarantined = s.Accepted+h.Accepted, s.Duplicates+h.Duplicates, s.Quarantined+h.Quarantined
		}
	}
	return slots
}

func sourceProps(r store.SourceReport) views.SourceProps {
	p := views.SourceProps{
		ID: r.ID, Name: r.Name, Accepted: r.Accepted, Duplicates: r.Duplicates, Quarantined: r.Quarantined, Replayed: r.Replayed,
		Mended: r.Mended, Missing: r.Missing, Open: r.Open,
	}
	if r.LastHeardAt != nil {
		p.LastHeardAt = *r.LastHeardAt
	}
	return p
}

// MissingFields are the fields that sources left out, or that were mended, in a window.
func MissingFields(ctx context.Context, s *store.Store, w views.Window) ([]views.MissingFieldProps, error) {
	found, err := s.MissingFields(ctx, w.From, w.To)
	var fields []views.MissingFieldProps
	for _, g := range found {
		fields = append(fields, views.MissingFieldProps{SourceID: g.SourceID, Source: g.Source, Kind: g.Kind, Field: g.Field, Events: g.Events, Of: g.Of})
	}
	return fields, err
}
