package rulesets

import (
	"context"
	"fmt"
	"slices"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/store"
)

// ChangesSince names what other versions did to a ruleset since a version, up to
// the live one.
func (ps *Pages) ChangesSince(ctx context.Context, version int, live ruleset.Ruleset) ([]string, error) {
	base, err := ps.Store.RulesetVersion(ctx, live.Network, version)
	if domain.KindOf(err) == domain.NotFound {
		return []string{fmt.Sprintf("There never was a ruleset %d; %d is live.", version, live.Version)}, nil
	}
	if err != nil {
		return nil, err
	}
	versions, err := ps.Store.RulesetVersions(ctx, live.Network)
	var changes []string
	for _, v := range slices.Backward(versions) { // the oldest first
		if v.Version > version && v.Version <= live.Version {
			changes = append(changes, madeBy(v))
		}
	}
	return append(changes, differences(base, live)...), err
}

func madeBy(v store.Version) string {
	author := v.Author
	if author == "" {
		author = "the service"
	}
	return fmt.Sprintf("Ruleset %d, by %s: %s", v.Version, author, v.Why)
}

// differences names the parsers that are in one of two versions only, or not
// alike in both, or in another order.
func differences(before, now ruleset.Ruleset) []string {
	old, kept := byName(before), byName(now)
	var changes []string
	for _, p := range now.Parsers {
		was, there := old[p.Name]
		switch {
		case !there:
			changes = append(changes, p.Name+" was added.")
		case was.Condition != p.Condition || was.Reason != p.Reason || was.Func != p.Func:
			changes = append(changes, p.Name+" was edited.")
		}
	}
	for _, p := range before.Parsers {
		if _, there := kept[p.Name]; !there {
			changes = append(changes, p.Name+" was removed.")
		}
	}
	if !slices.Equal(namesIn(before, kept), namesIn(now, old)) {
		changes = append(changes, "The order of the parsers changed.")
	}
	return changes
}

func byName(r ruleset.Ruleset) map[string]ruleset.Parser {
	all := map[string]ruleset.Parser{}
	for _, p := range r.Parsers {
		all[p.Name] = p
	}
	return all
}

// namesIn are the names of r's parsers, in order, that another version has too.
func namesIn(r ruleset.Ruleset, other map[string]ruleset.Parser) []string {
	var names []string
	for _, p := range r.Parsers {
		if _, there := other[p.Name]; there {
			names = append(names, p.Name)
		}
	}
	return names
}
