package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// SyncBuiltins makes a network's built-in parsers live, in their order after
// the parsers that were promoted, and keeps the promoted ones in their places.
// It returns the version that is live then: a new one only if the built-in
// parsers differ from those of the live version. Replicas that start at once
// make one version. Stored events that can change are queued for parsing.
func (s *Store) SyncBuiltins(ctx context.Context, network domain.Network, specs []domain.ParserSpec) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, network)
		if err != nil {
			return err
		}
		version = live.Version
		next := withBuiltins(live, specs)
		if slices.EqualFunc(live.Parsers, next, func(a, b Parser) bool { return a.RevisionID == b.RevisionID }) {
			return nil
		}
		version, err = makeLive(ctx, tx, live, next, release{why: "new built-in parsers"})
		return err
	})
	return version, err
}

func sameParser(a, b domain.ParserSpec) bool {
	a.Origin, b.Origin = domain.Origin{}, domain.Origin{}
	return a == b
}

// withBuiltins replaces the built-in parsers of a ruleset. Promoted parsers
// come first, but one that was placed behind a built-in parser stays behind
// it; a promoted parser whose name is now a built-in one's wins over it.
func withBuiltins(live Ruleset, specs []domain.ParserSpec) []Parser {
	behind := make(map[string][]Parser) // by the built-in parser before it, "" for none
	promoted := make(map[string]bool)
	last := ""
	for _, p := range live.Parsers {
		if p.Builtin {
			if slices.ContainsFunc(specs, func(s domain.ParserSpec) bool { return s.Name == p.Name }) {
				last = p.Name
			}
			continue
		}
		behind[last] = append(behind[last], p)
		promoted[p.Name] = true
	}
	next := behind[""]
	for _, spec := range specs {
		if !promoted[spec.Name] {
			next = append(next, builtin(live, spec))
		}
		next = append(next, behind[spec.Name]...)
	}
	return next
}

// builtin returns the revision of a built-in parser that is live already, or a new one.
func builtin(live Ruleset, spec domain.ParserSpec) Parser {
	i := slices.IndexFunc(live.Parsers, func(p Parser) bool { return p.Builtin && sameParser(p.ParserSpec, spec) })
	if i >= 0 {
		return live.Parsers[i]
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
}

// PromoteParser makes the next version live, in one transaction with its
// record in the audit log, the job that parses stored events again, and the
// note to all replicas. It returns the new version. Conflict when the live
// version is no longer BaseVersion; Invalid when the reason is not one of the
// network's or the position is out of range.
func (s *Store) PromoteParser(ctx context.Context, by Actor, p Promotion) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, p.Network)
		if err != nil {
			return err
		}
		next, err := withCandidate(live, p)
		if err != nil {
			return err
		}
		version, err = makeLive(ctx, tx, live, next, release{by: by, why: p.Why, trial: p.Trial})
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "parser.promote", string(p.Network)+"/"+p.Spec.Name, map[string]any{
			"ruleset": version, "reason": p.Spec.Reason, "condition": p.Spec.Condition, "position": p.Position, "why": p.Why,
		})
	})
	return version, err
}

func withCandidate(live Ruleset, p Promotion) ([]Parser, error) {
	if live.Version != p.BaseVersion {
		return nil, &domain.Error{Kind: domain.Conflict, Field: "base_version",
			Words: "the ruleset has changed since the trial; run the trial again"}
	}
	if p.Spec.Network != p.Network || p.Spec.Reason.Network() != p.Network {
		return nil, domain.InvalidField("reason", "must be a reason of %s", p.Network)
	}
	next := slices.DeleteFunc(slices.Clone(live.Parsers), func(q Parser) bool { return q.Name == p.Spec.Name })
	if p.Position < 0 || p.Position > len(next) {
		return nil, domain.InvalidField("position", "must be between 0 and %d", len(next))
	}
	return slices.Insert(next, p.Position, Parser{ParserSpec: p.Spec}), nil
}
