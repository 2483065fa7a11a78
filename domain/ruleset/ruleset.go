// Package ruleset changes the ordered parsers of a network: it adds, moves,
// retires, restores and rolls back parsers, and says whether the ruleset that
// results may follow the live one.
package ruleset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/domain/parse"
)

// Ruleset is one version of a network's ordered parsers. Version 0 is the empty
// ruleset of a network that has none yet.
type Ruleset struct {
	Network  domain.Network
	Version  int
	Parsers  []Parser
	Retired  []Retired // by name
	Builtins string    // fingerprint of the built-in parsers that the service knew of
}

// Parser is a parser in its place in a ruleset.
type Parser struct {
	domain.ParserSpec
	RevisionID int64 // 0 for one that is not stored yet
	Position   int   // 0 is tried first
	Builtin    bool
	Author     string // "" for a built-in one
	WrittenAt  time.Time
}

// Retired is a parser that a version keeps and does not ask.
type Retired struct {
	Parser
	After string // the parser that it stood behind, "" when it was first
}

// Has reports whether a parser of a name is asked.
func (r Ruleset) Has(name string) bool { return r.place(name) >= 0 }

// Behind names the parser that comes before the one of a name, "" when that is
// the first, or is not in the ruleset.
func (r Ruleset) Behind(name string) string {
	if i := r.place(name); i > 0 {
		return r.Parsers[i-1].Name
	}
	return ""
}

// Find returns the parser of a name, if it is asked.
func (r Ruleset) Find(name string) (Parser, bool) {
	if i := r.place(name); i >= 0 {
		return r.Parsers[i], true
	}
	return Parser{}, false
}

// place is the position of the parser of a name, -1 without one.
func (r Ruleset) place(name string) int {
	return slices.IndexFunc(r.Parsers, func(p Parser) bool { return p.Name == name })
}

// SameAs reports whether two versions consist of the same revisions in the same
// order.
func (r Ruleset) SameAs(other Ruleset) bool {
	same := func(a, b Parser) bool { return a.RevisionID == b.RevisionID }
	return slices.EqualFunc(r.Parsers, other.Parsers, same) &&
		slices.EqualFunc(r.Retired, other.Retired, func(a, b Retired) bool { return same(a.Parser, b.Parser) && a.After == b.After })
}

// Affected names the parsers of r whose events may get another verdict by the
// next ruleset: all from the first place on at which the two differ. What an
// earlier, unchanged parser decided stays decided.
func (r Ruleset) Affected(next Ruleset) []string {
	same := 0
	for same < min(len(r.Parsers), len(next.Parsers)) && sameParser(r.Parsers[same].ParserSpec, next.Parsers[same].ParserSpec) {
		same++
	}
	var names []string
	for _, p := range r.Parsers[same:] {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

func sameParser(a, b domain.ParserSpec) bool {
	a.Origin, b.Origin = domain.Origin{}, domain.Origin{}
	return a == b
}

// Compile makes the ruleset ready to decide. A parser that does not compile
// here, because it names a function of a newer program, is left out and told of
// in the errors: better unparsed than nothing.
func (r Ruleset) Compile() (*parse.Ruleset, []error) {
	var parsers []*parse.Parser
	var left []error
	for _, p := range r.Parsers {
		compiled, err := parse.NewParser(p.ParserSpec)
		if err != nil {
			left = append(left, fmt.Errorf("parser %s of %s, ruleset %d: %w", p.Name, r.Network, r.Version, err))
			continue
		}
		parsers = append(parsers, compiled)
	}
	ruleset, err := parse.NewRuleset(r.Network, r.Version, parsers)
	if err != nil {
		panic(err) // the database has one network and unique names in a version
	}
	return ruleset, left
}

// fingerprint tells whether built-in parsers are the same, wherever they are written.
func fingerprint(specs []domain.ParserSpec) string {
	sum := sha256.New()
	for _, s := range specs {
		fmt.Fprintf(sum, "%q %q %q %q\n", s.Name, s.Reason, s.Condition, s.Func)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
