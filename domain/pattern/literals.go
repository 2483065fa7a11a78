// Package pattern tells which literals stand in whatever a regular expression
// matches, so that a text without them need not be matched.
package pattern

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// Bounds of the alternatives that are looked up: of one pattern, and for one of
// its characters. A larger class says too little to be worth its many literals.
const (
	maxLiterals = 32
	maxClass    = 4
)

// Literals returns folded literals of which one stands in whatever re matches, nil if that
// can't be said. Re is simplified.
func Literals(re *syntax.Regexp) []string {
	s := spellingsOf(re)
	return better(s.within, s.begin)
}

// spellings are what is known of the texts that a pattern matches, all folded.
type spellings struct {
	begin  []string // each text begins with one of these
	exact  bool     // each text is one of begin
	within []string // each text holds one of these; nil if unknown
}

// anything is what is known of a pattern that may match any text.
var anything = spellings{begin: []string{""}}

func spellingsOf(re *syntax.Regexp) spellings {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return spellings{begin: []string{""}, exact: true}
	case syntax.OpLiteral:
		return ofLiteral(re)
	case syntax.OpCharClass:
		return ofClass(re)
	case syntax.OpCapture:
		return spellingsOf(re.Sub[0])
	case syntax.OpPlus:
		s := spellingsOf(re.Sub[0])
		s.exact = false
		return s
	case syntax.OpQuest:
		if s := spellingsOf(re.Sub[0]); s.exact {
			return spellings{begin: union(s.begin, []string{""}), exact: true}
		}
	case syntax.OpConcat:
		return ofConcat(re.Sub)
	case syntax.OpAlternate:
		return ofAlternatives(re.Sub)
	}
	return anything
}

// ofLiteral takes a literal as it is. Without regard to case only ASCII is
// compared as the index folds it, so that of others the pieces between count.
func ofLiteral(re *syntax.Regexp) spellings {
	text := string(re.Rune)
	foreign := func(r rune) bool { return r > 127 }
	if re.Flags&syntax.FoldCase == 0 || strings.IndexFunc(text, foreign) < 0 {
		return spellings{begin: []string{Fold(text)}, exact: true}
	}
	s := anything
	for _, piece := range strings.FieldsFunc(text, foreign) {
		s.within = better(s.within, []string{Fold(piece)})
	}
	return s
}

// ofClass lists the characters of a small class.
func ofClass(re *syntax.Regexp) spellings {
	var all []string
	for i := 0; i < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			if all = union(all, []string{Fold(string(r))}); len(all) > maxClass {
				return anything
			}
		}
	}
	if len(all) == 0 {
		return anything // the class is empty: nothing matches, which is rare enough
	}
	return spellings{begin: all, exact: true}
}

// ofConcat joins what stands side by side, in runs that end where a part may
// be any text.
func ofConcat(parts []*syntax.Regexp) spellings {
	whole := spellings{exact: true}
	run := []string{""}
	for _, part := range parts {
		s := spellingsOf(part)
		joined := products(run, s.begin)
		if joined == nil { // too many: the run ends before the part
			whole.endRun(run)
			joined = s.begin
		}
		run = joined
		whole.within = better(better(whole.within, s.within), run)
		if !s.exact {
			whole.endRun(run)
			run = []string{""}
		}
	}
	if whole.exact {
		whole.begin = run
	}
	return whole
}

// endRun notes that from here on texts may differ from the run in any way; the
// first run is what the whole begins with.
func (s *spellings) endRun(run []string) {
	if s.exact {
		s.begin, s.exact = run, false
	}
	s.within = better(s.within, run)
}

func ofAlternatives(branches []*syntax.Regexp) spellings {
	whole := spellings{exact: true}
	for _, branch := range branches {
		s := spellingsOf(branch)
		best := better(s.within, s.begin)
		if Shortest(best) == 0 || len(whole.within)+len(best) > maxLiterals || len(whole.begin)+len(s.begin) > maxLiterals {
			return anything
		}
		whole.begin = union(whole.begin, s.begin)
		whole.within = union(whole.within, best)
		whole.exact = whole.exact && s.exact
	}
	return whole
}

// products returns each of a followed by each of b, nil if they are too many.
func products(a, b []string) []string {
	if len(a)*len(b) > maxLiterals {
		return nil
	}
	var all []string
	for _, first := range a {
		for _, second := range b {
			all = union(all, []string{first + second})
		}
	}
	return all
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// better returns those literals that say more: the longer ones, by the shortest
// of them.
func better(a, b []string) []string {
	if Shortest(b) > Shortest(a) {
		return b
	}
	return a
}

// Shortest returns the length of the shortest literal, 0 for none.
func Shortest(literals []string) int {
	if len(literals) == 0 {
		return 0
	}
	return len(slices.MinFunc(literals, func(a, b string) int { return len(a) - len(b) }))
}
