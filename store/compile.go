package store

import (
	"fmt"

	"wherefore/domain/parse"
)

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
