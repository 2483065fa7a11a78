package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"wherefore/domain/cluster"
)

// describedBy is how many shapes of a cluster its template is made from.
const describedBy = 500

// describeClusters writes the templates of clusters that people had a hand in:
// what their shapes share.
func describeClusters(ctx context.Context, tx *sqlx.Tx, ids []int64) error {
	for _, id := range ids {
		var templates []string
		err := tx.SelectContext(ctx, &templates, `
			SELECT template FROM shapes WHERE cluster_id = $1 ORDER BY version DESC, hash LIMIT $2`, id, describedBy)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE clusters SET template = $2, group_id = NULL WHERE id = $1`, id, cluster.Common(templates))
		if err != nil {
			return err
		}
	}
	return nil
}
