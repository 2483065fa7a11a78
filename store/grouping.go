package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// Grouping groups the shapes of one network for one replica. Which shapes share a
// cluster depends only on the set of stored shapes and on what people did to
// clusters. Of several replicas one works at a time. A Grouping is not safe for
// concurrent use.
type Grouping struct {
	store   *Store
	network domain.Network
	version int
	leaves  *Leaves
}

// NewGrouping returns a Grouping that groups by a version of the rules:
// cluster.GroupingVersion, except in tests. It keeps leaves in memory between steps.
func (s *Store) NewGrouping(network domain.Network, version int, leaves *Leaves) *Grouping {
	return &Grouping{store: s, network: network, version: version, leaves: leaves}
}

// Step groups at most size waiting shapes, and moves all shapes whose group has
// changed to the cluster of that group, in one transaction. It returns how many
// waiting shapes it grouped: none when another replica is grouping the network,
// or when the network was grouped by newer rules. A transaction that failed leaves
// shapes in the leaves that are not stored as grouped: then all leaves are let go.
func (g *Grouping) Step(ctx context.Context, size int) (int, error) {
	taken, again := 0, false
	err := g.store.tx(ctx, func(tx *sqlx.Tx) error {
		if again {
			g.leaves.clear()
		}
		taken, again = 0, true
		mine, err := g.lock(ctx, tx)
		if err != nil || !mine {
			return err
		}
		fresh, err := g.addWaiting(ctx, tx, size)
		taken = len(fresh.shapes)
		if err != nil || taken == 0 {
			return err
		}
		return g.save(ctx, tx, fresh)
	})
	if err != nil {
		g.leaves.clear()
	}
	return taken, err
}

// lock makes this the only replica that groups the network until the transaction
// ends. It returns false if another replica holds the lock, or if this replica's
// rules are outdated.
func (g *Grouping) lock(ctx context.Context, tx *sqlx.Tx) (bool, error) {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO groupings (network, version) VALUES ($1, $2) ON CONFLICT DO NOTHING`, g.network, g.version)
	if err != nil {
		return false, err
	}
	var version int
	err = tx.GetContext(ctx, &version, `SELECT version FROM groupings WHERE network = $1 FOR UPDATE SKIP LOCKED`, g.network)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil || version >= g.version {
		return version == g.version, err
	}
	return true, g.takeOver(ctx, tx)
}

// takeOver begins to group the network by newer rules. It forgets the groups of
// the older rules; clusters keep their shapes until the shapes are made again.
func (g *Grouping) takeOver(ctx context.Context, tx *sqlx.Tx) error {
	for _, statement := range []string{
		`UPDATE groupings SET version = $2 WHERE network = $1`,
		`UPDATE clusters SET group_id = NULL WHERE network = $1 AND $2 > 0 AND group_id IS NOT NULL`,
		`UPDATE shapes SET group_id = NULL WHERE network = $1 AND version < $2 AND group_id IS NOT NULL`,
	} {
		if _, err := tx.ExecContext(ctx, statement, g.network, g.version); err != nil {
			return err
		}
	}
	return nil
}

// waitingShape is a shape that has not been grouped yet.
type waitingShape struct {
	Hash     int64
	Template string
	HasGroup bool  // the current rules made it, and it is not of a split: it gets a group
	Group    int64 // 0 without one
	Leaf     int64 // the leaf of the group
}

// freshShapes are the shapes that a step groups.
type freshShapes struct {
	shapes    []waitingShape
	former    map[int64]int64  // the new id of each group whose id has changed, by the former one
	templates map[int64]string // of the groups
}

// addWaiting adds waiting shapes to their leaves, one leaf after another, so that
// leaves which were let go come back one at a time.
func (g *Grouping) addWaiting(ctx context.Context, tx *sqlx.Tx, size int) (freshShapes, error) {
	fresh := freshShapes{former: map[int64]int64{}, templates: map[int64]string{}}
	err := tx.SelectContext(ctx, &fresh.shapes, `
		SELECT hash, template, version = $2 AND placement <> 'split' AS has_group FROM shapes
		WHERE network = $1 AND seq IS NULL AND version <= $2
		ORDER BY hash LIMIT $3`, g.network, g.version, size)
	if err != nil {
		return fresh, err
	}
	byLeaf := map[int64][]*waitingShape{}
	for i := range fresh.shapes {
		if w := &fresh.shapes[i]; w.HasGroup {
			w.Leaf = int64(cluster.LeafKey(w.Template))
			byLeaf[w.Leaf] = append(byLeaf[w.Leaf], w)
		}
	}
	err = g.withLeaves(ctx, tx, slices.Sorted(maps.Keys(byLeaf)), func(key int64, leaf *cluster.Leaf) {
		fresh.add(leaf, byLeaf[key])
	})
	return fresh, err
}

// add adds waiting shapes to their leaf. The groups are read at the end, because a
// group may change its id more than once.
func (f freshShapes) add(leaf *cluster.Leaf, waiting []*waitingShape) {
	former := map[int64]*waitingShape{}
	for _, w := range waiting {
		for _, id := range leaf.Add(cluster.Shape{Hash: uint64(w.Hash), Template: w.Template}).Merged {
			former[int64(id)] = w
		}
	}
	for _, w := range waiting {
		group := leaf.Group(w.Template)
		w.Group = int64(group.ID)
		f.templates[w.Group] = group.Template
	}
	for id, w := range former {
		f.former[id] = w.Group
	}
}

// save stores the groups that the grouper found, and moves shapes accordingly.
func (g *Grouping) save(ctx context.Context, tx *sqlx.Tx, fresh freshShapes) error {
	if err := g.saveGroups(ctx, tx, fresh); err != nil {
		return err
	}
	grouped := slices.DeleteFunc(fresh.shapes, func(w waitingShape) bool { return !w.HasGroup })
	placements, err := g.findPlacements(ctx, tx, grouped)
	if err != nil {
		return err
	}
	return g.applyMoves(ctx, tx, placements, fresh.templates)
}

// saveGroups stores the order in which shapes were grouped, and the ids of the
// groups of shapes and clusters. It locks shapes in the order in which ingestion
// locks them.
func (g *Grouping) saveGroups(ctx context.Context, tx *sqlx.Tx, fresh freshShapes) error {
	formers := slices.Sorted(maps.Keys(fresh.former))
	nows := make([]int64, len(formers))
	for i, former := range formers {
		nows[i] = fresh.former[former]
	}
	hashes := column(fresh.shapes, func(w waitingShape) int64 { return w.Hash })
	_, err := tx.ExecContext(ctx, `
		SELECT FROM shapes WHERE network = $1 AND (hash = ANY($2) OR group_id = ANY($3))
		ORDER BY hash FOR NO KEY UPDATE`, g.network, hashes, pq.Array(formers))
	if err != nil {
		return err
	}
	for _, table := range []string{"shapes", "clusters"} {
		_, err := tx.ExecContext(ctx, `
			UPDATE `+table+` t SET group_id = g.now
			FROM unnest($2::bigint[], $3::bigint[]) AS g (former, now)
			WHERE t.network = $1 AND t.group_id = g.former`, g.network, pq.Array(formers), pq.Array(nows))
		if err != nil {
			return err
		}
	}
	var last int64
	err = tx.GetContext(ctx, &last, `
		WITH done AS (
		    UPDATE shapes s SET seq = nextval('shapes_seq'), group_id = CASE WHEN new.has_group THEN new.group_id END,
		        leaf = CASE WHEN new.has_group THEN new.leaf END
		    FROM unnest($2::bigint[], $3::boolean[], $4::bigint[], $5::bigint[]) AS new (hash, has_group, group_id, leaf)
		    WHERE s.network = $1 AND s.hash = new.hash AND s.version <= $6 RETURNING seq
		) SELECT COALESCE(max(seq), 0) FROM done`, g.network, hashes,
		column(fresh.shapes, func(w waitingShape) bool { return w.HasGroup }),
		column(fresh.shapes, func(w waitingShape) int64 { return w.Group }),
		column(fresh.shapes, func(w waitingShape) int64 { return w.Leaf }), g.version)
	if err == nil {
		g.leaves.read(g.network, fresh.shapes, last)
	}
	return err
}

// WaitingNetworks lists the networks that have shapes to group, or that were
// grouped by rules older than version.
func (s *Store) WaitingNetworks(ctx context.Context, version int) ([]domain.Network, error) {
	var networks []domain.Network
	err := s.db.SelectContext(ctx, &networks, `
		SELECT network FROM shapes WHERE seq IS NULL AND version <= $1
		UNION SELECT network FROM groupings WHERE version < $1
		ORDER BY 1`, version)
	return networks, translate(err)
}
