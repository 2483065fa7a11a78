package profiles

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/handlers"
	"wherefore/handlers/events"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

const (
	timelinePerPage = 25
	siblingsShown   = 20
)

// ShowProfile shows one profile, with a reply in the language asked for.
func (ps *Pages) ShowProfile(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.profile(r)
	if err != nil {
		return err
	}
	return ps.renderProfile(w, r, p)
}

func (ps *Pages) profile(r *http.Request) (domain.Profile, error) {
	id := r.PathValue("id")
	if id == "" {
		id = input.ProfileID.In(input.Of(r)) // of those that can't stand in a path
	}
	p, err := ps.Store.Profile(r.Context(), id)
	if domain.KindOf(err) == domain.NotFound {
		err = domain.Errorf(domain.NotFound, "No service has sent an event about this profile.")
	}
	return p, err
}

func (ps *Pages) renderProfile(w http.ResponseWriter, r *http.Request, p domain.Profile) error {
	ctx := r.Context()
	props := views.ProfileProps{Viewer: handlers.Viewer(ctx), Now: time.Now(), Profile: p, Locales: catalog.Locales(), Most: store.MaxTotal}
	for _, add := range []func() error{
		func() error { return ps.addCause(ctx, &props, handlers.Locale(w, r)) },
		func() error { return ps.addTimeline(ctx, &props, input.Page.In(input.Of(r))) },
		func() error { return ps.addRepeats(ctx, &props) },
		func() error { return ps.addSiblings(ctx, &props) },
	} {
		if err := add(); err != nil {
			return err
		}
	}
	return handlers.Render(w, r, http.StatusOK, views.Profile(props))
}

// addCause says why the profile is as it is.
func (ps *Pages) addCause(ctx context.Context, p *views.ProfileProps, locale string) error {
	why, err := ps.Store.LatestReason(ctx, p.Profile.ID)
	if err != nil {
		return err
	}
	p.Asked = locale
	p.Event = views.EventRow{ID: why.EventID, At: why.OccurredAt, Type: why.Type, Network: p.Profile.Network, ProfileID: p.Profile.ID, Reason: why.Verdict.Reason}
	p.Dispute = views.DisputeProps{Event: why.EventID, Parser: why.Verdict.Parser}
	p.Trouble = why.Trouble()
	said := ps.Catalog.Answer(p.Trouble, catalog.English, p.Now)
	p.Info, p.Current, p.Needless, p.English = said.CauseInfo, said.Current, said.Needless, handlers.ReasonWords(said.Words)
	p.Words = handlers.ReasonWords(ps.Catalog.Answer(p.Trouble, locale, p.Now).Words)
	return nil
}

// addTimeline shows no errors to anybody: a support person reads this page
// while talking to a customer.
func (ps *Pages) addTimeline(ctx context.Context, p *views.ProfileProps, page string) error {
	timeline, err := ps.Store.Timeline(ctx, p.Profile.ID, page, timelinePerPage)
	if err != nil {
		return err
	}
	p.Total, p.Newer, p.Older = timeline.Total, timeline.Previous, timeline.Next
	for _, row := range events.Rows(timeline.Rows, domain.PM) {
		p.Timeline = append(p.Timeline, views.TimelineRow{EventRow: row, DownSince: timeline.DownSince[row.ID]})
	}
	return nil
}

func (ps *Pages) addRepeats(ctx context.Context, p *views.ProfileProps) error {
	repeats, err := ps.Store.Repeats(ctx, p.Profile.ID)
	for _, r := range repeats {
		p.Repeats = append(p.Repeats, views.Repeat{Reason: r.Reason, Times: r.Times, FirstAt: r.FirstAt, LastAt: r.LastAt})
	}
	return err
}

func (ps *Pages) addSiblings(ctx context.Context, p *views.ProfileProps) error {
	siblings, err := ps.Store.Siblings(ctx, p.Profile, siblingsShown)
	if err != nil {
		return err
	}
	p.Siblings, err = ps.profileRows(ctx, siblings)
	return err
}

// ShowTimelineCSV sends all of a profile's timeline.
func (ps *Pages) ShowTimelineCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := ps.profile(r)
	if err != nil {
		return err
	}
	head := []string{"event_id", "occurred_at", "type", "reason", "parser", "ruleset", "source", "operation", "status", "down_since"}
	return handlers.SendCSV(w, "timeline.csv", head, ps.timelineRecords(r.Context(), p.ID))
}

func (ps *Pages) timelineRecords(ctx context.Context, profileID string) iter.Seq2[[]string, error] {
	const part = 1000
	return func(yield func([]string, error) bool) {
		for page, first := "", true; first || page != ""; first = false {
			timeline, err := ps.Store.Timeline(ctx, profileID, page, part)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range timeline.Rows {
				if !yield(timelineRecord(e, timeline.DownSince[e.ID]), nil) {
					return
				}
			}
			page = timeline.Next
		}
	}
}

func timelineRecord(e store.EventSummary, down time.Time) []string {
	since := ""
	if !down.IsZero() {
		since = down.UTC().Format(time.RFC3339Nano)
	}
	return []string{e.ID, e.OccurredAt.UTC().Format(time.RFC3339Nano), string(e.Type), string(e.Reason), e.Parser,
		strconv.Itoa(e.Ruleset), e.Source, e.Operation, strconv.Itoa(e.Status), since}
}
