package clusters

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

const (
	clustersPerPage = 50
	trendDays       = 14 // of a cluster in a list
	biggestClusters = 3  // of which the list says what they would bring
)

// ListClusters shows the clusters with unparsed errors of a period.
func (ps *Pages) ListClusters(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), time.Now()
	in, err := readClusterQuery(r, now)
	if err != nil {
		return err
	}
	page, err := ps.Store.Clusters(ctx, in.filter, in.page, clustersPerPage)
	if err != nil {
		return err
	}
	days, err := ps.Store.ClusterDays(ctx, clusterIDs(page.Rows), now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-trendDays))
	if err != nil {
		return err
	}
	recovery, err := ps.recovery(ctx, in.filter, now)
	if err != nil {
		return err
	}
	props := views.ClustersProps{
		Viewer: handlers.Viewer(ctx), Now: now, Query: in.query, Period: in.period, Window: views.Window{From: in.filter.From}, Networks: domain.Networks(),
		Total: page.Total, Recovery: recovery,
	}
	for _, c := range page.Rows {
		row := Props(c)
		row.Trend = daily(days[c.ID], trendDays, now)
		props.Clusters = append(props.Clusters, row)
	}
	if page.Next != "" {
		props.Older = views.ClustersURL(in.query.With("page", page.Next))
	}
	return handlers.Render(w, r, http.StatusOK, views.Clusters(props))
}

// clusterQuery is what the list is asked for.
type clusterQuery struct {
	query  views.Query
	period views.Period
	filter store.ClusterFilter
	page   string // its cursor
}

func readClusterQuery(r *http.Request, now time.Time) (clusterQuery, error) {
	q, sent := views.QueryOf(r.URL.Query()).FromForm(), input.Of(r)
	period, err := views.ReadPeriod(q, now)
	switch {
	case err != nil:
		return clusterQuery{}, err
	case !period.To.IsZero():
		return clusterQuery{}, domain.InvalidField("to", "Clusters are counted up to now.")
	}
	in := clusterQuery{query: q, period: period, filter: store.ClusterFilter{
		Network: input.Network.In(sent), State: input.ClusterState.In(sent), Sort: input.ClusterSort.In(sent),
	}}
	switch in.filter.State {
	case "", "new":
		in.filter.State = "open"
	case "all":
		in.filter.State = ""
	}
	if !period.From.IsZero() { // whole hours, like the counts that shares are made of
		in.filter.From = period.From.Truncate(time.Hour)
	}
	if input.ClusterState.In(sent) == "new" {
		in.filter.NewSince = in.filter.From
	}
	in.page = input.Page.In(sent)
	return in, nil
}

// recovery counts what parsers for a network's biggest clusters would explain: of
// the network that the list is of, or of the one with the most unparsed errors.
func (ps *Pages) recovery(ctx context.Context, f store.ClusterFilter, now time.Time) (views.RecoveryProps, error) {
	counts, err := ps.Store.NetworkCounts(ctx, f.From, now.Add(time.Hour))
	if err != nil {
		return views.RecoveryProps{}, err
	}
	var worst store.NetworkCount
	for _, n := range counts {
		if (f.Network == "" || n.Network == f.Network) && n.UnparsedNow > worst.UnparsedNow {
			worst = n
		}
	}
	if worst.UnparsedNow == 0 {
		return views.RecoveryProps{}, nil
	}
	big, err := ps.Store.Clusters(ctx, store.ClusterFilter{Network: worst.Network, From: f.From, Sort: store.ByEvents}, "", biggestClusters)
	left := worst.UnparsedNow
	for _, c := range big.Rows {
		left -= c.Events
	}
	return views.RecoveryProps{
		Network: worst.Network, Clusters: len(big.Rows),
		Now:  1 - float64(worst.UnparsedNow)/float64(worst.Errors),
		Then: 1 - float64(max(0, left))/float64(worst.Errors),
	}, err
}

func clusterIDs(clusters []store.Cluster) []domain.ClusterID {
	ids := make([]domain.ClusterID, len(clusters))
	for i, c := range clusters {
		ids[i] = c.ID
	}
	return ids
}

// Props shows a cluster in lists.
func Props(c store.Cluster) views.ClusterProps {
	return views.ClusterProps{
		ID: c.ID, Network: c.Network, Template: c.Template, Masks: cluster.Masks(c.Template), State: c.State, Spiked: c.Spiked,
		Events: c.Events, Profiles: c.Profiles, Share: c.Share, FirstSeen: c.FirstSeenAt, LastSeen: c.LastSeenAt,
	}
}

// daily spreads counts over the last n days, up to today, the oldest first.
func daily(counts []store.DayCount, n int, now time.Time) []float64 {
	values := make([]float64, n)
	first := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-n)
	for _, c := range counts {
		if i := int(c.Day.Sub(first) / (24 * time.Hour)); i >= 0 && i < n {
			values[i] = float64(c.Events)
		}
	}
	return values
}

// ListClustersCSV is the list of clusters as a file, all its pages.
func (ps *Pages) ListClustersCSV(w http.ResponseWriter, r *http.Request) error {
	in, err := readClusterQuery(r, time.Now())
	if err != nil {
		return err
	}
	return handlers.SendCSV(w, "clusters.csv",
		[]string{"id", "network", "template", "state", "unparsed_errors", "profiles", "share_of_unparsed", "first_seen_at", "last_seen_at"},
		ps.clusterRows(r.Context(), in.filter))
}

func (ps *Pages) clusterRows(ctx context.Context, f store.ClusterFilter) iter.Seq2[[]string, error] {
	const part = 10_000 // each part counts all errors again
	return func(yield func([]string, error) bool) {
		for cursor, more := "", true; more; more = cursor != "" {
			page, err := ps.Store.Clusters(ctx, f, cursor, part)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, c := range page.Rows {
				if !yield(clusterRow(c), nil) {
					return
				}
			}
			cursor = page.Next
		}
	}
}

func clusterRow(c store.Cluster) []string {
	return []string{
		c.ID.String(), string(c.Network), c.Template, c.State, strconv.Itoa(c.Events), strconv.Itoa(c.Profiles),
		strconv.FormatFloat(c.Share, 'f', 4, 64), c.FirstSeenAt.UTC().Format(time.RFC3339), c.LastSeenAt.UTC().Format(time.RFC3339),
	}
}
