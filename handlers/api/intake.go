package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/parse"
	"wherefore/store"
)

// Receipt says what became of a request's events. Accepted, Duplicates,
// Quarantined and Rejected add up to what was sent.
type Receipt struct {
	Accepted    int      `json:"accepted"`
	Duplicates  int      `json:"duplicates"`
	Quarantined int      `json:"quarantined"`
	Rejected    int      `json:"rejected"`
	Results     []Result `json:"results"` // of all that was not plainly accepted, in the order sent
}

// Result is what became of one event that was not plainly accepted.
type Result struct {
	Index     int    `json:"index"` // its place in the request, from 0
	ID        string `json:"id,omitempty"`
	Status    string `json:"status"` // "duplicate", "quarantined" or "rejected"
	Field     string `json:"field,omitempty"`
	Error     string `json:"error,omitempty"`
	Retryable bool   `json:"retryable"`
}

func (r *Receipt) add(result Result) {
	switch result.Status {
	case "duplicate":
		r.Duplicates++
	case "quarantined":
		r.Quarantined++
	case "rejected":
		r.Rejected++
	}
	r.Results = append(r.Results, result)
}

// sorted is a batch after checking: every item is in one of the three.
type sorted struct {
	events   []store.NewEvent
	indexes  []int // of events, in the batch
	unusable []store.Unusable
	receipt  Receipt
}

// Take stores items that a source sent, whole or not at all, as AddEvents does
// with those of a request.
func (a *API) Take(ctx context.Context, sourceID int64, items [][]byte) (Receipt, error) {
	return a.take(ctx, sourceID, batch{items: items})
}

// take stores a batch whole or not at all. An item with a wrong field is
// rejected, as only its sender can put it right; one that is well-formed but
// can't be used yet, or can't be told apart from its neighbours, is kept in
// quarantine.
func (a *API) take(ctx context.Context, sourceID int64, b batch) (Receipt, error) {
	s, err := a.sort(ctx, b)
	if err != nil {
		return Receipt{}, err
	}
	outcomes, err := a.Store.AddEvents(ctx, sourceID, s.events, s.unusable)
	if err != nil {
		return Receipt{}, err
	}
	for i, outcome := range outcomes {
		if outcome.Duplicate {
			s.receipt.add(Result{Index: s.indexes[i], ID: s.events[i].SourceEventID, Status: "duplicate"})
		} else {
			s.receipt.Accepted++
		}
	}
	slices.SortFunc(s.receipt.Results, func(a, b Result) int { return a.Index - b.Index })
	return s.receipt, nil
}

func (a *API) sort(ctx context.Context, b batch) (sorted, error) {
	s := sorted{receipt: Receipt{Results: []Result{}}}
	read := make(map[int]domain.Event, len(b.items))
	var profiles []string
	for i, item := range b.items {
		e, err := readItem(item)
		if err != nil {
			s.receipt.add(rejected(i, e.SourceEventID, err))
			continue
		}
		read[i] = e
		profiles = append(profiles, e.ProfileID)
	}
	known, err := a.Store.ProfileDirectory(ctx, profiles)
	if err != nil {
		return s, err
	}
	for i, item := range b.items {
		if e, ok := read[i]; ok {
			fill(&e, known[e.ProfileID])
			s.place(i, item, e, a)
		}
	}
	if len(b.rest) > 0 {
		s.quarantine(len(b.items), domain.Event{}, b.rest, "", "what follows can't be read as JSON")
	}
	return s, nil
}

// place explains an event, or puts it into quarantine when its network is unknown.
func (s *sorted) place(index int, item []byte, e domain.Event, a *API) {
	switch {
	case e.Network == "":
		s.quarantine(index, e, item, "network", "is missing, and the profile was never heard of")
	case !e.Network.Known():
		s.quarantine(index, e, item, "network", "is not one that is known here")
	default:
		s.events = append(s.events, Explain(a.Engine, a.Shaper, e))
		s.indexes = append(s.indexes, index)
	}
}

func (s *sorted) quarantine(index int, e domain.Event, raw []byte, field, problem string) {
	clean, _ := domain.Scrub(raw)
	s.unusable = append(s.unusable, store.Unusable{
		Raw: clean, Field: field, Problem: problem,
		SourceEventID: e.SourceEventID, ProfileID: e.ProfileID, Network: string(e.Network),
	})
	s.receipt.add(Result{Index: index, ID: e.SourceEventID, Status: "quarantined", Field: field, Error: sentence(field, problem)})
}

func rejected(index int, id string, err error) Result {
	result := Result{Index: index, ID: id, Status: "rejected", Error: err.Error()}
	var invalid *domain.Error
	if errors.As(err, &invalid) {
		result.Field, result.Error = invalid.Field, sentence(invalid.Field, invalid.Words)
	}
	return result
}

// sentence puts the field at fault before what is wrong with it.
func sentence(field, words string) string {
	if field == "" {
		return words
	}
	return field + " " + words
}

// fill takes what the source left out from what is known of the profile.
func fill(e *domain.Event, known domain.Profile) {
	if e.OccurredAt.IsZero() {
		e.OccurredAt = time.Now().UTC().Round(time.Microsecond)
		e.Filled = append(e.Filled, "occurred_at")
	}
	if e.Network == "" {
		e.Network = known.Network
		e.Filled = append(e.Filled, "network")
	}
	for _, f := range []struct {
		name  string
		value *string
		known string
	}{
		{"profile_name", &e.ProfileName, known.Name},
		{"owner_id", &e.OwnerID, known.OwnerID},
		{"credential_id", &e.CredentialID, known.CredentialID},
	} {
		if *f.value == "" {
			*f.value = f.known
			e.Filled = append(e.Filled, f.name)
		}
	}
}

// Explain scrubs an event's error, reads its facts and decides on it; one that
// stays unparsed gets its shape. An event without an error stays as it is.
func Explain(engine *parse.Engine, shaper *cluster.Shaper, e domain.Event) store.NewEvent {
	if !e.Type.HasError() {
		return store.NewEvent{Event: e}
	}
	e.Raw, e.Scrubbed = domain.Scrub(e.Raw)
	facts, verdict := engine.Explain(e.Network, e.Status, e.Raw)
	n := store.NewEvent{Event: e, Cleaned: domain.CleanText(e.Raw), Facts: facts, Verdict: verdict}
	n.Shadows = engine.ShadowMatches(e.Network, facts, verdict)
	if !verdict.Parsed() {
		n.Shape = shaper.Of(e.Network, facts)
	}
	return n
}
