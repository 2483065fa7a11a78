package store

import (
	"context"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// placement is the cluster of a group: where those of its shapes belong that
// people have not moved.
type placement struct {
	group    int64
	shape    int64 // any shape of the group
	cluster  domain.ClusterID
	anchored bool   // people moved a shape of the group into the cluster
	moves    []move // of the group's shapes to the cluster
}

// findPlacements returns the placements of the groups of fresh shapes. A group
// belongs to the cluster of its anchor, a shape that people moved. A group without
// an anchor belongs to the oldest of the clusters that hold its shapes and that
// neither another group owns nor people have changed.
func (g *Grouping) findPlacements(ctx context.Context, tx *sqlx.Tx, fresh []waitingShape) ([]placement, error) {
	placements := map[int64]placement{}
	for _, w := range fresh {
		placements[w.Group] = placement{group: w.Group, shape: w.Hash}
	}
	groups := slices.Sorted(maps.Keys(placements))
	anchors, err := g.anchors(ctx, tx, groups)
	if err != nil {
		return nil, err
	}
	owners, err := g.owners(ctx, tx, groups, slices.Collect(maps.Keys(anchors)), fresh)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		p := placements[group]
		p.cluster, p.anchored = anchors[group]
		if placements[group], err = g.place(ctx, tx, p, owners); err != nil {
			return nil, err
		}
	}
	return slices.Collect(maps.Values(placements)), nil
}

// anchors returns, by group, the cluster of the group's anchor. Of several anchors
// the one with the least hash counts, so that it does not matter when they were
// moved. Groups without an anchor are absent.
func (g *Grouping) anchors(ctx context.Context, tx *sqlx.Tx, groups []int64) (map[int64]domain.ClusterID, error) {
	var rows []struct {
		GroupID   int64
		ClusterID domain.ClusterID
	}
	err := tx.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (group_id) group_id, cluster_id FROM shapes
		WHERE network = $1 AND group_id = ANY($2) AND placement = 'anchor'
		ORDER BY group_id, hash`, g.network, pq.Array(groups))
	anchors := map[int64]domain.ClusterID{}
	for _, r := range rows {
		anchors[r.GroupID] = r.ClusterID
	}
	return anchors, err
}

// owners says which clusters hold shapes of which groups, and which group owns
// which cluster.
type owners struct {
	clusters map[int64][]domain.ClusterID // clusters by group, the oldest first
	owner    map[domain.ClusterID]int64   // group by cluster; noGroup when people changed the cluster
}

// noGroup owns the clusters in which no group can be placed.
const noGroup = 0

// owners reads the clusters that matter to groups: those that a group owns, those
// of fresh shapes, and, for an anchored group, all that hold shapes which people
// have not moved.
func (g *Grouping) owners(ctx context.Context, tx *sqlx.Tx, groups, anchored []int64, fresh []waitingShape) (owners, error) {
	var rows []struct {
		GroupID   int64
		ClusterID domain.ClusterID
		Owner     *int64
		Edited    bool
	}
	err := tx.SelectContext(ctx, &rows, `
		WITH held AS (
		    SELECT group_id, id AS cluster_id FROM clusters WHERE network = $1 AND group_id = ANY($2)
		    UNION
		    SELECT group_id, cluster_id FROM shapes WHERE network = $1 AND hash = ANY($3) AND placement = 'grouped'
		    UNION
		    SELECT group_id, cluster_id FROM shapes WHERE network = $1 AND group_id = ANY($4) AND placement = 'grouped'
		)
		SELECT h.group_id, h.cluster_id, c.group_id AS owner,
		    EXISTS (SELECT FROM shapes s WHERE s.cluster_id = c.id AND s.placement <> 'grouped') AS edited
		FROM held h JOIN clusters c ON c.id = h.cluster_id ORDER BY h.cluster_id, h.group_id`,
		g.network, pq.Array(groups), column(fresh, func(w waitingShape) int64 { return w.Hash }), pq.Array(append([]int64{}, anchored...)))
	c := owners{clusters: map[int64][]domain.ClusterID{}, owner: map[domain.ClusterID]int64{}}
	for _, r := range rows {
		c.clusters[r.GroupID] = append(c.clusters[r.GroupID], r.ClusterID)
		switch {
		case r.Edited:
			c.owner[r.ClusterID] = noGroup
		case r.Owner != nil:
			c.owner[r.ClusterID] = *r.Owner
		}
	}
	return c, err
}

// place sets the cluster of a group, unless an anchor has set it, and the moves of
// the group's shapes to it. It makes a new cluster when all clusters that hold the
// group's shapes belong to others.
func (g *Grouping) place(ctx context.Context, tx *sqlx.Tx, p placement, o owners) (placement, error) {
	mine := func(id domain.ClusterID) bool {
		owner, owned := o.owner[id]
		return !owned || owner == p.group
	}
	if i := slices.IndexFunc(o.clusters[p.group], mine); i >= 0 && !p.anchored {
		p.cluster = o.clusters[p.group][i]
	}
	if p.cluster == 0 && len(o.clusters[p.group]) > 0 {
		err := tx.GetContext(ctx, &p.cluster, `
			INSERT INTO clusters (network, template) SELECT $1, template FROM shapes WHERE network = $1 AND hash = $2
			RETURNING id`, g.network, p.shape)
		if err != nil {
			return p, err
		}
	}
	for _, id := range o.clusters[p.group] {
		if id != p.cluster {
			p.moves = append(p.moves, move{p.group, id, p.cluster, mine(id)})
		}
		if mine(id) {
			o.owner[id] = p.group
		}
	}
	return p, nil
}

// applyMoves moves the shapes of groups to their clusters, closes the clusters that
// became empty, and applies splits to the moved shapes. The templates are those of
// the groups.
func (g *Grouping) applyMoves(ctx context.Context, tx *sqlx.Tx, placements []placement, templates map[int64]string) error {
	var moves []move
	for _, p := range placements {
		moves = append(moves, p.moves...)
	}
	if err := moveShapes(ctx, tx, g.network, g.version, moves); err != nil {
		return err
	}
	if err := closeEmptyClusters(ctx, tx, g.network, moves); err != nil {
		return err
	}
	if err := g.saveOwners(ctx, tx, placements, templates); err != nil {
		return err
	}
	ids := make([]domain.ClusterID, len(placements))
	for i, p := range placements {
		ids[i] = p.cluster
	}
	return applySplits(ctx, tx, g.network, ids)
}

// move moves the shapes of a group from one cluster to another, except those that
// people have moved. With outdated, the shapes that older rules made move too:
// the group owned the cluster, so they belong to it.
type move struct {
	group    int64
	from, to domain.ClusterID
	outdated bool
}

func moveShapes(ctx context.Context, tx *sqlx.Tx, network domain.Network, version int, moves []move) error {
	if len(moves) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		WITH moved AS (
		    SELECT s.hash, m.to_id FROM shapes s
		    JOIN unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[]) AS m (group_id, from_id, to_id, outdated)
		        ON s.cluster_id = m.from_id
		    WHERE s.network = $1 AND s.placement = 'grouped' AND (s.group_id = m.group_id OR m.outdated AND s.version < $6)
		    ORDER BY s.hash FOR NO KEY UPDATE OF s
		)
		UPDATE shapes s SET cluster_id = moved.to_id FROM moved WHERE s.network = $1 AND s.hash = moved.hash`,
		network,
		column(moves, func(m move) int64 { return m.group }),
		column(moves, func(m move) domain.ClusterID { return m.from }),
		column(moves, func(m move) domain.ClusterID { return m.to }),
		column(moves, func(m move) bool { return m.outdated }), version)
	return err
}

// closeEmptyClusters marks clusters whose shapes have all moved as merged into the
// clusters that the shapes moved to, so that their ids lead there. An ignored
// cluster is reopened when an open one is merged into it, unless that one is new
// and was never grouped.
func closeEmptyClusters(ctx context.Context, tx *sqlx.Tx, network domain.Network, moves []move) error {
	from := column(moves, func(m move) domain.ClusterID { return m.from })
	to := column(moves, func(m move) domain.ClusterID { return m.to })
	for _, statement := range []string{
		`UPDATE clusters t SET state = 'open', ` + notIgnored + ` FROM clusters c JOIN unnest($2::bigint[], $3::bigint[]) AS m (from_id, to_id) ON c.id = m.from_id
		 WHERE t.network = $1 AND t.id = m.to_id AND t.state = 'ignored' AND c.state = 'open' AND c.group_id IS NOT NULL
		     AND NOT EXISTS (SELECT FROM shapes s WHERE s.cluster_id = c.id)`,
		`UPDATE clusters c SET ` + notIgnored + `, state = 'merged', merged_into = m.to_id, group_id = NULL
		 FROM unnest($2::bigint[], $3::bigint[]) AS m (from_id, to_id)
		 WHERE c.network = $1 AND c.id = m.from_id AND c.state <> 'merged'
		     AND NOT EXISTS (SELECT FROM shapes s WHERE s.cluster_id = c.id)`,
		`UPDATE clusters c SET merged_into = m.to_id FROM unnest($2::bigint[], $3::bigint[]) AS m (from_id, to_id)
		 WHERE c.network = $1 AND c.merged_into = m.from_id AND (SELECT state FROM clusters WHERE id = m.from_id) = 'merged'`,
		`UPDATE splits s SET cluster_id = m.to_id FROM unnest($2::bigint[], $3::bigint[]) AS m (from_id, to_id)
		 WHERE s.network = $1 AND s.cluster_id = m.from_id AND (SELECT state FROM clusters WHERE id = m.from_id) = 'merged'`,
	} {
		if len(moves) == 0 {
			break
		}
		if _, err := tx.ExecContext(ctx, statement, network, from, to); err != nil {
			return err
		}
	}
	return nil
}

// notIgnored clears the columns of an ignored cluster. The statement that uses it
// sets the state too.
const notIgnored = `ignored_at = NULL, ignored_until = NULL, ignored_to_events = NULL, ignored_to_profiles = NULL, ignored_above = NULL`

// saveOwners stores which group owns which cluster, and the templates of clusters.
func (g *Grouping) saveOwners(ctx context.Context, tx *sqlx.Tx, placements []placement, templates map[int64]string) error {
	var owned []placement
	var edited []domain.ClusterID
	for _, p := range placements {
		switch {
		case p.anchored:
			edited = append(edited, p.cluster)
		case p.cluster != 0:
			owned = append(owned, p)
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE clusters c SET group_id = p.group_id, template = p.template
		FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS p (id, group_id, template)
		WHERE c.network = $1 AND c.id = p.id`, g.network,
		column(owned, func(p placement) domain.ClusterID { return p.cluster }),
		column(owned, func(p placement) int64 { return p.group }),
		column(owned, func(p placement) string { return templates[p.group] }))
	if err != nil {
		return err
	}
	return updateTemplates(ctx, tx, edited)
}
