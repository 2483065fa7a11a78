package reports

import (
	"context"
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

// ShowTrends shows errors over time.
func (ps *Pages) ShowTrends(w http.ResponseWriter, r *http.Request) error {
	t, err := ps.readTrends(r, time.Now())
	if err != nil {
		return err
	}
	props := t.props()
	props.Viewer = handlers.Viewer(r.Context())
	if err := ps.addMarks(r.Context(), t, &props); err != nil {
		return err
	}
	if props.Running, err = ps.runningHour(r.Context(), t); err != nil {
		return err
	}
	if err := ps.addImpacts(r.Context(), t, &props); err != nil {
		return err
	}
	return handlers.Render(w, r, http.StatusOK, views.Trends(props))
}

// ShowTrendsCSV answers the numbers of the chart to take away, those of the
// rows that it folds into "others" too.
func (ps *Pages) ShowTrendsCSV(w http.ResponseWriter, r *http.Request) error {
	t, err := ps.readTrends(r, time.Now())
	if err != nil {
		return err
	}
	p := t.props()
	var rows [][]string
	for _, row := range p.Rows {
		for i, slot := range p.Slots {
			key := row.Key
			if key == "" {
				key = views.UnparsedReason
			}
			rows = append(rows, []string{
				slot.Window.From.Format(time.RFC3339), slot.Window.To.Format(time.RFC3339), strconv.FormatBool(!slot.Partial), key,
				strconv.Itoa(row.Errors[i]), shareText(row.Errors[i], p.All[i]), strconv.Itoa(row.Before[i]), shareText(row.Before[i], p.AllBefore[i]),
			})
		}
	}
	head := []string{"from", "to", "complete", string(p.By), "errors", "share", "errors_before", "share_before"}
	return handlers.SendCSV(w, "trends.csv", head, handlers.Whole(rows))
}

// shareText is a share for programs, empty where there is none.
func shareText(part, all int) string {
	if all == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(part)/float64(all), 'f', 4, 64)
}

// addImpacts counts what the errors did to profiles.
func (ps *Pages) addImpacts(ctx context.Context, t trends, p *views.TrendsProps) error {
	impacts, err := ps.Store.Impacts(ctx, store.ImpactFilter{
		Network: t.filter.Network, Reasons: t.reasons, Type: t.filter.Type,
		From: t.filter.From, To: t.filter.To, By: store.ImpactKey(t.by),
	})
	for i := range p.Rows {
		n := impacts[p.Rows[i].Key]
		p.Rows[i].Impact = views.TrendImpactProps{
			Profiles: n.Profiles, Disconnected: n.Disconnected, Repeated: n.Repeated,
			Spells: n.Spells, Cured: n.Cured, MedianCure: n.MedianCure,
		}
	}
	return err
}

// runningHour counts what was asked for in the hour that runs, when the period
// ends with the last full one.
func (ps *Pages) runningHour(ctx context.Context, t trends) (views.RunningHourProps, error) {
	p := views.RunningHourProps{Since: t.filter.To, Query: t.query.Only("network", "category", "side", "type", "reason")}
	if t.now.Sub(p.Since) >= time.Hour {
		return p, nil
	}
	f := t.filter
	f.From, f.To, f.Bucket = p.Since, t.now.Add(time.Hour), store.Hour
	points, err := ps.Store.Trend(ctx, f)
	for _, point := range points {
		if t.reasons == nil || slices.Contains(t.reasons, point.Reason) {
			p.Errors += point.Events
		}
	}
	return p, err
}

// addMarks finds promotions and suspected outages, which may explain a change.
func (ps *Pages) addMarks(ctx context.Context, t trends, p *views.TrendsProps) error {
	released, err := ps.Store.ReleasedVersions(ctx, t.filter.Network, t.filter.From, t.now)
	if err != nil {
		return err
	}
	outages, err := ps.Store.Outages(ctx, t.filter.From, t.now)
	if err != nil {
		return err
	}
	for _, v := range released {
		p.Mark(views.RulesetMark(p.Viewer, v.Network, v.Version.Version, v.CreatedAt, v.Author, v.Why))
	}
	for _, o := range outages {
		if t.filter.Network == "" || t.filter.Network == o.Network {
			p.Mark(views.OutageMark(o.Network, views.Window{From: o.From, To: o.To}, o.Errors))
		}
	}
	return nil
}

// readTrends reads what a request asks for, and counts it. Invalid names the
// part of the address that is not understood.
func (ps *Pages) readTrends(r *http.Request, now time.Time) (trends, error) {
	q, in := views.QueryOf(r.URL.Query()).FromForm(), input.Of(r)
	span, err := views.ReadTrendSpan(q, now)
	if err != nil {
		return trends{}, err
	}
	window := span.Window(now)
	t := trends{query: q, span: span, now: now, by: input.TrendBy.In(in), filter: store.TrendFilter{
		Network: input.Network.In(in), Type: input.ErrorType.In(in),
		From: window.From, To: window.To, Bucket: trendBuckets[span.Slot],
	}}
	if t.by == "" {
		t.by = defaultKey(q)
	}
	known, err := ps.Store.Reasons(r.Context())
	if err != nil {
		return trends{}, err
	}
	t.reasons = ps.chosenReasons(q, known)
	if t.points, err = ps.Store.Trend(r.Context(), t.filter); err != nil {
		return trends{}, err
	}
	t.before, err = ps.Store.Trend(r.Context(), t.filterBefore())
	return t, err
}

var trendBuckets = map[time.Duration]store.Bucket{
	time.Hour: store.Hour, 24 * time.Hour: store.Day, 7 * 24 * time.Hour: store.Week,
}

// chosenReasons are those that a query asks for, nil for all, unparsed included.
func (ps *Pages) chosenReasons(q views.Query, known []domain.ReasonID) []domain.ReasonID {
	switch reason := q.Get("reason"); {
	case reason == views.UnparsedReason:
		return []domain.ReasonID{""}
	case reason != "":
		return []domain.ReasonID{domain.ReasonID(reason)}
	case q.Only("category", "side").Empty():
		return nil
	}
	reasons := []domain.ReasonID{}
	for _, n := range ps.Catalog.Networks() {
		for _, reason := range ps.Catalog.Entries(n.Network, known) {
			if chosen(q.Only("category", "side"), reason) {
				reasons = append(reasons, reason.ID)
			}
		}
	}
	return reasons
}
