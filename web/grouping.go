package main

import (
	"context"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/store"
)

const (
	groupEvery = time.Second
	groupBatch = 500 // shapes that are grouped in one transaction
)

// groupings groups the shapes of all networks, and remembers what it has learnt.
type groupings struct {
	store     *store.Store
	byNetwork map[domain.Network]*store.Grouping
}

func newGroupings(s *store.Store) *groupings {
	return &groupings{store: s, byNetwork: map[domain.Network]*store.Grouping{}}
}

// group takes up the shapes that wait, until none does or another replica is at it.
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
		g.byNetwork[n] = g.store.NewGrouping(n, cluster.GroupingVersion)
	}
	for {
		taken, err := g.byNetwork[n].Step(ctx, groupBatch)
		if err != nil || taken == 0 {
			return err
		}
	}
}
