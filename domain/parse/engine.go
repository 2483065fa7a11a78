package parse

import (
	"sync/atomic"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// Engine explains errors of all networks with the rulesets that are live. It is
// safe for concurrent use; a swap is seen by the next Explain.
type Engine struct {
	networks map[domain.Network]*live
}

type live struct {
	layout  *facts.Layout
	ruleset atomic.Pointer[Ruleset]
	shadows atomic.Pointer[[]Shadow]
}

// NewEngine takes the layout of each network. A network without one, or
// without a ruleset yet, has all its errors unparsed.
func NewEngine(layouts map[domain.Network]*facts.Layout) *Engine {
	e := &Engine{map[domain.Network]*live{}}
	for _, n := range domain.Networks() {
		e.networks[n] = &live{layout: layouts[n]}
	}
	return e
}

// Swap makes r the live ruleset of its network.
func (e *Engine) Swap(r *Ruleset) { e.networks[r.Network()].ruleset.Store(r) }

// Ruleset returns the live ruleset of n, nil if there is none.
func (e *Engine) Ruleset(n domain.Network) *Ruleset {
	if live := e.networks[n]; live != nil {
		return live.ruleset.Load()
	}
	return nil
}

// ReadFacts reads an error of n without deciding on it.
func (e *Engine) ReadFacts(n domain.Network, status int, raw []byte) facts.Facts {
	if live := e.networks[n]; live != nil {
		return facts.Read(live.layout, status, raw)
	}
	return facts.Read(nil, status, raw)
}

// Explain reads an error of n and gives the live ruleset's verdict. Status is
// the HTTP status, 0 if unknown. An unknown network gives unparsed.
func (e *Engine) Explain(n domain.Network, status int, raw []byte) (facts.Facts, domain.Verdict) {
	f := e.ReadFacts(n, status, raw)
	r := e.Ruleset(n)
	if r == nil {
		return f, domain.Verdict{}
	}
	return f, r.Decide(f)
}
