package events

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// eventsPerPage is how many rows a list of events shows.
const eventsPerPage = 50

// eventQuery is what the address of a list of events asks for.
type eventQuery struct {
	query   views.Query // what of the address is known and not empty, without the page
	period  views.Period
	filter  store.EventFilter
	sources []store.Source
}

// readEventQuery reads the filter of a request. A period that can't be, and a
// source that there is not, are Invalid.
func (ps *Pages) readEventQuery(r *http.Request) (eventQuery, error) {
	q, in := views.QueryOf(r.URL.Query()).FromForm().Without("page"), input.Of(r)
	period, err := views.ReadPeriod(q, time.Now())
	if err != nil {
		return eventQuery{}, err
	}
	sources, err := ps.Store.Sources(r.Context())
	if err != nil {
		return eventQuery{}, err
	}
	f := store.EventFilter{
		Network: input.Network.In(in), Category: input.Category.In(in), Type: input.EventType.In(in), Format: input.Format.In(in),
		ProfileID: input.Profile.In(in), Parser: input.Parser.In(in), ClusterID: input.Cluster.In(in), OnArrival: input.OnArrival.In(in),
		Needless: input.Needless.In(in), Reason: input.Reason.In(in), From: period.From, To: period.To,
	}
	if f.Reason == views.UnparsedReason {
		f.Reason, f.Unparsed = "", true
	}
	f.SourceID, err = handlers.SourceID(sources, input.Source.In(in))
	return eventQuery{q, period, f, sources}, err
}

// ListDisconnections lists events beside their counts by network and reason.
func (ps *Pages) ListDisconnections(w http.ResponseWriter, r *http.Request) error {
	asked, err := ps.readEventQuery(r)
	if err != nil {
		return err
	}
	page, err := ps.Store.Events(r.Context(), asked.filter, input.Page.In(input.Of(r)), eventsPerPage)
	if err != nil {
		return err
	}
	groups, err := ps.eventGroups(r.Context(), asked.filter)
	if err != nil {
		return err
	}
	known, err := ps.Store.Reasons(r.Context())
	if err != nil {
		return err
	}
	any, err := ps.anyEvent(r.Context(), page)
	if err != nil {
		return err
	}
	viewer := handlers.Viewer(r.Context())
	return handlers.Render(w, r, http.StatusOK, views.Disconnections(views.DisconnectionsProps{
		Viewer: viewer, Now: time.Now(), Query: asked.query, Period: asked.period,
		Total: countIn(groups, asked.filter), Networks: byNetwork(groups), Groups: byReason(groups, asked.filter),
		Choices: ps.eventChoices(asked, groups, known), Rows: Rows(page.Rows, viewer.Role),
		Newer: page.Previous, Older: page.Next, Any: any,
	}))
}

// ListDisconnectionsCSV sends the same list, all of it.
func (ps *Pages) ListDisconnectionsCSV(w http.ResponseWriter, r *http.Request) error {
	asked, err := ps.readEventQuery(r)
	if err != nil {
		return err
	}
	head := []string{"event_id", "occurred_at", "type", "profile_id", "profile_name", "network", "reason", "category",
		"parser", "ruleset", "source", "operation", "status", "format", "code", "subcode", "error_type"}
	errors := handlers.Viewer(r.Context()).Role.SeesErrors()
	if errors {
		head = append(head, "message")
	}
	events := ps.Store.AllEvents(r.Context(), asked.filter)
	return handlers.SendCSV(w, "disconnections.csv", head, eventRecords(events, errors))
}

func eventRecords(events iter.Seq2[store.EventSummary, error], withErrors bool) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for e, err := range events {
			record := eventRecord(e)
			if withErrors {
				record = append(record, e.Message)
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

func eventRecord(e store.EventSummary) []string {
	cause, _ := e.Reason.Cause().Info()
	return []string{e.ID, e.OccurredAt.UTC().Format(time.RFC3339Nano), string(e.Type), e.ProfileID, e.ProfileName,
		string(e.Network), string(e.Reason), string(cause.Category), e.Parser, strconv.Itoa(e.Ruleset), e.Source,
		e.Operation, strconv.Itoa(e.Status), string(e.Format), e.Code, e.Subcode, e.ErrorType}
}

// eventGroups counts by network and reason under the filter without them: the
// list's total and the counts of its neighbours come out of one query.
func (ps *Pages) eventGroups(ctx context.Context, f store.EventFilter) ([]store.EventGroup, error) {
	f.Network, f.Reason, f.Unparsed = "", "", false
	return ps.Store.EventGroups(ctx, f)
}

func countIn(groups []store.EventGroup, f store.EventFilter) int {
	n := 0
	for _, g := range groups {
		if (f.Network == "" || g.Network == f.Network) && (f.Reason == "" || g.Reason == f.Reason) &&
			(!f.Unparsed || g.Reason == "") {
			n += g.Events
		}
	}
	return n
}

// byNetwork sums groups up, in the order in which pages show networks.
func byNetwork(groups []store.EventGroup) []views.EventGroup {
	var sums []views.EventGroup
	for _, n := range domain.Networks() {
		if events := countIn(groups, store.EventFilter{Network: n}); events > 0 {
			sums = append(sums, views.EventGroup{Network: n, Events: events})
		}
	}
	return sums
}

// byReason takes the groups of the chosen network. Events without errors have no reasons.
func byReason(groups []store.EventGroup, f store.EventFilter) []views.EventGroup {
	if f.Type != "" && !f.Type.HasError() {
		return nil
	}
	var chosen []views.EventGroup
	for _, g := range groups {
		if f.Network == "" || g.Network == f.Network {
			chosen = append(chosen, views.EventGroup{Network: g.Network, Reason: g.Reason, Events: g.Events})
		}
	}
	return chosen
}

// eventChoices offers all reasons of the chosen network; of all networks, which
// have too many, those that occurred.
func (ps *Pages) eventChoices(asked eventQuery, groups []store.EventGroup, known []domain.ReasonID) views.EventChoices {
	var c views.EventChoices
	for _, s := range asked.sources {
		c.Sources = append(c.Sources, s.Name)
	}
	for _, reason := range ps.Catalog.Entries(asked.filter.Network, known) {
		c.Reasons = append(c.Reasons, reason.ID)
	}
	for _, g := range byReason(groups, asked.filter) {
		c.Reasons = append(c.Reasons, g.Reason)
	}
	c.Reasons = append(c.Reasons, asked.filter.Reason)
	slices.SortFunc(c.Reasons, func(a, b domain.ReasonID) int { return cmp.Compare(a, b) })
	c.Reasons = slices.DeleteFunc(slices.Compact(c.Reasons), func(r domain.ReasonID) bool { return r == "" })
	return c
}

// anyEvent reports whether there is any event, also beyond an empty page.
func (ps *Pages) anyEvent(ctx context.Context, page store.EventPage) (bool, error) {
	if len(page.Rows) > 0 {
		return true, nil
	}
	first, err := ps.Store.Events(ctx, store.EventFilter{}, "", 1)
	return len(first.Rows) > 0, err
}

// Rows shows the beginning of errors to those who may see it.
func Rows(events []store.EventSummary, role domain.Role) []views.EventRow {
	rows := make([]views.EventRow, len(events))
	for i, e := range events {
		rows[i] = views.EventRow{
			ID: e.ID, At: e.OccurredAt, Type: e.Type, Network: e.Network, ProfileID: e.ProfileID, ProfileName: e.ProfileName,
			Reason: e.Reason, Source: e.Source, Operation: e.Operation, Status: e.Status,
		}
		if role.SeesErrors() {
			rows[i].Error = e.Excerpt
		}
	}
	return rows
}
