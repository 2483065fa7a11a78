package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// What people do to clusters holds for what comes later: shapes that they have
// merged stay together and what they have taken out stays apart, whatever the
// grouping finds out.

// edited is a cluster that somebody is changing. No grouping and no other
// change of its network runs meanwhile.
type edited struct {
	ID       int64
	Network  domain.Network
	Template string
	State    string
}

// edit changes a cluster in a transaction with its entry in the audit log, whose
// details change returns.
func (s *Store) edit(ctx context.Context, by Actor, id int64, action, why string, change func(*sqlx.Tx, edited) (map[string]any, error)) error {
	why = strings.TrimSpace(why)
	if why == "" {
		return domain.InvalidField("why", "Say why, for those who come after you.")
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		c, err := lockCluster(ctx, tx, id)
		if err != nil {
			return err
		}
		details, err := change(tx, c)
		if err != nil {
			return err
		}
		details["why"] = why
		return addAudit(ctx, tx, by, action, clusterSubject(id), details)
	})
}

// clusterSubject is a cluster in the audit log.
func clusterSubject(id int64) string { return fmt.Sprint("cluster ", id) }

// lockCluster keeps the grouping and other edits off the cluster's network. It
// fails with NotFound, and with Conflict when the cluster was merged.
func lockCluster(ctx context.Context, tx *sqlx.Tx, id int64) (edited, error) {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO groupings (network, version) SELECT network, $2 FROM clusters WHERE id = $1 ON CONFLICT DO NOTHING`,
		id, cluster.GroupingVersion)
	if err != nil {
		return edited{}, err
	}
	_, err = tx.ExecContext(ctx, `
		SELECT FROM groupings WHERE network = (SELECT network FROM clusters WHERE id = $1) FOR UPDATE`, id)
	if err != nil {
		return edited{}, err
	}
	return unmerged(ctx, tx, id)
}

func unmerged(ctx context.Context, tx *sqlx.Tx, id int64) (edited, error) {
	var c struct {
		edited
		MergedInto int64
	}
	err := tx.GetContext(ctx, &c, `
		SELECT id, network, template, state, COALESCE(merged_into, 0) AS merged_into FROM clusters WHERE id = $1`, id)
	if err = translate(err); domain.KindOf(err) == domain.NotFound {
		return edited{}, domain.Errorf(domain.NotFound, "There is no cluster %d.", id)
	}
	if err == nil && c.MergedInto != 0 {
		err = domain.Errorf(domain.Conflict, "Cluster %d is part of cluster %d by now.", id, c.MergedInto)
	}
	return c.edited, err
}

// MergeClusters makes another cluster part of one; its id leads there from then
// on. Both must be of one network.
func (s *Store) MergeClusters(ctx context.Context, by Actor, into, other int64, why string) error {
	if into == other {
		return domain.InvalidField("other", "This is the cluster itself.")
	}
	return s.edit(ctx, by, into, "cluster.merge", why, func(tx *sqlx.Tx, c edited) (map[string]any, error) {
		o, err := unmerged(ctx, tx, other)
		if domain.KindOf(err) == domain.NotFound || err == nil && o.Network != c.Network {
			err = domain.InvalidField("other", "There is no cluster %d of %s.", other, c.Network)
		}
		if err != nil {
			return nil, err
		}
		return map[string]any{"merged": other, "template": o.Template}, merge(ctx, tx, c, o)
	})
}

func merge(ctx context.Context, tx *sqlx.Tx, c, o edited) error {
	_, err := tx.ExecContext(ctx, `
		WITH joined AS (
		    SELECT hash FROM shapes WHERE network = $1 AND cluster_id IN ($2, $3) ORDER BY hash FOR NO KEY UPDATE
		)
		UPDATE shapes s SET cluster_id = $2, placement = CASE WHEN placement = 'grouped' THEN 'anchor' ELSE placement END
		FROM joined WHERE s.network = $1 AND s.hash = joined.hash`, c.Network, c.ID, o.ID)
	if err != nil {
		return err
	}
	if c.State == "ignored" && o.State == "open" { // what was in sight stays there
		if err := setOpen(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	if err := closeEmptyClusters(ctx, tx, c.Network, []move{{from: o.ID, to: c.ID}}); err != nil {
		return err
	}
	if err := describeClusters(ctx, tx, []int64{c.ID}); err != nil {
		return err
	}
	return applySplits(ctx, tx, c.Network, []int64{c.ID})
}

// UnmergeShapes takes shapes out of a cluster, to a cluster of their own whose id
// it returns. At least one shape must stay.
func (s *Store) UnmergeShapes(ctx context.Context, by Actor, id int64, shapes []uint64, why string) (int64, error) {
	var fresh int64
	err := s.edit(ctx, by, id, "cluster.unmerge", why, func(tx *sqlx.Tx, c edited) (map[string]any, error) {
		taken, rest, err := part(ctx, tx, c, shapes)
		if err != nil {
			return nil, err
		}
		if err := tx.GetContext(ctx, &fresh, `
			INSERT INTO clusters (network, template) VALUES ($1, '') RETURNING id`, c.Network); err != nil {
			return nil, err
		}
		return map[string]any{"taken_out": fresh, "shapes": len(taken)}, takeOut(ctx, tx, c, fresh, taken, rest)
	})
	return fresh, err
}

// member is a shape in a cluster.
type member struct {
	Hash      int64
	Template  string
	GroupID   *int64
	Placement string
}

func (m member) groupedWith(o member) bool {
	return m.GroupID != nil && o.GroupID != nil && *m.GroupID == *o.GroupID
}

// part reads the shapes of a cluster, those that are to be taken out and the rest.
func part(ctx context.Context, tx *sqlx.Tx, c edited, shapes []uint64) (taken, rest []member, err error) {
	err = tx.SelectContext(ctx, &rest, `
		SELECT hash, template, group_id, placement FROM shapes WHERE cluster_id = $1 ORDER BY hash FOR NO KEY UPDATE`, c.ID)
	for _, hash := range shapes {
		i := slices.IndexFunc(rest, func(m member) bool { return m.Hash == int64(hash) })
		if err == nil && i < 0 {
			err = domain.Errorf(domain.Conflict, "One of the wordings is not in this cluster any more. Look at it again.")
		}
		if err != nil {
			return nil, nil, err
		}
		taken, rest = append(taken, rest[i]), slices.Delete(rest, i, i+1)
	}
	switch {
	case err != nil:
	case len(taken) == 0:
		err = domain.InvalidField("shape", "Choose what to take out.")
	case len(rest) == 0:
		err = domain.InvalidField("shape", "At least one wording must stay.")
	}
	return taken, rest, err
}

// takeOut moves shapes to a fresh cluster. One that leaves others of its group
// behind is apart from then on; a whole group draws those after it that come to
// it later. What stays keeps its place too: else it might follow its group to
// where people put what left, one day.
func takeOut(ctx context.Context, tx *sqlx.Tx, c edited, fresh int64, taken, rest []member) error {
	placements := make([]string, len(taken))
	for i, m := range taken {
		switch {
		case m.Placement == "detached" || m.Placement == "split":
			placements[i] = m.Placement
		case m.GroupID == nil || slices.ContainsFunc(rest, m.groupedWith):
			placements[i] = "detached"
		default:
			placements[i] = "anchor"
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE shapes s SET cluster_id = $2, placement = t.placement FROM unnest($3::bigint[], $4::text[]) AS t (hash, placement)
		WHERE s.network = $1 AND s.hash = t.hash`, c.Network, fresh,
		column(taken, func(m member) int64 { return m.Hash }), pq.Array(placements))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE shapes SET placement = 'anchor' WHERE cluster_id = $1 AND placement = 'grouped'`, c.ID)
	if err != nil {
		return err
	}
	if err := leadTo(ctx, tx, c, fresh, taken, rest); err != nil {
		return err
	}
	return describeClusters(ctx, tx, []int64{fresh, c.ID})
}

// leadTo has the ids of clusters that were merged into one lead to the fresh
// cluster when what they were known by was taken out to there, and nothing like
// it stayed.
func leadTo(ctx context.Context, tx *sqlx.Tx, c edited, fresh int64, taken, rest []member) error {
	var merged []ClusterTemplate
	err := tx.SelectContext(ctx, &merged, `SELECT id, template FROM clusters WHERE merged_into = $1 ORDER BY id`, c.ID)
	if err != nil {
		return err
	}
	ids := []int64{}
	for _, m := range merged {
		like := func(s member) bool { return cluster.Covers(m.Template, s.Template) }
		if slices.ContainsFunc(taken, like) && !slices.ContainsFunc(rest, like) {
			ids = append(ids, m.ID)
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE clusters SET merged_into = $1 WHERE id = ANY($2)`, fresh, pq.Array(ids))
	return err
}

// SplitCluster takes the errors that have a value behind a mask of the cluster's
// template, counted from 0, to a cluster of their own, whose id it returns. New
// errors go there within seconds, on all replicas; stored ones follow in the
// background.
func (s *Store) SplitCluster(ctx context.Context, by Actor, id int64, mask int, value, why string) (int64, error) {
	var fresh int64
	err := s.edit(ctx, by, id, "cluster.split", why, func(tx *sqlx.Tx, c edited) (map[string]any, error) {
		shape, ok := cluster.FixValue(c.Template, mask, value)
		if !ok {
			return nil, domain.InvalidField("value", "This value can't be split off.")
		}
		var err error
		fresh, err = split(ctx, tx, c, mask, value, shape)
		return map[string]any{"split_off": fresh, "template": shape.Template}, err
	})
	return fresh, err
}

func split(ctx context.Context, tx *sqlx.Tx, c edited, mask int, value string, to cluster.Shape) (int64, error) {
	var fresh int64
	err := tx.GetContext(ctx, &fresh, `
		WITH fresh AS (
		    INSERT INTO clusters (network, template) VALUES ($1, $2) RETURNING id
		), shape AS (
		    INSERT INTO shapes (network, hash, template, cluster_id, version, placement)
		    SELECT $1, $3, $2, id, $4, 'split' FROM fresh
		)
		SELECT id FROM fresh`, c.Network, to.Template, int64(to.Hash), to.Version)
	if err = translate(err); domain.KindOf(err) == domain.Conflict {
		return 0, domain.Errorf(domain.Conflict, "This value is split off already.")
	}
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO splits (network, cluster_id, template, mask, value, hash) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.Network, c.ID, c.Template, mask, value, int64(to.Hash))
	if err != nil {
		return 0, err
	}
	return fresh, applySplits(ctx, tx, c.Network, []int64{c.ID})
}
