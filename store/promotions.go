package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/ruleset"
)

// Promotion makes a candidate part of a network's next ruleset version.
type Promotion struct {
	Network     domain.Network
	BaseVersion int // the version that the trial was made on
	Spec        domain.ParserSpec
	Position    int // counted without the parser of the same name that Spec replaces, if any
	Why         string
	Trial       *NewTrial // that ran, with the result that the check has; it is kept with the version; may be nil
	Pins        []string  // ids of events that the parser must match from now on
	Check       Check
}

// promoteAction is a promotion in the audit log, and of a proposal.
const promoteAction = "parser.promote"

// PromoteParser makes the next version live, in one transaction with its
// record in the audit log, its trial, its pins, the job that parses stored events again, and
// the note to all replicas. A reason that the network did not report so far becomes
// known with it. It returns the new version, or 0 when the network needs approval:
// then it waits as a proposal. Conflict, with the objections as a Refusal, when the
// live version is no longer BaseVersion, or the check refuses it; Forbidden when the
// user's role was lost; Invalid when the reason is of another network or of no cause,
// or the position is out of range.
func (s *Store) PromoteParser(ctx context.Context, by Actor, p Promotion) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockBase(ctx, tx, by, p.Network, p.BaseVersion)
		if err != nil {
			return err
		}
		next, err := live.With(p.Spec, p.Position)
		if err != nil {
			return err
		}
		if err := addReason(ctx, tx, p.Spec.Reason); err != nil {
			return err
		}
		basis, err := addBasis(ctx, tx, by, p)
		if err != nil {
			return err
		}
		if version, err = makeOrPropose(ctx, tx, live, next, Change{
			By: by, Action: promoteAction, Subject: p.Spec.Name, Why: p.Why, Basis: basis, Check: p.Check,
			details: map[string]any{"reason": p.Spec.Reason, "condition": p.Spec.Condition, "position": p.Position, "pinned": len(p.Pins)},
			pins:    p.Pins,
		}); err != nil || version == 0 {
			return err
		}
		return endShadow(ctx, tx, p.Network, p.Spec.Name)
	})
	return version, err
}

// addBasis keeps the trial of a promotion, and returns what its version is based on.
func addBasis(ctx context.Context, tx *sqlx.Tx, by Actor, p Promotion) (*ruleset.Basis, error) {
	if p.Trial == nil {
		return nil, nil
	}
	id, err := insertTrial(ctx, tx, by, *p.Trial, &p.Check.Trial)
	return &ruleset.Basis{
		Trial: id, Period: p.Trial.Candidate.Period,
		Accepted: p.Check.Consent.Accepted.Of(p.Check.Trial), Result: p.Check.Trial,
	}, err
}
