// Package explain finds out what an error means: it removes secrets, reads the
// facts, lets the live ruleset decide, and gives an unparsed error its shape. It is
// the only place that does these four steps.
package explain

import (
	"sync/atomic"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/scrub"
)

// Engine explains errors of all networks by the live rulesets and splits. It is
// safe for concurrent use; the next explanation sees a change.
type Engine struct {
	Shaper cluster.Shaper // gives unparsed errors their shapes

	networks map[domain.Network]*live
}

// live is what explains the errors of one network.
type live struct {
	layout  *facts.Layout
	ruleset atomic.Pointer[parse.Ruleset]
	shadows atomic.Pointer[[]Shadow]
}

// NewEngine takes the layout of each network. A network without one, or
// without a ruleset yet, has all its errors unparsed.
func NewEngine(layouts map[domain.Network]*facts.Layout) *Engine {
	e := &Engine{networks: map[domain.Network]*live{}}
	for _, n := range domain.Networks() {
		e.networks[n] = &live{layout: layouts[n]}
	}
	return e
}

// Swap makes r the live ruleset of its network.
func (e *Engine) Swap(r *parse.Ruleset) { e.networks[r.Network()].ruleset.Store(r) }

// Ruleset returns the live ruleset of n, nil if there is none.
func (e *Engine) Ruleset(n domain.Network) *parse.Ruleset {
	if live := e.networks[n]; live != nil {
		return live.ruleset.Load()
	}
	return nil
}

// Explanation is what an error means.
type Explanation struct {
	Error   []byte   // without secrets
	Removed []string // the kinds of secrets that were removed, each once, sorted
	Facts   facts.Facts
	Verdict domain.Verdict
	Shape   cluster.Shape // of an unparsed error; else zero
}

// Explain explains an error as a network returned it. Status is the HTTP status, 0
// if unknown. An error of an unknown network is unparsed.
func (e *Engine) Explain(n domain.Network, status int, raw []byte) Explanation {
	clean, removed := scrub.Bytes(raw)
	x := e.explain(n, e.Ruleset(n), status, clean)
	x.Removed = removed
	return x
}

// ExplainAgain explains a stored error, whose secrets were removed when it arrived,
// by a ruleset of its network.
func (e *Engine) ExplainAgain(r *parse.Ruleset, status int, stored []byte) Explanation {
	return e.explain(r.Network(), r, status, stored)
}

func (e *Engine) explain(n domain.Network, r *parse.Ruleset, status int, clean []byte) Explanation {
	x := Explanation{Error: clean, Facts: e.ReadFacts(n, status, clean)}
	if r != nil {
		x.Verdict = r.Decide(x.Facts)
	}
	if !x.Verdict.Parsed() {
		x.Shape = e.Shaper.ShapeOf(n, x.Facts)
	}
	return x
}

// ReadFacts reads a stored error of n without deciding on it.
func (e *Engine) ReadFacts(n domain.Network, status int, stored []byte) facts.Facts {
	if live := e.networks[n]; live != nil {
		return facts.Read(live.layout, status, stored)
	}
	return facts.Read(nil, status, stored)
}
