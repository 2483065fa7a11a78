package events

import (
	"iter"
	"net/http"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// readNeedless reads the filter of a list of needless disconnections.
func (ps *Pages) readNeedless(r *http.Request) (eventQuery, error) {
	asked, err := ps.readEventQuery(r)
	asked.filter = store.EventFilter{
		Network: asked.filter.Network, Reason: asked.filter.Reason, Unparsed: asked.filter.Unparsed, SourceID: asked.filter.SourceID,
		From: asked.filter.From, To: asked.filter.To, Needless: true,
	}
	return asked, err
}

// ListNeedless lists disconnections that were needless beside their counts by source
// and reason.
func (ps *Pages) ListNeedless(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	asked, err := ps.readNeedless(r)
	if err != nil {
		return err
	}
	page, err := ps.Store.Events(ctx, asked.filter, input.Page.In(input.Of(r)), eventsPerPage)
	if err != nil {
		return err
	}
	all := store.EventFilter{From: asked.filter.From, To: asked.filter.To}
	groups, err := ps.Store.NeedlessGroups(ctx, all)
	if err != nil {
		return err
	}
	p := views.NeedlessProps{
		Viewer: handlers.Viewer(ctx), Now: time.Now(), Query: asked.query, Period: asked.period,
		Newer: page.Previous, Older: page.Next, Groups: NeedlessGroups(groups),
	}
	for i, row := range Rows(page.Rows, domain.PM) {
		p.Rows = append(p.Rows, views.NeedlessRow{EventRow: row, Worked: page.Rows[i].Worked()})
	}
	for _, s := range asked.sources {
		p.Sources = append(p.Sources, s.Name)
	}
	return handlers.Render(w, r, http.StatusOK, views.Needless(p))
}

// NeedlessGroups shows counts of needless disconnections.
func NeedlessGroups(found []store.NeedlessGroup) []views.NeedlessGroup {
	groups := make([]views.NeedlessGroup, len(found))
	for i, g := range found {
		groups[i] = views.NeedlessGroup{Source: g.Source, Network: g.Network, Reason: g.Reason, Events: g.Events, Profiles: g.Profiles}
	}
	return groups
}

// ListNeedlessCSV sends the same list, all of it.
func (ps *Pages) ListNeedlessCSV(w http.ResponseWriter, r *http.Request) error {
	asked, err := ps.readNeedless(r)
	if err != nil {
		return err
	}
	head := []string{"event_id", "occurred_at", "source", "network", "reason", "category", "profile_id", "profile_name", "operation", "worked_at", "worked_profile_id"}
	return handlers.SendCSV(w, "needless.csv", head, needlessRecords(ps.Store.AllEvents(r.Context(), asked.filter)))
}

func needlessRecords(events iter.Seq2[store.EventSummary, error]) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for e, err := range events {
			cause, _ := e.Reason.Cause().Info()
			worked, at := e.Worked(), ""
			if !worked.At.IsZero() {
				at = worked.At.UTC().Format(time.RFC3339Nano)
			}
			record := []string{e.ID, e.OccurredAt.UTC().Format(time.RFC3339Nano), e.Source, string(e.Network), string(e.Reason),
				string(cause.Category), e.ProfileID, e.ProfileName, e.Operation, at, worked.Profile}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}
