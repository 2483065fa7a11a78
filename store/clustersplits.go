package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
)

// applySplits applies the splits of clusters to the shapes to which they were not
// applied yet, and queues regrouping jobs for those shapes. Only later splits apply
// to a shape that a split has made.
func applySplits(ctx context.Context, tx *sqlx.Tx, network domain.Network, clusters []domain.ClusterID) error {
	var open []struct {
		SplitID           int64
		Template, OfShape string
		Mask              int
		Hash              int64
	}
	err := tx.SelectContext(ctx, &open, `
		SELECT sp.id AS split_id, sp.template, sp.mask, s.hash, s.template AS of_shape
		FROM splits sp JOIN shapes s ON s.cluster_id = sp.cluster_id
		WHERE sp.cluster_id = ANY($1)
		    AND NOT EXISTS (SELECT FROM split_shapes c WHERE c.network = s.network AND c.hash = s.hash AND c.split_id = sp.id)
		    AND NOT EXISTS (SELECT FROM splits own WHERE own.network = s.network AND own.hash = s.hash AND own.id >= sp.id)
		ORDER BY s.hash, sp.id`, pq.Array(clusters))
	var hashes, ids []int64
	for _, o := range open {
		if _, ok := cluster.NewExtractor(o.Template, o.Mask, o.OfShape); ok {
			hashes, ids = append(hashes, o.Hash), append(ids, o.SplitID)
		}
	}
	if err != nil || len(ids) == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO split_shapes (network, hash, split_id) SELECT $1, hash, split_id FROM unnest($2::bigint[], $3::bigint[]) AS new (hash, split_id)`,
		network, pq.Array(hashes), pq.Array(ids))
	if err != nil {
		return err
	}
	var splits int64
	if err := tx.GetContext(ctx, &splits, `UPDATE groupings SET splits = splits + 1 WHERE network = $1 RETURNING splits`, network); err != nil {
		return err
	}
	return regroup(ctx, tx, network, hashes, splits)
}

// SplitVersions returns the version of the splits of each network that has any.
// Replicas poll it to learn of new splits.
func (s *Store) SplitVersions(ctx context.Context) (map[domain.Network]int64, error) {
	var rows []struct {
		Network domain.Network
		Splits  int64
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT network, splits FROM groupings WHERE splits > 0`)
	versions := make(map[domain.Network]int64, len(rows))
	for _, r := range rows {
		versions[r.Network] = r.Splits
	}
	return versions, translate(err)
}

// Splits returns all splits, in the order in which they were made.
func (s *Store) Splits(ctx context.Context) ([]cluster.Split, error) {
	var rows []struct {
		Network                    domain.Network
		Template, OfShape, ToShape string
		Mask, Version              int
		Value                      string
		Hash, ToHash               int64
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT sp.network, sp.template, sp.mask, sp.value, s.hash, s.template AS of_shape,
		    made.hash AS to_hash, made.template AS to_shape, made.version
		FROM split_shapes c JOIN splits sp ON sp.id = c.split_id
		JOIN shapes s ON s.network = c.network AND s.hash = c.hash
		JOIN shapes made ON made.network = sp.network AND made.hash = sp.hash
		ORDER BY sp.id, s.hash`)
	var splits []cluster.Split
	for _, r := range rows {
		extractor, ok := cluster.NewExtractor(r.Template, r.Mask, r.OfShape)
		if !ok {
			continue // it was made by older rules
		}
		splits = append(splits, cluster.Split{
			Network: r.Network, Shape: uint64(r.Hash), Extractor: extractor, Value: r.Value,
			To: cluster.Shape{Hash: uint64(r.ToHash), Template: r.ToShape, Version: r.Version},
		})
	}
	return splits, translate(err)
}
