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

// Grouping groups the shapes of one network for one replica. It keeps what it
// has learnt of them in memory, and after a restart learns it again from the
// stored ones; so which shapes are together follows from the set of stored
// shapes and what people did to clusters, and from nothing else. Of several
// replicas one works at a time. It is not safe for concurrent use.
type Grouping struct {
	store   *Store
	network domain.Network
	version int

	grouper *cluster.Grouper
	place   int64 // of the last shape that the grouper was given
	broken  bool  // the grouper knows what the database does not
}

// NewGrouping returns a Grouping by a version of the rules, which is
// cluster.GroupingVersion except in tests.
func (s *Store) NewGrouping(network domain.Network, version int) *Grouping {
	return &Grouping{store: s, network: network, version: version, grouper: cluster.NewGrouper()}
}

// Step takes up at most size shapes that wait, and gives all whose group has
// changed the cluster that they belong to now, in one transaction. It returns
// how many it took: none when another replica is at it, or groups by a newer
// version of the rules.
func (g *Grouping) Step(ctx context.Context, size int) (int, error) {
	taken := 0
	err := g.store.tx(ctx, func(tx *sqlx.Tx) error {
		if g.broken {
			g.grouper, g.place = cluster.NewGrouper(), 0
		}
		g.broken = true // until this is committed
		taken = 0
		mine, err := g.lock(ctx, tx)
		if err != nil || !mine {
			return err
		}
		if err := g.catchUp(ctx, tx); err != nil {
			return err
		}
		fresh, err := g.takeUp(ctx, tx, size)
		taken = len(fresh.shapes)
		if err != nil || taken == 0 {
			return err
		}
		return g.settle(ctx, tx, fresh)
	})
	g.broken = err != nil
	return taken, err
}

// lock makes this the only replica that groups the network until the
// transaction ends. It returns false if another is, or if this one's rules are
// outdated.
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
	return true, g.begin(ctx, tx)
}

// begin takes the network over from older rules. Their groups mean nothing to
// the new ones; clusters keep their shapes until those are made again.
func (g *Grouping) begin(ctx context.Context, tx *sqlx.Tx) error {
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

// catchUp gives the grouper the shapes that others have dealt with.
func (g *Grouping) catchUp(ctx context.Context, tx *sqlx.Tx) error {
	for {
		var next []struct {
			Hash     int64
			Template string
			Place    int64
		}
		err := tx.SelectContext(ctx, &next, `
			SELECT hash, template, place FROM shapes
			WHERE network = $1 AND place > $2 AND version = $3 AND placed <> 'split'
			ORDER BY place LIMIT 2000`, g.network, g.place, g.version)
		if err != nil || len(next) == 0 {
			return err
		}
		for _, n := range next {
			g.grouper.Add(cluster.Shape{Hash: uint64(n.Hash), Template: n.Template, Version: g.version})
			g.place = n.Place
		}
	}
}

// waiting is a shape that the grouping has not taken up yet.
type waiting struct {
	Hash     int64
	Template string
	Groups   bool  // it is made by the rules of now, and has a group
	Group    int64 // of those that do
}

// freshShapes are shapes that are just being taken up.
type freshShapes struct {
	shapes []waiting
	former map[int64]int64 // groups that there were before, and what they are now
}

// takeUp gives the grouper shapes that wait.
func (g *Grouping) takeUp(ctx context.Context, tx *sqlx.Tx, size int) (freshShapes, error) {
	fresh := freshShapes{former: map[int64]int64{}}
	err := tx.SelectContext(ctx, &fresh.shapes, `
		SELECT hash, template, version = $2 AND placed <> 'split' AS groups FROM shapes
		WHERE network = $1 AND place IS NULL AND version <= $2
		ORDER BY hash LIMIT $3`, g.network, g.version, size)
	for _, w := range fresh.shapes {
		if !w.Groups {
			continue
		}
		a := g.grouper.Add(cluster.Shape{Hash: uint64(w.Hash), Template: w.Template, Version: g.version})
		for _, former := range a.Merged {
			fresh.former[int64(former)] = w.Hash
		}
	}
	// Only now, since a group may change its id more than once.
	for i, w := range fresh.shapes {
		if w.Groups {
			fresh.shapes[i].Group = g.groupOf(w.Hash)
		}
	}
	for former, shape := range fresh.former {
		fresh.former[former] = g.groupOf(shape)
	}
	return fresh, err
}

func (g *Grouping) groupOf(shape int64) int64 {
	c, _ := g.grouper.Cluster(uint64(shape)) // it was added
	return int64(c.ID)
}

// settle writes down what the grouper found out, and moves shapes accordingly.
func (g *Grouping) settle(ctx context.Context, tx *sqlx.Tx, fresh freshShapes) error {
	if err := g.rename(ctx, tx, fresh); err != nil {
		return err
	}
	grouped := slices.DeleteFunc(fresh.shapes, func(w waiting) bool { return !w.Groups })
	homes, err := g.findHomes(ctx, tx, grouped)
	if err != nil {
		return err
	}
	return g.moveIn(ctx, tx, homes)
}

// rename gives shapes their places, and shapes and clusters the ids that their
// groups have now. Shapes are locked in the order in which ingestion locks them.
func (g *Grouping) rename(ctx context.Context, tx *sqlx.Tx, fresh freshShapes) error {
	formers := slices.Sorted(maps.Keys(fresh.former))
	nows := make([]int64, len(formers))
	for i, former := range formers {
		nows[i] = fresh.former[former]
	}
	hashes := column(fresh.shapes, func(w waiting) int64 { return w.Hash })
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
		WITH placed AS (
		    UPDATE shapes s SET place = nextval('shape_places'), group_id = CASE WHEN new.groups THEN new.group_id END
		    FROM unnest($2::bigint[], $3::boolean[], $4::bigint[]) AS new (hash, groups, group_id)
		    WHERE s.network = $1 AND s.hash = new.hash AND s.version <= $5 RETURNING place
		) SELECT COALESCE(max(place), 0) FROM placed`, g.network, hashes,
		column(fresh.shapes, func(w waiting) bool { return w.Groups }),
		column(fresh.shapes, func(w waiting) int64 { return w.Group }), g.version)
	g.place = max(g.place, last)
	return err
}

// WaitingNetworks lists the networks that have shapes to be grouped, or that
// older rules than those of a version have grouped.
func (s *Store) WaitingNetworks(ctx context.Context, version int) ([]domain.Network, error) {
	var networks []domain.Network
	err := s.db.SelectContext(ctx, &networks, `
		SELECT network FROM shapes WHERE place IS NULL AND version <= $1
		UNION SELECT network FROM groupings WHERE version < $1
		ORDER BY 1`, version)
	return networks, translate(err)
}
