package api

import (
	"context"
	"errors"
	"slices"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/domain/scrub"
	"wherefore/store"
)

// Receipt says what became of a request's events. Accepted, Duplicates and
// Quarantined add up to what was sent.
type Receipt struct {
	Accepted    int      `json:"accepted"`
	Duplicates  int      `json:"duplicates"`
	Quarantined int      `json:"quarantined"`
	Results     []Result `json:"results"` // of all that was not plainly accepted, in the order sent
}

// Result is what became of one event that was not plainly accepted.
type Result struct {
	Index     int      `json:"index"` // its place in the request, from 0
	ID        string   `json:"id,omitempty"`
	Status    string   `json:"status"` // "accepted", "duplicate" or "quarantined"
	Field     string   `json:"field,omitempty"`
	Error     string   `json:"error,omitempty"`
	Mended    []string `json:"mended,omitempty"` // fields of an accepted event
	Retryable bool     `json:"retryable"`
}

// take stores what a source sent, whole or not at all.
func (a *API) take(ctx context.Context, source store.Source, items []item) (Receipt, error) {
	s, err := a.sort(ctx, items)
	if err != nil {
		return Receipt{}, err
	}
	a.countLookups(source.Name, s)
	for {
		outcomes, err := a.Intake.Add(ctx, source.ID, s.events, s.unusable)
		var conflict *store.NetworkConflict
		if errors.As(err, &conflict) {
			s.setAside(conflict.Problems) // and no longer in the way of the others
			continue
		}
		if err != nil {
			return Receipt{}, err
		}
		return s.receipt(outcomes), nil
	}
}

// sorted is a batch of which each item is an event or unusable.
type sorted struct {
	items    []item
	places   []int // of events, among the items
	events   []store.NewEvent
	unusable []store.Unusable
	results  []Result // of unusable
	ids      scrub.Hasher
}

// sort fills in what the source left out, and explains what has a network then.
func (a *API) sort(ctx context.Context, items []item) (*sorted, error) {
	var profiles []string
	for i := range items {
		scrubEvent(a.IDs, &items[i].event)
		if e := items[i].event; items[i].err == nil && (e.Network == "" || e.ProfileName == "" || e.OwnerID == "" || e.CredentialID == "") {
			profiles = append(profiles, items[i].event.ProfileID)
		}
	}
	known, err := a.known(ctx, profiles)
	if err != nil {
		return nil, err
	}
	answers := a.directoryAnswers(ctx, items, known)
	s := &sorted{items: items, ids: a.IDs}
	for i, it := range items {
		e := it.event
		var lookups []store.Lookup
		if it.err == nil {
			fill(&e, known[e.ProfileID])
			lookups = a.lookUp(&e, answers)
		}
		switch {
		case it.err != nil:
			s.quarantine(i, it.err)
		case e.Network == "":
			problem, replay := noNetwork(lookups)
			u := s.quarantine(i, problem)
			u.Lookups, u.Replay = lookups, replay
		case !e.Network.Known():
			s.quarantine(i, domain.InvalidField("network", "There is no such network."))
		default:
			n := Explain(a.Engine, e)
			n.Lookups = lookups
			s.places, s.events = append(s.places, i), append(s.events, n)
			if _, ok := known[e.ProfileID]; !ok {
				known[e.ProfileID] = domain.Profile{Network: e.Network} // for those that follow
			}
		}
	}
	return s, nil
}

// known is what is known of profiles of which a source left something out.
func (a *API) known(ctx context.Context, profiles []string) (map[string]domain.Profile, error) {
	if len(profiles) == 0 {
		return map[string]domain.Profile{}, nil
	}
	return a.Store.KnownProfiles(ctx, profiles)
}

// maxKept is how many bytes of an item are kept in quarantine. No event is that
// long, as its error would be too large.
const maxKept = 2 * maxError

// keptOf is what is kept of an item. It is cut after its secrets were removed, since a
// part of a secret may not be known as one.
func keptOf(ids scrub.Hasher, raw []byte) []byte {
	const longest = 64 << 10 // of what tells that something is a secret
	clean := scrubItem(ids, raw[:min(len(raw), maxKept+longest)])
	return clean[:min(len(clean), maxKept)]
}

// quarantine sets the item at a place aside, because of an error.
func (s *sorted) quarantine(place int, err error) *store.Unusable {
	it := s.items[place]
	u := store.Unusable{
		Raw: keptOf(s.ids, it.raw), Problem: err.Error(),
		SourceEventID: it.event.SourceEventID, ProfileID: it.event.ProfileID, Network: string(it.event.Network),
	}
	var invalid *domain.Error
	if errors.As(err, &invalid) {
		u.Field, u.Problem = invalid.Field, invalid.Message
	}
	u.Problem = scrub.Text(u.Problem) // may quote what was sent
	s.unusable = append(s.unusable, u)
	s.results = append(s.results, Result{
		Index: place, ID: u.SourceEventID, Status: "quarantined", Field: u.Field, Error: u.Problem,
	})
	return &s.unusable[len(s.unusable)-1]
}

// setAside quarantines events, because of problems by their places.
func (s *sorted) setAside(problems map[int]*domain.Error) {
	places, events := s.places, s.events
	s.places, s.events = nil, nil
	for i, e := range events {
		if problem := problems[i]; problem != nil {
			s.quarantine(places[i], problem).Lookups = e.Lookups
			continue
		}
		s.places, s.events = append(s.places, places[i]), append(s.events, e)
	}
}

func (s *sorted) receipt(outcomes []store.Outcome) Receipt {
	r := Receipt{Quarantined: len(s.unusable), Results: append([]Result{}, s.results...)}
	for i, outcome := range outcomes {
		result := Result{Index: s.places[i], ID: s.events[i].SourceEventID, Mended: outcome.Mended}
		switch {
		case outcome.Duplicate:
			r.Duplicates++
			result.Status, result.Mended = "duplicate", nil
		case len(outcome.Mended) > 0:
			r.Accepted++
			result.Status = "accepted"
		default:
			r.Accepted++
			continue
		}
		r.Results = append(r.Results, result)
	}
	slices.SortFunc(r.Results, func(a, b Result) int { return a.Index - b.Index })
	return r
}

// fill takes what the source left out from what is known of the profile. When
// an event arrived is for the store to say.
func fill(e *domain.Event, known domain.Profile) {
	network := string(e.Network)
	for _, f := range []struct {
		name  string
		value *string
		known string
	}{
		{"network", &network, string(known.Network)},
		{"profile_name", &e.ProfileName, known.Name},
		{"owner_id", &e.OwnerID, known.OwnerID},
		{"credential_id", &e.CredentialID, known.CredentialID},
	} {
		if *f.value != "" {
			continue
		}
		*f.value = f.known
		if !slices.Contains(e.Mended, f.name) {
			e.Defaulted = append(e.Defaulted, f.name)
		}
	}
	e.Network = domain.Network(network)
}

// Explain explains an event's error, for the store. An event without an error stays
// as it is.
func Explain(engine *explain.Engine, e domain.Event) store.NewEvent {
	if !e.Type.HasError() {
		return store.NewEvent{Event: e}
	}
	x := engine.Explain(e.Network, e.Status, e.Raw)
	e.Raw, e.Scrubbed = x.Error, merged(e.Scrubbed, x.Removed)
	return store.NewEvent{
		Event: e, Cleaned: domain.CleanText(e.Raw), Facts: x.Facts, Verdict: x.Verdict, Shape: x.Shape,
		Shadows: engine.ShadowMatches(e.Network, x.Facts, x.Verdict),
	}
}
