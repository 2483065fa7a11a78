package parse

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// An atom is something that the index can look up: a fact that is a value, or
// a literal that stands somewhere in the message.
type atom struct {
	of    fact
	value string
}

// What an atom can be of beside the facts.
const (
	statusIn  = factCount + iota // the status, in decimal
	literalIn                    // a folded literal anywhere in the message
)

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

// rank orders needs that could serve: few atoms, and exact facts before literals.
func (n need) rank() int {
	rank := len(n)
	for _, a := range n {
		if a.of == literalIn {
			rank++
		}
	}
	return rank
}

func (not) needs() []need      { return nil }
func (constant) needs() []need { return nil }
func (bodyIs) needs() []need   { return nil }
func (compare) needs() []need  { return nil }
func (isThere) needs() []need  { return nil }
func (calls) needs() []need    { return nil }

func (n textIs) needs() []need {
	f, ok := n.of.(fact)
	if !ok || len(n.values) == 0 {
		return nil
	}
	values := make(need, len(n.values))
	for i, v := range n.values {
		values[i] = atom{f, string(v)}
	}
	return []need{values}
}

func (n statusIs) needs() []need {
	if len(n.values) == 0 {
		return nil
	}
	values := make(need, len(n.values))
	for i, v := range n.values {
		values[i] = atom{statusIn, strconv.FormatInt(int64(v), 10)}
	}
	return []need{values}
}

func (n textHas) needs() []need { return literalNeed(n.of, []string{n.part}) }

func (n matches) needs() []need {
	parsed, err := syntax.Parse(n.re.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	return literalNeed(n.of, literalsOf(parsed.Simplify()))
}

// literalNeed says that one of the literals stands in the message.
func literalNeed(of source, literals []string) []need {
	if plain(of) != source(message) || len(literals) == 0 {
		return nil
	}
	var n need
	for _, l := range literals {
		if l = fold(l); len(l) < minLiteral {
			return nil
		}
		n = append(n, atom{literalIn, l})
	}
	return []need{n}
}

// maxLiterals bounds the alternatives of one pattern that are looked up.
const maxLiterals = 32

// literalsOf returns literals of which one stands in whatever re matches, nil
// if that can't be said. Re is simplified, so that it has no counted repetition.
func literalsOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return literalOf(re)
	case syntax.OpCapture, syntax.OpPlus:
		return literalsOf(re.Sub[0])
	case syntax.OpConcat:
		var best []string
		for _, part := range re.Sub {
			if l := literalsOf(part); shortest(l) > shortest(best) {
				best = l
			}
		}
		return best
	case syntax.OpAlternate:
		return alternatives(re)
	}
	return nil
}

func alternatives(re *syntax.Regexp) []string {
	var literals []string
	for _, branch := range re.Sub {
		l := literalsOf(branch)
		if len(l) == 0 || len(literals)+len(l) > maxLiterals {
			return nil
		}
		literals = append(literals, l...)
	}
	return literals
}

// literalOf returns the text of a literal. Without regard to case only ASCII is
// compared as the index folds it, so the longest piece of ASCII stands for it.
func literalOf(re *syntax.Regexp) []string {
	text := string(re.Rune)
	if re.Flags&syntax.FoldCase == 0 {
		return []string{text}
	}
	pieces := strings.FieldsFunc(text, func(r rune) bool { return r > 127 })
	if len(pieces) == 0 {
		return nil
	}
	return []string{slices.MaxFunc(pieces, func(a, b string) int { return len(a) - len(b) })}
}

// shortest returns the length of the shortest literal, 0 for none.
func shortest(literals []string) int {
	if len(literals) == 0 {
		return 0
	}
	return len(slices.MinFunc(literals, func(a, b string) int { return len(a) - len(b) }))
}
