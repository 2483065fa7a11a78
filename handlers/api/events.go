package api

import (
	"net/http"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/store"
)

// maxEvents is how many bytes one request with events may have.
const maxEvents = 32 << 20

// AddEvents takes one event, an array of events, or one event a line.
func (a *API) AddEvents(w http.ResponseWriter, r *http.Request, source store.Source) error {
	raw, err := body(w, r, maxEvents)
	if err != nil {
		return err
	}
	b, err := readBatch(r.Header.Get("Content-Type"), raw)
	if domain.KindOf(err) == domain.Invalid {
		writeProblem(w, http.StatusBadRequest, newProblem(handlers.Failure{Status: http.StatusBadRequest, Words: err.Error()}))
		return nil
	}
	if err != nil {
		return err
	}
	receipt, err := a.take(r.Context(), source.ID, b)
	if err != nil {
		return err
	}
	if len(b.items) > 0 && receipt.Rejected == len(b.items) {
		writeProblem(w, http.StatusUnprocessableEntity, refusal(receipt))
		return nil
	}
	return writeJSON(w, receipt)
}

// refusal is the problem of a request all of whose events are wrong: it names
// the first fault and lists all.
func refusal(receipt Receipt) any {
	first := receipt.Results[0]
	return struct {
		problem
		Receipt
	}{
		problem{
			Title: "No event could be taken", Status: http.StatusUnprocessableEntity,
			Detail: first.Error, Field: first.Field,
		},
		receipt,
	}
}
