package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// SyncBuiltins makes a network's built-in parsers live, in their order after
// the parsers that were promoted, and keeps the promoted ones in their places
// and the retired ones retired. It returns the version that is live then: a new
// one only if the built-in parsers are others than at the last call, so that what
// was rolled back stays so. Replicas that start at once make one version. Stored
// events that can change are queued for parsing.
func (s *Store) SyncBuiltins(ctx context.Context, network domain.Network, specs []domain.ParserSpec) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, network)
		if err != nil {
			return err
		}
		version = live.Version
		next := withBuiltins(live, specs)
		if next.builtins == live.builtins {
			return nil
		}
		if next.sameAs(live) {
			_, err := tx.ExecContext(ctx, `UPDATE ruleset_versions SET builtins = $2 WHERE network = $1 AND live`, network, next.builtins)
			return err
		}
		version, err = makeLive(ctx, tx, live, next, release{why: "new built-in parsers"})
		return err
	})
	return version, err
}

// sameAs reports whether two versions consist of the same.
func (r Ruleset) sameAs(other Ruleset) bool {
	same := func(a, b Parser) bool { return a.RevisionID == b.RevisionID }
	return slices.EqualFunc(r.Parsers, other.Parsers, same) &&
		slices.EqualFunc(r.Retired, other.Retired, func(a, b Retired) bool { return same(a.Parser, b.Parser) && a.After == b.After })
}

// fingerprint tells whether built-in parsers are the same, wherever they are written.
func fingerprint(specs []domain.ParserSpec) string {
	sum := sha256.New()
	for _, s := range specs {
		fmt.Fprintf(sum, "%q %q %q %q\n", s.Name, s.Reason, s.Condition, s.Func)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func sameParser(a, b domain.ParserSpec) bool {
	a.Origin, b.Origin = domain.Origin{}, domain.Origin{}
	return a == b
}

// withBuiltins replaces the built-in parsers of a ruleset. Promoted parsers
// come first, but one that was placed behind a built-in parser stays behind
// it; a promoted parser whose name is now a built-in one's wins over it, and so
// does a retired one.
func withBuiltins(live Ruleset, specs []domain.ParserSpec) Ruleset {
	named := func(name string) func(domain.ParserSpec) bool {
		return func(s domain.ParserSpec) bool { return s.Name == name }
	}
	behind := make(map[string][]Parser) // by the built-in parser before it, "" for none
	taken := make(map[string]bool)
	last := ""
	for _, p := range live.Parsers {
		if p.Builtin {
			if slices.ContainsFunc(specs, named(p.Name)) {
				last = p.Name
			}
			continue
		}
		behind[last] = append(behind[last], p)
		taken[p.Name] = true
	}
	next := Ruleset{builtins: fingerprint(specs)}
	for _, r := range live.Retired {
		if i := slices.IndexFunc(specs, named(r.Name)); r.Builtin && i >= 0 {
			r.Parser = builtin(live, specs[i])
		} else if r.Builtin {
			continue // the program has it no more
		}
		next.Retired = append(next.Retired, r)
		taken[r.Name] = true
	}
	next.Parsers = behind[""]
	for _, spec := range specs {
		if !taken[spec.Name] {
			next.Parsers = append(next.Parsers, builtin(live, spec))
		}
		next.Parsers = append(next.Parsers, behind[spec.Name]...)
	}
	return next
}

// builtin returns the revision of a built-in parser that the ruleset has already, or a new one.
func builtin(live Ruleset, spec domain.ParserSpec) Parser {
	for _, p := range live.all() {
		if p.Builtin && sameParser(p.ParserSpec, spec) {
			return p
		}
	}
	return Parser{ParserSpec: spec, Builtin: true}
}

// Promotion makes a candidate part of a network's next ruleset version.
type Promotion struct {
	Network     domain.Network
	BaseVersion int // the version that the trial was made on
	Spec        domain.ParserSpec
	Position    int // counted without the parser of the same name that Spec replaces, if any
	Why         string
	Trial       json.RawMessage // kept with the version; may be nil
	Pins        []string        // ids of events that the parser must match from now on
}

// promoteAction is a promotion in the audit log, and of a proposal.
const promoteAction = "parser.promote"

// PromoteParser makes the next version live, in one transaction with its
// record in the audit log, its pins, the job that parses stored events again, and
// the note to all replicas. A reason that the network did not report so far becomes
// known with it. It returns the new version, or 0 when the network needs approval:
// then it waits as a proposal. Conflict when the live version is no
// longer BaseVersion; Forbidden when the user's role was lost; Invalid when the
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
		next, err := withCandidate(live, p)
		if err != nil {
			return err
		}
		if err := addReason(ctx, tx, p.Spec.Reason); err != nil {
			return err
		}
		if version, err = makeOrPropose(ctx, tx, live, next, Change{
			By: by, Action: promoteAction, Subject: p.Spec.Name, Why: p.Why, Trial: p.Trial,
			details: map[string]any{"reason": p.Spec.Reason, "condition": p.Spec.Condition, "position": p.Position, "pinned": len(p.Pins)},
		}); err != nil {
			return err
		}
		if err := pinEvents(ctx, tx, by, p); err != nil || version == 0 {
			return err
		}
		return endShadow(ctx, tx, p.Network, p.Spec.Name)
	})
	return version, err
}

// withCandidate is the version that a promotion makes. A retired parser of the
// same name is replaced, too.
func withCandidate(live Ruleset, p Promotion) (Ruleset, error) {
	if live.Version != p.BaseVersion {
		return live, movedOn()
	}
	if p.Spec.Network != p.Network || p.Spec.Reason.Network() != p.Network {
		return live, domain.InvalidField("reason", "must be a reason of %s", p.Network)
	}
	next := slices.DeleteFunc(slices.Clone(live.Parsers), func(q Parser) bool { return q.Name == p.Spec.Name })
	if p.Position < 0 || p.Position > len(next) {
		return live, domain.InvalidField("position", "must be between 0 and %d", len(next))
	}
	live.Parsers = slices.Insert(next, p.Position, Parser{ParserSpec: p.Spec})
	live.Retired = slices.DeleteFunc(slices.Clone(live.Retired), func(q Retired) bool { return q.Name == p.Spec.Name })
	return live, nil
}

// movedOn refuses what was meant for another version.
func movedOn() error {
	return &domain.Error{Kind: domain.Conflict, Field: "base_version",
		Words: "the ruleset has changed since the trial; run the trial again"}
}
