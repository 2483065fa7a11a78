package rulesets

import (
	"context"

	"wherefore/domain"
	"wherefore/domain/parse"
	"wherefore/domain/ruleset"
)

// Live returns what is live in the database. A replica that has not loaded it yet
// compiles it: trials are made on what is live, not on what was.
func (ps *Pages) Live(ctx context.Context, n domain.Network) (ruleset.Ruleset, *parse.Ruleset, error) {
	live, err := ps.Store.LiveRuleset(ctx, n)
	if err != nil {
		return live, nil, err
	}
	if loaded := ps.Engine.Ruleset(n); loaded != nil && loaded.Version() == live.Version {
		return live, loaded, nil
	}
	compiled, _ := live.Compile() // what does not compile here is in the log
	return live, compiled, nil
}

// UseDays is how far back the uses of parsers are counted.
const UseDays = 7
