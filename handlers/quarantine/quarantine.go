package quarantine

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

// entriesPerPage is how many entries a page shows.
const entriesPerPage = 50

// ListQuarantine shows what could not be used.
func (ps *Pages) ListQuarantine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	asked, err := ps.readQuarantineQuery(r)
	if err != nil {
		return err
	}
	page, err := ps.Store.Quarantine(ctx, asked.filter, asked.page, entriesPerPage)
	if err != nil {
		return err
	}
	unnarrowed := asked.filter
	unnarrowed.Field, unnarrowed.Problem = "", ""
	groups, err := ps.Store.QuarantineGroups(ctx, unnarrowed)
	if err != nil {
		return err
	}
	p := views.QuarantineProps{
		Viewer: handlers.Viewer(ctx), Now: time.Now(), Query: asked.query, Period: asked.period, Newest: asked.page == "", Older: page.Next,
		Choices: quarantineChoices(asked, groups), Done: input.QuarantineDone.In(input.Of(r)), Days: ps.Days,
	}
	for _, e := range page.Rows {
		p.Entries = append(p.Entries, quarantinedProps(e))
	}
	for _, g := range groups {
		if asked.chooses(g) {
			p.Total += g.Entries
			p.Groups = append(p.Groups, groupProps(g))
		}
	}
	if len(page.Rows) == 0 {
		if p.Empty, err = ps.quarantineEmptiness(ctx); err != nil {
			return err
		}
	}
	return handlers.Render(w, r, http.StatusOK, views.Quarantine(p))
}

func (ps *Pages) quarantineEmptiness(ctx context.Context) (views.QuarantineEmptiness, error) {
	sent, err := ps.Store.AnythingSent(ctx)
	if err != nil {
		return views.QuarantineEmptiness{}, err
	}
	any, err := ps.Store.Quarantine(ctx, store.QuarantineFilter{Ended: store.AnyEnding}, "", 1)
	return views.QuarantineEmptiness{Sent: sent, Entries: len(any.Rows) > 0}, err
}

// quarantineQuery is what the list is asked for.
type quarantineQuery struct {
	query   views.Query
	period  views.Period
	filter  store.QuarantineFilter
	page    string // its cursor
	sources []store.Source
}

// chooses reports whether a group of the other fields is of the chosen one.
func (q quarantineQuery) chooses(g store.QuarantineGroup) bool {
	return (q.filter.Field == "" || q.filter.Field == fieldName(g.Field)) && (q.filter.Problem == "" || q.filter.Problem == g.Problem)
}

// fieldName is a field as addresses have it.
func fieldName(field string) string {
	if field == "" {
		return views.NoField
	}
	return field
}

func (ps *Pages) readQuarantineQuery(r *http.Request) (quarantineQuery, error) {
	in := input.Of(r)
	q := views.QueryOf(r.URL.Query()).FromForm().Only("source", "field", "problem", "state", "id", "period", "from", "to")
	asked := quarantineQuery{query: q}
	dated := q
	if q.Only("period", "from", "to").Empty() {
		dated = q.With("period", views.AllTime)
	}
	var err error
	if asked.period, err = views.ReadPeriod(dated, time.Now()); err != nil {
		return asked, err
	}
	asked.page = input.Page.In(in)
	if asked.sources, err = ps.Store.Sources(r.Context()); err != nil {
		return asked, err
	}
	asked.filter = store.QuarantineFilter{
		Field: input.EntryField.In(in), Problem: input.EntryProblem.In(in),
		Ended: input.QuarantineState.In(in), ID: input.EntryID.In(in), From: asked.period.From, To: asked.period.To,
	}
	asked.filter.SourceID, err = handlers.SourceID(asked.sources, input.Source.In(in))
	return asked, err
}

func quarantineChoices(asked quarantineQuery, groups []store.QuarantineGroup) views.QuarantineChoices {
	var c views.QuarantineChoices
	for _, s := range asked.sources {
		c.Sources = append(c.Sources, s.Name)
	}
	if asked.filter.Field != "" {
		c.Fields = append(c.Fields, asked.filter.Field)
	}
	for _, g := range groups {
		c.Fields = append(c.Fields, fieldName(g.Field))
	}
	slices.Sort(c.Fields)
	c.Fields = slices.Compact(c.Fields)
	return c
}

func groupProps(g store.QuarantineGroup) views.QuarantineGroupProps {
	return views.QuarantineGroupProps{
		SourceID: g.SourceID, Source: g.Source, Field: g.Field, Problem: g.Problem, Entries: g.Entries, Times: g.Times,
		ReceivedAt: g.ReceivedAt, LastAt: g.LastReceivedAt,
	}
}

func quarantinedProps(q store.Quarantined) views.QuarantinedProps {
	return views.QuarantinedProps{
		ID: q.ID, Source: q.Source, SourceEventID: q.SourceEventID, ProfileID: q.ProfileID, Field: q.Field, Problem: q.Problem,
		Excerpt: string(q.Raw), Times: q.Times, ReceivedAt: q.ReceivedAt, LastAt: q.LastReceivedAt, Ended: q.Ended, EventID: q.EventID,
	}
}

// ListQuarantineCSV sends the same list, all of it, without the bytes.
func (ps *Pages) ListQuarantineCSV(w http.ResponseWriter, r *http.Request) error {
	asked, err := ps.readQuarantineQuery(r)
	if err != nil {
		return err
	}
	head := []string{"entry_id", "source", "id", "profile_id", "network", "field", "problem", "times", "first_sent_at", "last_sent_at",
		"state", "ended_at", "event_id", "bytes"}
	return handlers.SendCSV(w, "quarantine.csv", head, ps.quarantineRecords(r.Context(), asked.filter))
}

func (ps *Pages) quarantineRecords(ctx context.Context, f store.QuarantineFilter) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for cursor, more := "", true; more; more = cursor != "" {
			page, err := ps.Store.Quarantine(ctx, f, cursor, 1000)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range page.Rows {
				if !yield(quarantineRecord(e), nil) {
					return
				}
			}
			cursor = page.Next
		}
	}
}

func quarantineRecord(q store.Quarantined) []string {
	state, ended := "open", ""
	if q.EndedAt != nil {
		state, ended = q.Ended, q.EndedAt.UTC().Format(time.RFC3339)
	}
	return []string{strconv.FormatInt(q.ID, 10), q.Source, q.SourceEventID, q.ProfileID, q.Network, q.Field, q.Problem,
		strconv.Itoa(q.Times), q.ReceivedAt.UTC().Format(time.RFC3339), q.LastReceivedAt.UTC().Format(time.RFC3339),
		state, ended, q.EventID, strconv.Itoa(q.Size)}
}
