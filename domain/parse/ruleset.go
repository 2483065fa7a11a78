package parse

import (
	"slices"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// Ruleset is the ordered parsers of one network at one version. It does not
// change and may be used by many goroutines.
type Ruleset struct {
	network domain.Network
	version int
	parsers []*Parser
	index   index
}

// NewRuleset orders parsers; the first that matches wins. Its errors are of
// kind Invalid: a parser of another network, two parsers of one name.
func NewRuleset(network domain.Network, version int, parsers []*Parser) (*Ruleset, error) {
	names := map[string]bool{}
	for _, p := range parsers {
		if p.spec.Network != network {
			return nil, domain.InvalidField("parsers", "“%s” is a parser of %s, not of %s.", p.Name(), p.spec.Network, network)
		}
		if names[p.Name()] {
			return nil, domain.InvalidField("parsers", "There are two parsers named “%s”.", p.Name())
		}
		names[p.Name()] = true
	}
	return &Ruleset{network, version, slices.Clone(parsers), newIndex(parsers)}, nil
}

// Network returns the network whose errors the ruleset explains.
func (r *Ruleset) Network() domain.Network { return r.network }

// Version returns the ruleset's version; 0 is the built-in one that no
// database knows yet.
func (r *Ruleset) Version() int { return r.version }

// Parsers lists the parsers in order.
func (r *Ruleset) Parsers() []*Parser { return slices.Clone(r.parsers) }

// Parser returns the parser of a name, nil if there is none.
func (r *Ruleset) Parser(name string) *Parser {
	i := slices.IndexFunc(r.parsers, func(p *Parser) bool { return p.Name() == name })
	if i < 0 {
		return nil
	}
	return r.parsers[i]
}

// With returns the ruleset that would follow this one: p stands after the parser
// of a name, or first when after is "", and takes the place of one with its own
// name. Its errors are of kind Invalid: after names no other parser of the
// ruleset, or p is of another network.
func (r *Ruleset) With(p *Parser, after string) (*Ruleset, error) {
	parsers := slices.DeleteFunc(r.Parsers(), func(q *Parser) bool { return q.Name() == p.Name() })
	place := 0
	if after != "" {
		place = 1 + slices.IndexFunc(parsers, func(q *Parser) bool { return q.Name() == after })
		if place == 0 {
			return nil, domain.InvalidField("after", "The ruleset has no other parser “%s”.", after)
		}
	}
	return NewRuleset(r.network, r.version+1, slices.Insert(parsers, place, p))
}

// Decide gives the verdict of the first parser that matches, or unparsed. It is
// FirstOf the parsers, only faster.
func (r *Ruleset) Decide(f facts.Facts) domain.Verdict {
	v, _ := r.Try(f)
	v.Ruleset = r.version
	return v
}

// Try is Decide as a rule; its verdict names no version.
func (r *Ruleset) Try(f facts.Facts) (domain.Verdict, bool) {
	in := &input{Facts: f}
	if p := r.winner(in); p != nil {
		return p.verdict(in), true
	}
	return domain.Verdict{}, false
}

// Winner returns the first parser that matches, nil if none does.
func (r *Ruleset) Winner(f facts.Facts) *Parser { return r.winner(&input{Facts: f}) }

// winner is Winner of facts that other conditions may look at, too.
func (r *Ruleset) winner(in *input) *Parser {
	var few [16]uint64 // enough for 1,024 parsers without an allocation
	candidates := bitset(few[:])
	if need := len(r.index.always); need > len(few) {
		candidates = make(bitset, need)
	} else {
		candidates = candidates[:need]
	}
	r.index.candidates(in, candidates)
	for i := candidates.next(0); i >= 0; i = candidates.next(i + 1) {
		if matched, _ := r.parsers[i].matches(in); matched {
			return r.parsers[i]
		}
	}
	return nil
}
