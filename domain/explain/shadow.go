package explain

import (
	"slices"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

// Shadow is a parser that is asked about arriving errors and answers nothing.
type Shadow struct {
	ID     int64
	Parser *parse.Parser
	After  string // the live parser that it would stand behind, "" for first
}

// ShadowMatch says that a shadow's parser matched an error.
type ShadowMatch struct {
	ID   int64 // of the shadow
	Wins bool  // it would have answered: no parser before its place did
}

// SwapShadows makes these the shadows of a network.
func (e *Engine) SwapShadows(n domain.Network, shadows []Shadow) {
	if live := e.networks[n]; live != nil {
		live.shadows.Store(&shadows)
	}
}

// Shadows lists the shadows of a network.
func (e *Engine) Shadows(n domain.Network) []Shadow {
	live := e.networks[n]
	if live == nil || live.shadows.Load() == nil {
		return nil
	}
	return *live.shadows.Load()
}

// ShadowMatches asks the shadows of a network about an error, beside the verdict
// that the live ruleset gave. A condition that fails does not match.
func (e *Engine) ShadowMatches(n domain.Network, f facts.Facts, v domain.Verdict) []ShadowMatch {
	var matches []ShadowMatch
	for _, s := range e.Shadows(n) {
		if matched, _ := s.Parser.Matches(f); matched {
			matches = append(matches, ShadowMatch{s.ID, s.wins(e.Ruleset(n), v)})
		}
	}
	return matches
}

// wins reports whether the parser would have been asked before the one that
// answered. It would take the place of a live one of its own name.
func (s Shadow) wins(r *parse.Ruleset, v domain.Verdict) bool {
	if !v.Parsed() || r == nil || v.Parser == s.Parser.Name() {
		return true
	}
	place := func(name string) int {
		return slices.IndexFunc(r.Parsers(), func(p *parse.Parser) bool { return p.Name() == name })
	}
	return place(v.Parser) > place(s.After)
}
