package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// syncBuiltins makes a network's built-in parsers live, in their order after
// the parsers that were promoted, and keeps the promoted ones in their places
// and the retired ones retired. It makes a new version only if the built-in
// parsers are others than at the last call, so that what was rolled back stays
// so. Stored events that can change are queued for parsing.
func syncBuiltins(ctx context.Context, tx *sqlx.Tx, network domain.Network, specs []domain.ParserSpec) error {
	live, err := lockLive(ctx, tx, network)
	if err != nil {
		return err
	}
	next := withBuiltins(live, specs)
	if next.builtins == live.builtins {
		return nil
	}
	if next.sameAs(live) {
		_, err := tx.ExecContext(ctx, `UPDATE ruleset_versions SET builtins = $2 WHERE network = $1 AND live`, network, next.builtins)
		return err
	}
	_, err = makeLive(ctx, tx, live, next, release{why: "new built-in parsers"})
	return err
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
