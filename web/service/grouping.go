package service

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/store"
	"wherefore/web/jobs"
)

const (
	groupBatch   = 500 // shapes that are grouped in one transaction
	regroupBatch = 500 // errors that are given their shapes in one transaction

	// SpikeProfiles is how many profiles a new cluster must reach within an hour to
	// be marked on the overview and counted: more than one customer's own trouble.
	SpikeProfiles = 5
)

// groupings groups the shapes of all networks. Their leaves share one bound of memory.
type groupings struct {
	store     *store.Store
	leaves    *store.Leaves
	bytes     prometheus.Gauge // that the leaves take
	byNetwork map[domain.Network]*store.Grouping
}

func newGroupings(s *store.Store, bytes prometheus.Gauge) *groupings {
	return &groupings{store: s, leaves: store.NewLeaves(store.MaxLeafBytes), bytes: bytes, byNetwork: map[domain.Network]*store.Grouping{}}
}

// group groups waiting shapes until none is left or another replica is grouping them.
func (g *groupings) group(ctx context.Context) error {
	networks, err := g.store.WaitingNetworks(ctx, cluster.GroupingVersion)
	for _, n := range networks {
		if err == nil {
			err = g.groupNetwork(ctx, n)
		}
	}
	return err
}

func (g *groupings) groupNetwork(ctx context.Context, n domain.Network) error {
	if g.byNetwork[n] == nil {
		g.byNetwork[n] = g.store.NewGrouping(n, cluster.GroupingVersion, g.leaves)
	}
	for {
		taken, err := g.byNetwork[n].Step(ctx, groupBatch)
		g.bytes.Set(float64(g.leaves.Size()))
		if err != nil || taken == 0 {
			return err
		}
	}
}

// loadSplits loads the splits of clusters if people have made new ones.
func (v *Service) loadSplits(ctx context.Context) error {
	v.loadingSplits.Lock() // else a slower call could set older splits
	defer v.loadingSplits.Unlock()
	versions, err := v.Store.SplitVersions(ctx)
	if err != nil {
		return err
	}
	changed := false
	for n, version := range versions {
		changed = changed || v.Engine.Shaper.SplitsVersion(n) != version
	}
	if !changed {
		return nil
	}
	splits, err := v.Store.Splits(ctx)
	if err == nil {
		v.Engine.Shaper.SetSplits(splits, versions)
	}
	return err
}

// regroup runs a regrouping job: it computes the shapes of the stored errors of one
// shape again.
func (v *Service) regroup(ctx context.Context, job *jobs.Job) error {
	err := v.loadSplits(ctx)
	for more := true; more && err == nil; {
		more, err = v.Store.RegroupStep(ctx, job.JobClaim, regroupBatch, v.shapes)
	}
	return err
}

// shapes computes the shapes of stored errors by the splits that the job needs.
func (v *Service) shapes(job store.Regrouping, events []store.StoredEvent) ([]cluster.Shape, error) {
	if v.Engine.Shaper.SplitsVersion(job.Network) < job.Splits {
		return nil, fmt.Errorf("splits %d of %s are not loaded yet", job.Splits, job.Network)
	}
	shapes := make([]cluster.Shape, len(events))
	for i, e := range events {
		shapes[i] = v.Engine.Shaper.ShapeOf(e.Network, v.Engine.ReadFacts(e.Network, e.Status, e.Raw))
	}
	return shapes, nil
}

func (v *Service) queueRegroupings(ctx context.Context) error {
	return v.Store.QueueRegroupings(ctx, cluster.GroupingVersion)
}

func (v *Service) reopenGrown(ctx context.Context) error {
	ids, err := v.Store.ReopenGrown(ctx)
	if len(ids) > 0 {
		v.log.InfoContext(ctx, "ignored clusters have grown", "clusters", ids)
	}
	return err
}

// markSpikes counts the new clusters that spread fast.
func (v *Service) markSpikes(ctx context.Context) error {
	spikes, err := v.Store.MarkSpikes(ctx, SpikeProfiles)
	for _, spike := range spikes {
		v.metrics.spikes.WithLabelValues(string(spike.Network)).Inc()
		v.log.WarnContext(ctx, "a new cluster spreads fast", "cluster", spike.ID, "network", spike.Network, "profiles", spike.Profiles)
	}
	return err
}
