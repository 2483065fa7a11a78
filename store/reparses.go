package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// queueReparse has a ruleset version run over the stored events that can change.
func queueReparse(ctx context.Context, tx *sqlx.Tx, r Ruleset, parsers []string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO reparses (network, ruleset, parsers) VALUES ($1, $2, $3)`,
		r.Network, r.Version, pq.Array(append([]string{}, parsers...)))
	return err
}
