package reports

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/anomaly"
	"wherefore/domain/catalog"
	"wherefore/handlers"
	"wherefore/handlers/clusters"
	"wherefore/handlers/input"
	"wherefore/handlers/quarantine"
	"wherefore/store"
	"wherefore/views"
)

const (
	overviewGrown    = 10 // reasons that grew, at most
	overviewClusters = 8  // new clusters, at most
)

// ShowOverview shows the last day, or how to send the first event.
func (ps *Pages) ShowOverview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	any, err := ps.Store.AnyEvent(ctx)
	if err != nil {
		return err
	}
	if !any {
		return handlers.Render(w, r, http.StatusOK, views.FirstRun(views.FirstRunProps{Viewer: handlers.Viewer(ctx), BaseURL: ps.BaseURL}))
	}
	now := time.Now()
	props := views.OverviewProps{
		Viewer: handlers.Viewer(ctx), Now: now, Window: views.LastHours(now, 24), Wall: input.Wall.In(input.Of(r)),
	}
	for _, add := range []func(context.Context, *views.OverviewProps) error{
		ps.addRunningHour, ps.addOutages, ps.addNetworks, ps.addRateAnomalies, ps.addGrown, ps.addNeedless, ps.addNewClusters, ps.addMissingFields, ps.addQuarantine,
	} {
		if err := add(ctx, &props); err != nil {
			return err
		}
	}
	return handlers.Render(w, r, http.StatusOK, views.Overview(props))
}

// addRunningHour counts what the window of full hours leaves out.
func (ps *Pages) addRunningHour(ctx context.Context, p *views.OverviewProps) error {
	counts, err := ps.Store.NetworkCounts(ctx, p.Window.To, p.Now.Add(time.Hour))
	p.Running.Since = p.Window.To
	for _, c := range counts {
		p.Running.Errors += c.Errors
	}
	return err
}

func (ps *Pages) addOutages(ctx context.Context, p *views.OverviewProps) error {
	outages, err := ps.Store.Outages(ctx, p.Window.From, p.Now)
	if err != nil {
		return err
	}
	for _, o := range outages {
		reason := domain.Reason(o.Network, "platform-outage")
		affected, err := ps.Store.AffectedProfiles(ctx, store.EventFilter{Reason: reason, From: o.From, To: o.To}, "", 1)
		if err != nil {
			return err
		}
		p.Outages = append(p.Outages, views.OutageProps{
			Network: o.Network, Window: views.Window{From: o.From, To: o.To}, Errors: o.Errors, Profiles: affected.Total,
		})
	}
	return nil
}

// networkDays are networks with what happened on them, by name.
type networkDays map[domain.Network]*views.NetworkDayProps

func (days networkDays) of(n domain.Network) *views.NetworkDayProps {
	if days[n] == nil {
		days[n] = &views.NetworkDayProps{Network: n, Hours: make([]int, 24)}
	}
	return days[n]
}

// addNetworks compares the networks with the day before and the week before.
// It wants the outages to be there.
func (ps *Pages) addNetworks(ctx context.Context, p *views.OverviewProps) error {
	days := networkDays{}
	if err := ps.addCounts(ctx, days, p.Window); err != nil {
		return err
	}
	points, err := ps.Store.Trend(ctx, store.TrendFilter{Type: domain.Disconnected, From: p.Window.From, To: p.Window.To, Bucket: store.Hour})
	for _, point := range points {
		days.of(point.Network).Hours[int(point.At.Sub(p.Window.From)/time.Hour)] += point.Events
	}
	for _, n := range days {
		n.Outage = slices.ContainsFunc(p.Outages, func(o views.OutageProps) bool { return o.Network == n.Network })
		p.Networks = append(p.Networks, *n)
	}
	markRising(p.Networks)
	slices.SortFunc(p.Networks, func(a, b views.NetworkDayProps) int {
		return cmp.Or(b.Disconnections-a.Disconnections, b.Errors-a.Errors, cmp.Compare(a.Network, b.Network))
	})
	return err
}

// addCounts counts the day, the day before and the same day a week before.
func (ps *Pages) addCounts(ctx context.Context, days networkDays, w views.Window) error {
	for back, add := range map[int]func(*views.NetworkDayProps, store.NetworkCount){
		0: func(n *views.NetworkDayProps, c store.NetworkCount) {
			n.Disconnections, n.Errors = c.Disconnections, c.Errors
			n.UnparsedOnArrival, n.UnparsedNow = c.UnparsedOnArrival, c.UnparsedNow
		},
		1: func(n *views.NetworkDayProps, c store.NetworkCount) { n.DayBefore = c.Disconnections },
		7: func(n *views.NetworkDayProps, c store.NetworkCount) { n.WeekBefore = c.Disconnections },
	} {
		window := w.Earlier(back)
		counts, err := ps.Store.NetworkCounts(ctx, window.From, window.To)
		if err != nil {
			return err
		}
		for _, c := range counts {
			add(days.of(c.Network), c)
		}
	}
	return nil
}

// markRising marks the networks with more disconnections than usual.
func markRising(networks []views.NetworkDayProps) {
	all := make([]anomaly.Comparison, len(networks))
	for i, n := range networks {
		all[i] = anomaly.Daily(n.Disconnections, n.DayBefore, n.WeekBefore)
	}
	for i, grown := range anomaly.Grown(all, len(domain.Networks())) {
		networks[i].Rising = grown
	}
}

func (ps *Pages) addGrown(ctx context.Context, p *views.OverviewProps) error {
	changes, err := ps.Store.GrownReasons(ctx, p.Window.From, p.Window.To, overviewGrown)
	for _, c := range changes {
		info, _ := c.Reason.Cause().Info()
		p.Grown = append(p.Grown, views.GrownProps{
			Reason: c.Reason, Title: ps.Catalog.Words(c.Reason, catalog.English).Title, Category: info.Category,
			Errors: c.Now, DayBefore: c.Before, WeekBefore: c.WeekBefore,
		})
	}
	return err
}

func (ps *Pages) addNewClusters(ctx context.Context, p *views.OverviewProps) error {
	page, err := ps.Store.Clusters(ctx, store.ClusterFilter{State: "open", From: p.Window.From, NewSince: p.Window.From}, "", overviewClusters)
	p.NewClusters = page.Total
	for _, c := range page.Rows {
		p.Clusters = append(p.Clusters, clusters.Props(c))
	}
	return err
}

// addMissingFields counts what arrived in the hour that runs now, too: nothing is
// compared with it.
func (ps *Pages) addMissingFields(ctx context.Context, p *views.OverviewProps) error {
	p.Arrivals = views.Window{From: p.Window.From, To: p.Now.UTC().Truncate(time.Hour).Add(time.Hour)}
	reports, err := ps.Store.SourceReports(ctx, p.Arrivals.From, p.Arrivals.To)
	if err != nil {
		return err
	}
	for _, r := range reports {
		p.Arrived.Events += r.Accepted + r.Replayed
		p.Arrived.Ever = p.Arrived.Ever || r.LastHeardAt != nil
	}
	p.MissingFields, err = quarantine.MissingFields(ctx, ps.Store, p.Arrivals)
	return err
}

func (ps *Pages) addQuarantine(ctx context.Context, p *views.OverviewProps) error {
	open, err := ps.Store.OpenQuarantines(ctx)
	for _, o := range open {
		p.Quarantine += o.Entries
		if p.QuarantineSince.IsZero() || o.OldestAt.Before(p.QuarantineSince) {
			p.QuarantineSince = o.OldestAt
		}
	}
	return err
}
