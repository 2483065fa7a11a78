package api

import (
	"net/http"

	"wherefore/store"
)

// maxEvents is how many bytes one request with events may have.
const maxEvents = 32 << 20

// AddEvents takes one event, an array of events, or one event a line.
func (a *API) AddEvents(w http.ResponseWriter, r *http.Request, source store.Source) error {
	held := share{of: &a.inFlight}
	defer held.release()
	body, err := readBody(w, r, maxEvents, &held)
	if err != nil {
		return err
	}
	items, err := readBatch(r.Header.Get("Content-Type"), body)
	if err != nil {
		return err
	}
	if err := takeFrom(a.limiters.of(source.ID, a.Rates).events, len(items), "events"); err != nil {
		return err
	}
	if err := held.take(len(items) * eventCost); err != nil {
		return err
	}
	receipt, err := a.take(r.Context(), source, items)
	if err != nil {
		return err
	}
	return writeJSON(w, receipt)
}
