package parse

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"wherefore/domain/pattern"
)

// An atom is something that the index can look up: a fact that is a value, a
// literal that stands somewhere in the message, or a guard.
type atom struct {
	of    fact
	value string
	guard *guard // of guardIn only
}

// What an atom can be of beside the facts.
const (
	statusIn  = factCount + iota // the status, in decimal
	literalIn                    // a folded literal anywhere in the message
	guardIn                      // a test that is cheap enough to make every time
)

// A guard is a test of something short, such as code.endsWith("_limit"). It
// keeps its parser from asking patterns of the message each time.
type guard struct{ node }

func guardNeed(n node) []need { return []need{{atom{of: guardIn, guard: &guard{n}}}} }

// A need is a set of atoms of which one must be true for a node to hold. Needs
// never say that a node does hold: the index proposes, the condition decides.
type need []atom

// minLiteral is the length in bytes of the shortest literal that is looked up.
const minLiteral = windowSize

func (n all) needs() []need {
	var needs []need
	for _, part := range n {
		needs = append(needs, part.needs()...)
	}
	return needs
}

// needs joins one need of each branch; a branch without one can hold whatever
// the facts are, and then so can the whole.
func (n anyOf) needs() []need {
	var joined need
	for _, branch := range n {
		needs := branch.needs()
		if len(needs) == 0 {
			return nil
		}
		joined = append(joined, slices.MinFunc(needs, func(a, b need) int { return a.rank() - b.rank() })...)
	}
	return []need{joined}
}

// rank orders needs that could serve: few atoms, and exact facts first.
func (n need) rank() int {
	rank := len(n)
	for _, a := range n {
		switch a.of {
		case literalIn:
			rank++
		case guardIn:
			rank += 2
		}
	}
	return rank
}

func (constant) needs() []need { return nil }
func (calls) needs() []need    { return nil }

func (n bodyIs) needs() []need  { return guardNeed(n) }
func (n isThere) needs() []need { return guardNeed(n) }

func (n compare) needs() []need {
	if n.of == source(message) {
		return nil
	}
	return guardNeed(n)
}

// needs of a negation are known for short facts only: that a message lacks
// something says nothing about what it has.
func (n not) needs() []need {
	for _, s := range n.sources() {
		if f, ok := plain(s).(fact); !ok || f == message {
			return nil
		}
	}
	return guardNeed(n)
}

func (n textIs) needs() []need {
	f, ok := n.of.(fact)
	if !ok || len(n.values) == 0 {
		return shortNeed(n.of, n)
	}
	values := make(need, len(n.values))
	for i, v := range n.values {
		values[i] = atom{of: f, value: string(v)}
	}
	return []need{values}
}

func (n statusIs) needs() []need {
	if len(n.values) == 0 {
		return nil
	}
	values := make(need, len(n.values))
	for i, v := range n.values {
		values[i] = atom{of: statusIn, value: strconv.FormatInt(int64(v), 10)}
	}
	return []need{values}
}

func (n textHas) needs() []need {
	if plain(n.of) != source(message) {
		return shortNeed(n.of, n)
	}
	return literalNeed([]string{pattern.Fold(n.part)})
}

func (n matches) needs() []need {
	if plain(n.of) != source(message) {
		return shortNeed(n.of, n)
	}
	parsed, err := syntax.Parse(n.re.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	return literalNeed(pattern.Literals(parsed.Simplify()))
}

// shortNeed makes the test of a short fact a guard. A part of the body may be
// as long as a message.
func shortNeed(of source, n node) []need {
	if f, ok := plain(of).(fact); !ok || f == message {
		return nil
	}
	return guardNeed(n)
}

// literalNeed says that one of the folded literals stands in the message.
func literalNeed(literals []string) []need {
	if pattern.Shortest(literals) < minLiteral {
		return nil
	}
	n := make(need, len(literals))
	for i, l := range literals {
		n[i] = atom{of: literalIn, value: l}
	}
	return []need{n}
}
