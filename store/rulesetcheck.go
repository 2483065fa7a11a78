package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
)

// Check is what a change of a ruleset is checked by, in the transaction that
// makes the version.
type Check struct {
	ReadFacts func(domain.Network, int, []byte) facts.Facts // of an error with its status
	Trial     trial.Result
	Consent   ruleset.Consent
}

// checkChange returns the pins that a change breaks, all of which were left out by
// their names. Conflict when something speaks against the change, or when a parser
// can't be run by this program.
func checkChange(ctx context.Context, tx *sqlx.Tx, live, next ruleset.Ruleset, c Change) ([]ruleset.BrokenPin, error) {
	compiled, left := next.Compile()
	if len(left) > 0 {
		return nil, uncompiled(next, left[0])
	}
	pins, err := heldPins(ctx, tx, live.Network, c)
	if err != nil {
		return nil, err
	}
	change := ruleset.Change{Base: next.Version, Live: live, Next: compiled}
	if objections := ruleset.Check(change, c.Check.Trial, pins, c.Check.Consent); len(objections) > 0 {
		return nil, &ruleset.Refusal{Objections: objections}
	}
	return ruleset.Broken(change, pins, c.Check.Consent), nil
}

// uncompiled says why a version can't be checked here: a new parser is wrong, or
// one that was live before is of a newer program.
func uncompiled(next ruleset.Ruleset, left error) error {
	for _, p := range next.Parsers {
		if _, err := parse.NewParser(p.ParserSpec); err != nil && p.RevisionID == 0 {
			return err
		}
	}
	return domain.Errorf(domain.Conflict, "This server’s program can't run every parser of the ruleset (%s). Update it first.", left)
}

// heldPins are the pins of a network, and those that a change would add, with
// the facts of their errors.
func heldPins(ctx context.Context, tx *sqlx.Tx, n domain.Network, c Change) ([]ruleset.HeldPin, error) {
	var pins []domain.Pin
	err := tx.SelectContext(ctx, &pins, `
		SELECT id, network, parser, kind, event_id, status, raw FROM pins WHERE network = $1 AND state = 'pinned'
		UNION ALL
		SELECT 0, e.network, $2, 'must-match', e.id, e.status, e.raw FROM events e
		WHERE e.network = $1 AND e.id = ANY($3::uuid[]) AND e.type IN ('disconnected', 'failed') AND NOT EXISTS (
		    SELECT FROM pins p WHERE p.network = $1 AND p.parser = $2 AND p.event_id = e.id AND p.state IN ('disputed', 'pinned'))
		ORDER BY id, event_id`, n, sanitize(c.Subject), pq.Array(append([]string{}, c.pins...)))
	held := make([]ruleset.HeldPin, len(pins))
	for i, pin := range pins {
		held[i] = ruleset.HeldPin{Pin: pin, Facts: c.Check.ReadFacts(pin.Network, pin.Status, pin.Raw)}
	}
	return held, err
}

// changePins makes the pins of a version, and removes those that were left out,
// each with its record in the audit log. A pin whose parser is not asked any more
// stays with it.
func changePins(ctx context.Context, tx *sqlx.Tx, version int, c Change, n domain.Network, broken []ruleset.BrokenPin) error {
	leftOut := map[string]bool{}
	for _, pin := range broken {
		leftOut[pin.Key()] = true
		if !pin.Retired && pin.ID != 0 {
			_, err := tx.ExecContext(ctx, `UPDATE pins SET state = 'removed', decided_by = NULLIF($2::bigint, 0), decided_at = now() WHERE id = $1`, pin.ID, c.By.UserID)
			if err != nil {
				return err
			}
		}
		err := addAudit(ctx, tx, c.By, "pin.leave-out", string(n)+"/"+pin.Parser, map[string]any{
			"pin": pin.ID, "event": pin.EventID, "kind": pin.Kind, "words": pin.Words, "kept": pin.Retired, "ruleset": version,
		})
		if err != nil {
			return err
		}
	}
	return pinEvents(ctx, tx, c, n, without(c.pins, leftOut))
}

// without are the texts that are not among others.
func without(texts []string, others map[string]bool) []string {
	left := []string{}
	for _, text := range texts {
		if !others[text] {
			left = append(left, text)
		}
	}
	return left
}
