package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/ruleset"
)

// origin tells how a version came about.
type origin struct {
	by    Actor
	why   string
	basis json.RawMessage // nil for none
}

// makeLive writes the version that follows the live one and makes it live.
func makeLive(ctx context.Context, tx *sqlx.Tx, live, next ruleset.Ruleset, o origin) (int, error) {
	next.Network, next.Version = live.Network, live.Version+1
	_, err := tx.ExecContext(ctx, `UPDATE ruleset_versions SET live = false WHERE network = $1 AND live`, next.Network)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO ruleset_versions (network, version, live, created_by, why, trial, builtins)
		VALUES ($1, $2, true, NULLIF($3::bigint, 0), $4, $5::json, $6)`,
		next.Network, next.Version, o.by.UserID, sanitize(o.why), nullJSON(o.basis), next.Builtins)
	if err != nil {
		return 0, err
	}
	if err := addEntries(ctx, tx, o.by, next); err != nil {
		return 0, err
	}
	if err := queueReparse(ctx, tx, next, live.Affected(next)); err != nil {
		return 0, err
	}
	return next.Version, notifyRuleset(ctx, tx, next.Network)
}

// addRevision writes a parser unless it is there already, and notes its id.
func addRevision(ctx context.Context, tx *sqlx.Tx, by Actor, p *ruleset.Parser) error {
	if p.RevisionID != 0 {
		return nil
	}
	origin, author := "dashboard", by.UserID
	if p.Builtin {
		origin, author = "builtin", 0
	}
	return tx.GetContext(ctx, &p.RevisionID, `
		INSERT INTO parser_revisions (network, name, reason, condition, func, origin, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7::bigint, 0)) RETURNING id`,
		p.Network, p.Name, p.Reason, p.Condition, p.Func, origin, author)
}

// addNewRevisions writes the parsers of a version that are not yet.
func addNewRevisions(ctx context.Context, tx *sqlx.Tx, by Actor, r ruleset.Ruleset) error {
	for i := range r.Parsers {
		if err := addRevision(ctx, tx, by, &r.Parsers[i]); err != nil {
			return err
		}
	}
	for i := range r.Retired {
		if err := addRevision(ctx, tx, by, &r.Retired[i].Parser); err != nil {
			return err
		}
	}
	return nil
}

// addEntries writes what a version consists of.
func addEntries(ctx context.Context, tx *sqlx.Tx, by Actor, r ruleset.Ruleset) error {
	if err := addNewRevisions(ctx, tx, by, r); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO ruleset_retired (network, version, revision_id, name, after)
		SELECT $1, $2, id, name, after FROM unnest($3::bigint[], $4::text[], $5::text[]) AS new (id, name, after)`,
		r.Network, r.Version,
		column(r.Retired, func(p ruleset.Retired) int64 { return p.RevisionID }),
		column(r.Retired, func(p ruleset.Retired) string { return p.Name }),
		column(r.Retired, func(p ruleset.Retired) string { return p.After }))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO ruleset_entries (network, version, position, revision_id, name)
		SELECT $1, $2, n - 1, id, name FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS new (id, name, n)`,
		r.Network, r.Version,
		column(r.Parsers, func(p ruleset.Parser) int64 { return p.RevisionID }),
		column(r.Parsers, func(p ruleset.Parser) string { return p.Name }))
	return err
}

// mayPromote is Forbidden to a user who lost the role since the request was let
// in: the trial before a promotion takes its time. Who has it keeps it until the
// transaction ends.
func mayPromote(ctx context.Context, tx *sqlx.Tx, by Actor) error {
	if by.UserID == 0 {
		return nil // the service itself
	}
	var roles []domain.Role
	err := tx.SelectContext(ctx, &roles, `SELECT role FROM users WHERE id = $1 AND disabled_at IS NULL FOR SHARE`, by.UserID)
	if err == nil && (len(roles) == 0 || !roles[0].Promotes()) {
		err = domain.Errorf(domain.Forbidden, "Your role changed meanwhile: it allows no change of a ruleset. Nothing was done.")
	}
	return err
}

// noNUL writes U+FFFD for an escaped NUL: a json column takes it, but nothing can be
// asked of what holds one.
var noNUL = strings.NewReplacer(`\\`, `\\`, `\u0000`, `\ufffd`)

// basisText is what a version is based on as a json column has it.
func basisText(b *ruleset.Basis) json.RawMessage {
	if b == nil {
		return nil
	}
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // it is made of strings and numbers
	}
	return text
}

// readBasis reads what basisText writes, nil without it.
func readBasis(text json.RawMessage) *ruleset.Basis {
	var b *ruleset.Basis
	if err := json.Unmarshal(text, &b); err != nil {
		return nil
	}
	return b
}

func nullJSON(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	return noNUL.Replace(string(text))
}

// lockLive keeps others from making a version of the network until the
// transaction ends, and returns the live one.
func lockLive(ctx context.Context, tx *sqlx.Tx, network domain.Network) (ruleset.Ruleset, error) {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('ruleset'), hashtext($1))`, network)
	if err != nil {
		return ruleset.Ruleset{}, err
	}
	return liveRuleset(ctx, tx, network)
}
