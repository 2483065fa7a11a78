package store

import (
	"context"
	"maps"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/ruleset"
)

// Change says who orders or chooses a ruleset's parsers anew, and why.
type Change struct {
	By      Actor
	Action  string // for the audit log: "parser.retire", "ruleset.restore" …
	Subject string // what it is done to, within the network; "" for the ruleset
	Why     string
	Basis   *ruleset.Basis // kept with the version; may be nil
	AtOnce  bool           // needs no approval: what it goes back to had it
	Check   Check
	details map[string]any // for the audit log
	pins    []string       // ids of events that the parser must match from now on
}

// ChangeRuleset makes the next version of a ruleset's parsers live, as
// PromoteParser does with a new one. Next is a version read from the store, changed by Without,
// WithRetired, Moved or Like. It returns the new version, or 0 when it waits as a
// proposal. Conflict, with the objections as a Refusal, when that version is not live
// any more, or the check refuses the change; Forbidden when the user's role was lost.
func (s *Store) ChangeRuleset(ctx context.Context, next ruleset.Ruleset, c Change) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockBase(ctx, tx, c.By, next.Network, next.Version)
		if err != nil {
			return err
		}
		version, err = makeOrPropose(ctx, tx, live, next, c)
		return err
	})
	return version, err
}

// lockBase is lockLive for who would change the ruleset that they saw as version
// base. Forbidden when the user's role was lost, Conflict when another version is live.
func lockBase(ctx context.Context, tx *sqlx.Tx, by Actor, n domain.Network, base int) (ruleset.Ruleset, error) {
	live, err := lockLive(ctx, tx, n)
	if err != nil {
		return live, err
	}
	if err := mayPromote(ctx, tx, by); err != nil {
		return live, err
	}
	if (ruleset.Change{Base: base, Live: live}).Outdated() {
		return live, &ruleset.Refusal{Objections: []ruleset.Objection{{Kind: ruleset.Outdated}}}
	}
	return live, nil
}

// makeOrPropose makes a version live, with its pins and its record in the audit
// log; or, when the network needs approval, keeps it as a proposal and returns 0.
// Either only if the check lets it.
func makeOrPropose(ctx context.Context, tx *sqlx.Tx, live, next ruleset.Ruleset, c Change) (int, error) {
	broken, err := checkChange(ctx, tx, live, next, c)
	if err != nil {
		return 0, err
	}
	needs, err := needsApproval(ctx, tx, live.Network)
	if err != nil {
		return 0, err
	}
	if needs && !c.AtOnce {
		return 0, propose(ctx, tx, live, next, c, broken)
	}
	version, err := makeLive(ctx, tx, live, next, origin{by: c.By, why: c.Why, basis: basisText(c.Basis)})
	if err != nil {
		return 0, err
	}
	if err := changePins(ctx, tx, version, c, live.Network, broken); err != nil {
		return 0, err
	}
	subject := string(live.Network)
	if c.Subject != "" {
		subject += "/" + c.Subject
	}
	details := map[string]any{"ruleset": version, "why": c.Why}
	maps.Copy(details, c.details)
	return version, addAudit(ctx, tx, c.By, c.Action, subject, details)
}
