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

// What people decide about clusters is kept: shapes that they merged stay together,
// and shapes that they took out stay apart, whatever the grouping finds later.

// editedCluster is a cluster that somebody is changing. Meanwhile its network is
// neither grouped nor changed by others.
type editedCluster struct {
	ID       domain.ClusterID
	Network  domain.Network
	Template string
	State    string
}

// editCluster changes a cluster in a transaction with its entry in the audit log, whose
// details change returns.
func (s *Store) editCluster(ctx context.Context, by Actor, id domain.ClusterID, action, why string, change func(*sqlx.Tx, editedCluster) (map[string]any, error)) error {
	why = strings.TrimSpace(why)
	if why == "" {
		return domain.InvalidField("why", "Say why.")
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

// clusterSubject is the name of a cluster in the audit log.
func clusterSubject(id domain.ClusterID) string { return fmt.Sprint("cluster ", id) }

// lockCluster locks the cluster's network against grouping and other changes. It
// fails with NotFound, and with Conflict when the cluster was merged.
func lockCluster(ctx context.Context, tx *sqlx.Tx, id domain.ClusterID) (editedCluster, error) {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO groupings (network, version) SELECT network, $2 FROM clusters WHERE id = $1 ON CONFLICT DO NOTHING`,
		id, cluster.GroupingVersion)
	if err != nil {
		return editedCluster{}, err
	}
	_, err = tx.ExecContext(ctx, `
		SELECT FROM groupings WHERE network = (SELECT network FROM clusters WHERE id = $1) FOR UPDATE`, id)
	if err != nil {
		return editedCluster{}, err
	}
	return loadUnmerged(ctx, tx, id)
}

func loadUnmerged(ctx context.Context, tx *sqlx.Tx, id domain.ClusterID) (editedCluster, error) {
	var c struct {
		editedCluster
		MergedInto int64
	}
	err := tx.GetContext(ctx, &c, `
		SELECT id, network, template, state, COALESCE(merged_into, 0) AS merged_into FROM clusters WHERE id = $1`, id)
	if err = translate(err); domain.KindOf(err) == domain.NotFound {
		return editedCluster{}, domain.Errorf(domain.NotFound, "There is no cluster %d.", id)
	}
	if err == nil && c.MergedInto != 0 {
		err = domain.Errorf(domain.Conflict, "Cluster %d is part of cluster %d by now.", id, c.MergedInto)
	}
	return c.editedCluster, err
}

// MergeClusters merges another cluster into one; its id leads there from then on.
// Both must be of one network.
func (s *Store) MergeClusters(ctx context.Context, by Actor, into, other domain.ClusterID, why string) error {
	if into == other {
		return domain.InvalidField("other", "This is the cluster itself.")
	}
	return s.editCluster(ctx, by, into, "cluster.merge", why, func(tx *sqlx.Tx, c editedCluster) (map[string]any, error) {
		o, err := loadUnmerged(ctx, tx, other)
		if domain.KindOf(err) == domain.NotFound || err == nil && o.Network != c.Network {
			err = domain.InvalidField("other", "There is no cluster %d of %s.", other, c.Network.Name())
		}
		if err != nil {
			return nil, err
		}
		return map[string]any{"merged": other, "template": o.Template}, mergeInto(ctx, tx, c, o)
	})
}

func mergeInto(ctx context.Context, tx *sqlx.Tx, c, o editedCluster) error {
	_, err := tx.ExecContext(ctx, `
		WITH joined AS (
		    SELECT hash FROM shapes WHERE network = $1 AND cluster_id IN ($2, $3) ORDER BY hash FOR NO KEY UPDATE
		)
		UPDATE shapes s SET cluster_id = $2, placement = CASE WHEN placement = 'grouped' THEN 'anchor' ELSE placement END
		FROM joined WHERE s.network = $1 AND s.hash = joined.hash`, c.Network, c.ID, o.ID)
	if err != nil {
		return err
	}
	if c.State == "ignored" && o.State == "open" { // the errors of the open one stay visible
		if err := setOpen(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	if err := closeEmptyClusters(ctx, tx, c.Network, []move{{from: o.ID, to: c.ID}}); err != nil {
		return err
	}
	if err := updateTemplates(ctx, tx, []domain.ClusterID{c.ID}); err != nil {
		return err
	}
	return applySplits(ctx, tx, c.Network, []domain.ClusterID{c.ID})
}

// UnmergeShapes moves shapes out of a cluster to a new one, whose id it returns. At
// least one shape must stay.
func (s *Store) UnmergeShapes(ctx context.Context, by Actor, id domain.ClusterID, shapes []uint64, why string) (domain.ClusterID, error) {
	var fresh domain.ClusterID
	err := s.editCluster(ctx, by, id, "cluster.unmerge", why, func(tx *sqlx.Tx, c editedCluster) (map[string]any, error) {
		taken, rest, err := chooseShapes(ctx, tx, c, shapes)
		if err != nil {
			return nil, err
		}
		if err := tx.GetContext(ctx, &fresh, `
			INSERT INTO clusters (network, template) VALUES ($1, '') RETURNING id`, c.Network); err != nil {
			return nil, err
		}
		return map[string]any{"taken_out": fresh, "shapes": len(taken)}, moveShapesOut(ctx, tx, c, fresh, taken, rest)
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

// chooseShapes reads the shapes of a cluster: those that are to be moved out and the
// rest.
func chooseShapes(ctx context.Context, tx *sqlx.Tx, c editedCluster, shapes []uint64) (taken, rest []member, err error) {
	err = tx.SelectContext(ctx, &rest, `
		SELECT hash, template, group_id, placement FROM shapes WHERE cluster_id = $1 ORDER BY hash FOR NO KEY UPDATE`, c.ID)
	for _, hash := range shapes {
		i := slices.IndexFunc(rest, func(m member) bool { return m.Hash == int64(hash) })
		if err == nil && i < 0 {
			err = domain.Errorf(domain.Conflict, "One of the shapes is not in this cluster any more. Look at it again.")
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
		err = domain.InvalidField("shape", "At least one shape must stay.")
	}
	return taken, rest, err
}

// moveShapesOut moves shapes to a new cluster. Where a whole group moves, its shapes
// become anchors, so that later shapes of the group follow; a shape that leaves
// others of its group behind is detached. The rest become anchors too: otherwise
// they could follow their group to the new cluster one day.
func moveShapesOut(ctx context.Context, tx *sqlx.Tx, c editedCluster, fresh domain.ClusterID, taken, rest []member) error {
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
	if err := redirectMerged(ctx, tx, c, fresh, taken, rest); err != nil {
		return err
	}
	return updateTemplates(ctx, tx, []domain.ClusterID{fresh, c.ID})
}

// redirectMerged lets the ids of clusters that were merged into one lead to the new
// cluster, if shapes that their templates cover moved there and none stayed.
func redirectMerged(ctx context.Context, tx *sqlx.Tx, c editedCluster, fresh domain.ClusterID, taken, rest []member) error {
	var merged []ClusterTemplate
	err := tx.SelectContext(ctx, &merged, `SELECT id, template FROM clusters WHERE merged_into = $1 ORDER BY id`, c.ID)
	if err != nil {
		return err
	}
	ids := []domain.ClusterID{}
	for _, m := range merged {
		like := func(s member) bool { return cluster.Covers(m.Template, s.Template) }
		if slices.ContainsFunc(taken, like) && !slices.ContainsFunc(rest, like) {
			ids = append(ids, m.ID)
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE clusters SET merged_into = $1 WHERE id = ANY($2)`, fresh, pq.Array(ids))
	return err
}

// SplitCluster moves the errors that have a value behind a mask of the cluster's
// template, counted from 0, to a new cluster, whose id it returns. New errors go
// there within seconds, on all replicas; a regrouping job moves the stored ones.
func (s *Store) SplitCluster(ctx context.Context, by Actor, id domain.ClusterID, mask int, value, why string) (domain.ClusterID, error) {
	var fresh domain.ClusterID
	err := s.editCluster(ctx, by, id, "cluster.split", why, func(tx *sqlx.Tx, c editedCluster) (map[string]any, error) {
		shape, ok := cluster.FixValue(c.Template, mask, value)
		if !ok {
			return nil, domain.InvalidField("value", "This value can't be split off.")
		}
		var err error
		fresh, err = splitOff(ctx, tx, c, mask, value, shape)
		return map[string]any{"split_off": fresh, "template": shape.Template}, err
	})
	return fresh, err
}

func splitOff(ctx context.Context, tx *sqlx.Tx, c editedCluster, mask int, value string, to cluster.Shape) (domain.ClusterID, error) {
	var fresh domain.ClusterID
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
	return fresh, applySplits(ctx, tx, c.Network, []domain.ClusterID{c.ID})
}

// ClusterHistory lists the changes of a cluster and of those that were merged into it,
// the newest first.
func (s *Store) ClusterHistory(ctx context.Context, id domain.ClusterID, limit int) ([]AuditEntry, error) {
	var entries []AuditEntry
	err := s.db.SelectContext(ctx, &entries, `
		SELECT id, at, actor, action, subject, details FROM audit
		WHERE subject = $1 OR subject IN (SELECT 'cluster ' || id FROM clusters WHERE merged_into = $2)
		ORDER BY id DESC LIMIT $3`, clusterSubject(id), id, limit)
	return entries, translate(err)
}
