package store

import (
	"context"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// home is where the shapes of a group belong that follow it.
type home struct {
	group   int64
	shape   int64 // one of the group
	cluster int64
	led     bool   // people have put a part of the group there
	moves   []move // to it
}

// findHomes returns the homes of the groups of fresh shapes. A group's home is
// where people have put a part of it; else the oldest of the clusters that its
// shapes are in and that no other group or person has a claim to.
func (g *Grouping) findHomes(ctx context.Context, tx *sqlx.Tx, fresh []waiting) ([]home, error) {
	homes := map[int64]home{}
	for _, w := range fresh {
		homes[w.Group] = home{group: w.Group, shape: w.Hash}
	}
	groups := slices.Sorted(maps.Keys(homes))
	leaders, err := g.leaders(ctx, tx, groups)
	if err != nil {
		return nil, err
	}
	claims, err := g.claims(ctx, tx, groups, slices.Collect(maps.Keys(leaders)), fresh)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		h := homes[group]
		h.cluster, h.led = leaders[group]
		if homes[group], err = g.claim(ctx, tx, h, claims); err != nil {
			return nil, err
		}
	}
	return slices.Collect(maps.Values(homes)), nil
}

// leaders returns the cluster of the leading shape of each group that has one;
// of several the one with the least hash, wherever and whenever it was put.
func (g *Grouping) leaders(ctx context.Context, tx *sqlx.Tx, groups []int64) (map[int64]int64, error) {
	var rows []struct{ GroupID, ClusterID int64 }
	err := tx.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (group_id) group_id, cluster_id FROM shapes
		WHERE network = $1 AND group_id = ANY($2) AND placed = 'leading'
		ORDER BY group_id, hash`, g.network, pq.Array(groups))
	leaders := map[int64]int64{}
	for _, r := range rows {
		leaders[r.GroupID] = r.ClusterID
	}
	return leaders, err
}

// claims says of clusters which groups have shapes in them, and which group
// owns them.
type claims struct {
	in    map[int64][]int64 // clusters by group, the oldest first
	owner map[int64]int64   // group by cluster; noGroup for what people had a hand in
}

// noGroup owns the clusters that can't be any group's home.
const noGroup = 0

// claims reads which clusters matter to groups: those that the group owns, those
// of fresh shapes, and, of a group that is led, all in which some follow.
func (g *Grouping) claims(ctx context.Context, tx *sqlx.Tx, groups, led []int64, fresh []waiting) (claims, error) {
	var rows []struct {
		GroupID, ClusterID int64
		Owner              *int64
		Edited             bool
	}
	err := tx.SelectContext(ctx, &rows, `
		WITH inside AS (
		    SELECT group_id, id AS cluster_id FROM clusters WHERE network = $1 AND group_id = ANY($2)
		    UNION
		    SELECT group_id, cluster_id FROM shapes WHERE network = $1 AND hash = ANY($3) AND placed = 'grouped'
		    UNION
		    SELECT group_id, cluster_id FROM shapes WHERE network = $1 AND group_id = ANY($4) AND placed = 'grouped'
		)
		SELECT i.group_id, i.cluster_id, c.group_id AS owner,
		    EXISTS (SELECT FROM shapes s WHERE s.cluster_id = c.id AND s.placed <> 'grouped') AS edited
		FROM inside i JOIN clusters c ON c.id = i.cluster_id ORDER BY i.cluster_id, i.group_id`,
		g.network, pq.Array(groups), column(fresh, func(w waiting) int64 { return w.Hash }), pq.Array(append([]int64{}, led...)))
	c := claims{in: map[int64][]int64{}, owner: map[int64]int64{}}
	for _, r := range rows {
		c.in[r.GroupID] = append(c.in[r.GroupID], r.ClusterID)
		switch {
		case r.Edited:
			c.owner[r.ClusterID] = noGroup
		case r.Owner != nil:
			c.owner[r.ClusterID] = *r.Owner
		}
	}
	return c, err
}

// claim finds the home of a group, unless it is led, and makes one when all
// clusters that its shapes are in are others'.
func (g *Grouping) claim(ctx context.Context, tx *sqlx.Tx, h home, c claims) (home, error) {
	mine := func(id int64) bool {
		owner, owned := c.owner[id]
		return !owned || owner == h.group
	}
	if i := slices.IndexFunc(c.in[h.group], mine); i >= 0 && !h.led {
		h.cluster = c.in[h.group][i]
	}
	if h.cluster == 0 && len(c.in[h.group]) > 0 {
		err := tx.GetContext(ctx, &h.cluster, `
			INSERT INTO clusters (network, template) SELECT $1, template FROM shapes WHERE network = $1 AND hash = $2
			RETURNING id`, g.network, h.shape)
		if err != nil {
			return h, err
		}
	}
	for _, id := range c.in[h.group] {
		if id != h.cluster {
			h.moves = append(h.moves, move{h.group, id, h.cluster, mine(id)})
		}
		if mine(id) {
			c.owner[id] = h.group
		}
	}
	return h, nil
}

// moveIn brings groups home, and ends the clusters that have become empty.
func (g *Grouping) moveIn(ctx context.Context, tx *sqlx.Tx, homes []home) error {
	var moves []move
	for _, h := range homes {
		moves = append(moves, h.moves...)
	}
	if err := moveShapes(ctx, tx, g.network, g.version, moves); err != nil {
		return err
	}
	if err := endClusters(ctx, tx, g.network, moves); err != nil {
		return err
	}
	if err := g.own(ctx, tx, homes); err != nil {
		return err
	}
	ids := make([]int64, len(homes))
	for i, h := range homes {
		ids[i] = h.cluster
	}
	return applySplits(ctx, tx, g.network, ids)
}

// move takes the shapes of a group that follow it from a cluster to another
// one. With whole, what older rules made goes along, since the cluster was the
// group's own.
type move struct {
	group, from, to int64
	whole           bool
}

func moveShapes(ctx context.Context, tx *sqlx.Tx, network domain.Network, version int, moves []move) error {
	if len(moves) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		WITH moved AS (
		    SELECT s.hash, m.to_id FROM shapes s
		    JOIN unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::boolean[]) AS m (group_id, from_id, to_id, whole)
		        ON s.cluster_id = m.from_id
		    WHERE s.network = $1 AND s.placed = 'grouped' AND (s.group_id = m.group_id OR m.whole AND s.version < $6)
		    ORDER BY s.hash FOR NO KEY UPDATE OF s
		)
		UPDATE shapes s SET cluster_id = moved.to_id FROM moved WHERE s.network = $1 AND s.hash = moved.hash`,
		network,
		column(moves, func(m move) int64 { return m.group }),
		column(moves, func(m move) int64 { return m.from }),
		column(moves, func(m move) int64 { return m.to }),
		column(moves, func(m move) bool { return m.whole }), version)
	return err
}

// endClusters has the ids of clusters without shapes lead to where those went.
// An ignored cluster comes back in sight when one that was in sight before joins
// it; one that was only just founded does not count.
func endClusters(ctx context.Context, tx *sqlx.Tx, network domain.Network, moves []move) error {
	from := column(moves, func(m move) int64 { return m.from })
	to := column(moves, func(m move) int64 { return m.to })
	for _, statement := range []string{
		`UPDATE clusters h SET state = 'open', ` + notIgnored + ` FROM clusters c JOIN unnest($2::bigint[], $3::bigint[]) AS m (from_id, to_id) ON c.id = m.from_id
		 WHERE h.network = $1 AND h.id = m.to_id AND h.state = 'ignored' AND c.state = 'open' AND c.group_id IS NOT NULL
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

// notIgnored ends the ignoring of a cluster; its state is set beside it.
const notIgnored = `ignored_at = NULL, ignored_until = NULL, ignored_to_events = NULL, ignored_to_profiles = NULL, ignored_above = NULL`

// own notes which group makes up which cluster, and what its shapes share.
func (g *Grouping) own(ctx context.Context, tx *sqlx.Tx, homes []home) error {
	var own []home
	var edited []int64
	for _, h := range homes {
		switch {
		case h.led:
			edited = append(edited, h.cluster)
		case h.cluster != 0:
			own = append(own, h)
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE clusters c SET group_id = h.group_id, template = h.template
		FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS h (id, group_id, template)
		WHERE c.network = $1 AND c.id = h.id`, g.network,
		column(own, func(h home) int64 { return h.cluster }),
		column(own, func(h home) int64 { return h.group }),
		column(own, func(h home) string { c, _ := g.grouper.Cluster(uint64(h.shape)); return c.Template }))
	if err != nil {
		return err
	}
	return describeClusters(ctx, tx, edited)
}
