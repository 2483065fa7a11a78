package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// Catalog is what a program brings along for a database.
type Catalog struct {
	Version domain.CatalogVersion
	Reasons []domain.ReasonID
	Parsers map[domain.Network][]domain.ParserSpec // in order; a network that is absent stays as it is
}

// SyncCatalog makes the networks, reasons and built-in parsers of a program
// live, in one transaction, and returns how they stood to those that were. Of
// older ones, and of others of the same version, it takes nothing. What is gone
// from the catalogue stays known: old verdicts name it.
func (s *Store) SyncCatalog(ctx context.Context, c Catalog) (domain.Standing, error) {
	var standing domain.Standing
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var live domain.CatalogVersion
		err := tx.QueryRowxContext(ctx, `SELECT version, digest FROM catalog FOR UPDATE`).Scan(&live.Number, &live.Digest)
		if err != nil {
			return err
		}
		if standing = c.Version.Standing(live); standing.Conflicts() {
			return nil
		}
		if err := addCatalogReasons(ctx, tx, c.Reasons); err != nil {
			return err
		}
		for _, n := range domain.Networks() {
			if specs, has := c.Parsers[n]; has {
				if err := syncBuiltins(ctx, tx, n, specs); err != nil {
					return err
				}
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE catalog SET version = $1, digest = $2`, c.Version.Number, c.Version.Digest)
		return err
	})
	return standing, err
}

// CatalogVersion is the version of the built-in parsers that are live.
func (s *Store) CatalogVersion(ctx context.Context) (domain.CatalogVersion, error) {
	var live domain.CatalogVersion
	err := s.db.QueryRowxContext(ctx, `SELECT version, digest FROM catalog`).Scan(&live.Number, &live.Digest)
	return live, translate(err)
}

// addCatalogReasons makes all networks known, and reasons with their categories.
func addCatalogReasons(ctx context.Context, tx *sqlx.Tx, reasons []domain.ReasonID) error {
	categories := make([]string, len(reasons))
	for i, id := range reasons {
		info, ok := id.Cause().Info()
		if !ok {
			return domain.InvalidField("cause", "The vocabulary has no cause “%s”.", id.Cause())
		}
		categories[i] = string(info.Category)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO networks (name) SELECT name FROM unnest($1::text[]) AS new (name)
		ORDER BY name ON CONFLICT DO NOTHING`,
		textColumn(domain.Networks(), func(n domain.Network) domain.Network { return n }))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO reasons AS r (id, network, cause, category)
		SELECT id, network, cause, category
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new (id, network, cause, category)
		ORDER BY id
		ON CONFLICT (id) DO UPDATE SET category = EXCLUDED.category WHERE r.category <> EXCLUDED.category`,
		textColumn(reasons, func(r domain.ReasonID) domain.ReasonID { return r }),
		textColumn(reasons, func(r domain.ReasonID) domain.Network { return r.Network() }),
		textColumn(reasons, func(r domain.ReasonID) domain.Cause { return r.Cause() }),
		textColumn(categories, func(c string) string { return c }))
	return err
}

// Reasons lists all reasons that the database knows, in the order of their ids:
// those of the catalogue, past ones, and those that were found on the dashboard.
func (s *Store) Reasons(ctx context.Context) ([]domain.ReasonID, error) {
	var ids []domain.ReasonID
	err := s.db.SelectContext(ctx, &ids, `SELECT id FROM reasons ORDER BY id`)
	return ids, translate(err)
}

// addReason makes a reason known that its network did not report so far.
// Invalid when its cause is not in the vocabulary.
func addReason(ctx context.Context, tx *sqlx.Tx, id domain.ReasonID) error {
	info, ok := id.Cause().Info()
	if !ok {
		return domain.InvalidField("reason", "The vocabulary has no cause “%s”.", id.Cause())
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO reasons (id, network, cause, category) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		id, id.Network(), id.Cause(), info.Category)
	return err
}
