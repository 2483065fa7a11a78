package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// release tells how a version came about.
type release struct {
	by    Actor
	why   string
	trial json.RawMessage
}

// makeLive writes a version and makes it the live one of its network.
func makeLive(ctx context.Context, tx *sqlx.Tx, live Ruleset, parsers []Parser, r release) (int, error) {
	next := Ruleset{Network: live.Network, Version: live.Version + 1, Parsers: parsers}
	_, err := tx.ExecContext(ctx, `UPDATE ruleset_versions SET live = false WHERE network = $1 AND live`, next.Network)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO ruleset_versions (network, version, live, created_by, why, trial)
		VALUES ($1, $2, true, NULLIF($3::bigint, 0), $4, $5::json)`,
		next.Network, next.Version, r.by.UserID, storable(r.why), nullJSON(r.trial))
	if err != nil {
		return 0, err
	}
	if err := addRevisions(ctx, tx, r.by, next.Parsers); err != nil {
		return 0, err
	}
	if err := addEntries(ctx, tx, next); err != nil {
		return 0, err
	}
	if err := queueReparse(ctx, tx, next, affected(live.Parsers, next.Parsers)); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, rulesetTopic+string(next.Network))
	return next.Version, err
}

// addRevisions writes the parsers that are not yet, and notes their ids.
func addRevisions(ctx context.Context, tx *sqlx.Tx, by Actor, parsers []Parser) error {
	for i := range parsers {
		p := &parsers[i]
		if p.RevisionID != 0 {
			continue
		}
		origin, author := "dashboard", by.UserID
		if p.Builtin {
			origin, author = "builtin", 0
		}
		err := tx.GetContext(ctx, &p.RevisionID, `
			INSERT INTO parser_revisions (network, name, reason, condition, func, origin, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7::bigint, 0)) RETURNING id`,
			p.Network, p.Name, p.Reason, p.Condition, p.Func, origin, author)
		if err != nil {
			return err
		}
	}
	return nil
}

func addEntries(ctx context.Context, tx *sqlx.Tx, r Ruleset) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO ruleset_entries (network, version, position, revision_id, name)
		SELECT $1, $2, n - 1, id, name FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS new (id, name, n)`,
		r.Network, r.Version,
		column(r.Parsers, func(p Parser) int64 { return p.RevisionID }),
		column(r.Parsers, func(p Parser) string { return p.Name }))
	return err
}

// affected names the parsers of the old ruleset whose events may get another
// verdict by the new one: all from the first place on at which the two differ.
// What an earlier, unchanged parser decided stays decided.
func affected(before, now []Parser) []string {
	same := 0
	for same < min(len(before), len(now)) && sameParser(before[same].ParserSpec, now[same].ParserSpec) {
		same++
	}
	var names []string
	for _, p := range before[same:] {
		names = append(names, p.Name)
	}
	slices.SortFunc(names, cmp.Compare)
	return names
}

func nullJSON(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	return string(text)
}

// lockLive keeps others from making a version of the network until the
// transaction ends, and returns the live one.
func lockLive(ctx context.Context, tx *sqlx.Tx, network domain.Network) (Ruleset, error) {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('ruleset'), hashtext($1))`, network)
	if err != nil {
		return Ruleset{}, err
	}
	return liveRuleset(ctx, tx, network)
}
