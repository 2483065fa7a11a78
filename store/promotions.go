package store

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// Promotion makes a candidate part of a network's next ruleset version.
type Promotion struct {
	Network     domain.Network
	BaseVersion int // the version that the trial was made on
	Spec        domain.ParserSpec
	Position    int // counted without the parser of the same name that Spec replaces, if any
	Why         string
	Trial       json.RawMessage // kept with the version; may be nil
	Pins        []string        // ids of events that the parser must match from now on
	Check       Check
}

// promoteAction is a promotion in the audit log, and of a proposal.
const promoteAction = "parser.promote"

// PromoteParser makes the next version live, in one transaction with its
// record in the audit log, its pins, the job that parses stored events again, and
// the note to all replicas. A reason that the network did not report so far becomes
// known with it. It returns the new version, or 0 when the network needs approval:
// then it waits as a proposal. Conflict when the live version is no
// longer BaseVersion, or the check refuses it; Forbidden when the user's role was lost; Invalid when the
// reason is of another network or of no cause, or the position is out of range.
func (s *Store) PromoteParser(ctx context.Context, by Actor, p Promotion) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, p.Network)
		if err != nil {
			return err
		}
		if err := mayPromote(ctx, tx, by); err != nil {
			return err
		}
		if live.Version != p.BaseVersion {
			return movedOn()
		}
		next, err := live.With(p.Spec, p.Position)
		if err != nil {
			return err
		}
		if err := addReason(ctx, tx, p.Spec.Reason); err != nil {
			return err
		}
		if version, err = makeOrPropose(ctx, tx, live, next, Change{
			By: by, Action: promoteAction, Subject: p.Spec.Name, Why: p.Why, Trial: p.Trial, Check: p.Check,
			details: map[string]any{"reason": p.Spec.Reason, "condition": p.Spec.Condition, "position": p.Position, "pinned": len(p.Pins)},
			pins:    p.Pins,
		}); err != nil || version == 0 {
			return err
		}
		return endShadow(ctx, tx, p.Network, p.Spec.Name)
	})
	return version, err
}

// movedOn refuses what was meant for another version.
func movedOn() error {
	return &domain.Error{Kind: domain.Conflict, Field: "base_version",
		Message: "the ruleset has changed since the trial; run the trial again"}
}
