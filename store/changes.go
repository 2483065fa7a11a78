package store

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/jmoiron/sqlx"

	"wherefore/domain/ruleset"
)

// Change says who orders or chooses a ruleset's parsers anew, and why.
type Change struct {
	By      Actor
	Action  string // for the audit log: "parser.retire", "ruleset.restore" …
	Subject string // what it is done to, within the network; "" for the ruleset
	Why     string
	Trial   json.RawMessage // kept with the version; may be nil
	AtOnce  bool            // needs no approval: what it goes back to had it
	Check   Check
	details map[string]any // for the audit log
	pins    []string       // ids of events that the parser must match from now on
}

// ChangeRuleset makes the next version of a ruleset's parsers live, as
// PromoteParser does with a new one. Next is a version read from the store, changed by Without,
// WithRetired, Moved or Like. It returns the new version, or 0 when it waits as a
// proposal. Conflict when that version is not live any more, or the check refuses
// the change; Forbidden when the user's role was lost.
func (s *Store) ChangeRuleset(ctx context.Context, next ruleset.Ruleset, c Change) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, next.Network)
		if err != nil {
			return err
		}
		if err := mayPromote(ctx, tx, c.By); err != nil {
			return err
		}
		if live.Version != next.Version {
			return movedOn()
		}
		version, err = makeOrPropose(ctx, tx, live, next, c)
		return err
	})
	return version, err
}

// makeOrPropose makes a version live, with its pins and its record in the audit
// log; or, when the network needs approval, keeps it as a proposal and returns 0.
// Either only if the check lets it.
func makeOrPropose(ctx context.Context, tx *sqlx.Tx, live, next ruleset.Ruleset, c Change) (int, error) {
	broken, err := checkStep(ctx, tx, live, next, c)
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
	version, err := makeLive(ctx, tx, live, next, release{by: c.By, why: c.Why, trial: c.Trial})
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
