package handlers

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/store"
	"wherefore/views"
)

const (
	timelinePerPage = 25
	siblingsShown   = 20
)

// ShowProfile shows one profile, with a reply in the language asked for.
func (d *Dashboard) ShowProfile(w http.ResponseWriter, r *http.Request) error {
	p, err := d.profile(r)
	if err != nil {
		return err
	}
	return d.renderProfile(w, r, p)
}

func (d *Dashboard) profile(r *http.Request) (domain.Profile, error) {
	id := r.PathValue("id")
	if id == "" {
		id = r.URL.Query().Get("id") // of those that can't stand in a path
	}
	p, err := d.Store.Profile(r.Context(), id)
	if domain.KindOf(err) == domain.NotFound {
		err = domain.Errorf(domain.NotFound, "No service has sent an event about this profile.")
	}
	return p, err
}

func (d *Dashboard) renderProfile(w http.ResponseWriter, r *http.Request, p domain.Profile) error {
	ctx := r.Context()
	props := views.ProfileProps{Viewer: Viewer(ctx), Now: time.Now(), Profile: p, Locales: catalog.Locales(), Most: store.MaxTotal}
	for _, add := range []func() error{
		func() error { return d.addCause(ctx, &props, Locale(w, r)) },
		func() error { return d.addTimeline(ctx, &props, r.FormValue("page")) },
		func() error { return d.addRepeats(ctx, &props) },
		func() error { return d.addSiblings(ctx, &props) },
	} {
		if err := add(); err != nil {
			return err
		}
	}
	return Render(w, r, http.StatusOK, views.Profile(props))
}

// addCause says why the profile is as it is.
func (d *Dashboard) addCause(ctx context.Context, p *views.ProfileProps, locale string) error {
	why, err := d.Store.LatestReason(ctx, p.Profile.ID)
	if err != nil {
		return err
	}
	p.Asked = locale
	p.Event = views.EventRow{ID: why.EventID, At: why.OccurredAt, Type: why.Type, Network: p.Profile.Network, ProfileID: p.Profile.ID, Reason: why.Verdict.Reason}
	p.Dispute = views.DisputeProps{Event: why.EventID, Parser: why.Verdict.Parser}
	p.Trouble = why.Trouble()
	said := d.Catalog.Answer(p.Trouble, catalog.English, p.Now)
	p.Info, p.Current, p.Needless, p.English = said.CauseInfo, said.Current, said.Needless, ReasonWords(said.Words)
	p.Words = ReasonWords(d.Catalog.Answer(p.Trouble, locale, p.Now).Words)
	return nil
}

// addTimeline shows no errors to anybody: a support person reads this page
// while talking to a customer.
func (d *Dashboard) addTimeline(ctx context.Context, p *views.ProfileProps, page string) error {
	timeline, err := d.Store.Timeline(ctx, p.Profile.ID, page, timelinePerPage)
	if err != nil {
		return err
	}
	p.Total, p.Newer, p.Older = timeline.Total, timeline.Previous, timeline.Next
	for _, row := range EventRows(timeline.Rows, domain.PM) {
		p.Timeline = append(p.Timeline, views.TimelineRow{EventRow: row, DownSince: timeline.DownSince[row.ID]})
	}
	return nil
}

func (d *Dashboard) addRepeats(ctx context.Context, p *views.ProfileProps) error {
	repeats, err := d.Store.Repeats(ctx, p.Profile.ID)
	for _, r := range repeats {
		p.Repeats = append(p.Repeats, views.Repeat{Reason: r.Reason, Times: r.Times, FirstAt: r.FirstAt, LastAt: r.LastAt})
	}
	return err
}

func (d *Dashboard) addSiblings(ctx context.Context, p *views.ProfileProps) error {
	siblings, err := d.Store.Siblings(ctx, p.Profile, siblingsShown)
	if err != nil {
		return err
	}
	p.Siblings, err = d.profileRows(ctx, siblings)
	return err
}

// ShowTimelineCSV sends all of a profile's timeline.
func (d *Dashboard) ShowTimelineCSV(w http.ResponseWriter, r *http.Request) error {
	p, err := d.profile(r)
	if err != nil {
		return err
	}
	head := []string{"event_id", "occurred_at", "type", "reason", "parser", "ruleset", "source", "operation", "status", "down_since"}
	return SendCSV(w, "timeline.csv", head, d.timelineRecords(r.Context(), p.ID))
}

func (d *Dashboard) timelineRecords(ctx context.Context, profileID string) iter.Seq2[[]string, error] {
	const part = 1000
	return func(yield func([]string, error) bool) {
		for page, first := "", true; first || page != ""; first = false {
			timeline, err := d.Store.Timeline(ctx, profileID, page, part)
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
