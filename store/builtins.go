package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// syncBuiltins makes a network's built-in parsers live, in their order after
// the parsers that were promoted, and keeps the promoted ones in their places
// and the retired ones retired. It makes a new version only if the built-in
// parsers are others than at the last call, so that what was rolled back stays
// so. Stored events that can change are queued for parsing.
func syncBuiltins(ctx context.Context, tx *sqlx.Tx, network domain.Network, specs []domain.ParserSpec) error {
	live, err := lockLive(ctx, tx, network)
	if err != nil {
		return err
	}
	next := live.WithBuiltins(specs)
	if next.Builtins == live.Builtins {
		return nil
	}
	if next.SameAs(live) {
		_, err := tx.ExecContext(ctx, `UPDATE ruleset_versions SET builtins = $2 WHERE network = $1 AND live`, network, next.Builtins)
		return err
	}
	_, err = makeLive(ctx, tx, live, next, origin{why: "new built-in parsers"})
	return err
}
