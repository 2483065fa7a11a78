package parse

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"cel.dev/cel-go/common/types"

	"wherefore/domain"
)

// Guarded returns the parsers of one network such that a sentence does not
// outweigh a known code: a parser that could decide whatever the code is (by words,
// by the status) does not apply beside a known code that means something else.
//
// Code stands for the code, the type and, where it is a number, the subcode: in
// letters a subcode is a class of errors, such as Google's INVALID_ARGUMENT. One is
// known when some parser decides on it without words, or when open has it. It means
// the causes of all parsers that name it, and those that open adds, which words
// tell apart. A subcode is more exact than a code, a code more exact than a type:
// the more exact one decides.
//
// The guard becomes a part of the condition, so that whoever reads a condition sees
// all of it, and a ruleset stays what its parsers say. Parsers that people write are
// not guarded: their trial shows what they change. A spec that does not compile is
// left as it is, for NewParser to say what is wrong in it.
//
// A change of what is written here needs a higher catalogue version by hand, as the
// digest is that of the files.
func Guarded(specs []domain.ParserSpec, open map[string][]domain.Cause) []domain.ParserSpec {
	found := make([][]branch, len(specs))
	for i, spec := range specs {
		if c, err := Compile(spec.Condition); err == nil {
			found[i] = branches(c.root)
		}
	}
	known := knownNames(specs, found, open)
	guarded := slices.Clone(specs)
	for i := range guarded {
		for _, guard := range known.guards(guarded[i].Reason.Cause(), found[i]) {
			guarded[i].Condition = "(" + guarded[i].Condition + ")\n&& " + guard
		}
	}
	return guarded
}

// A name is what a condition asks of the code, the subcode or the type: a value, or
// by one of the tests of CEL a part or a pattern of it.
type name struct {
	of    fact
	test  string // "" when it is the value
	value string
}

// exactness orders facts by how exactly they say what went wrong.
var exactness = map[fact]int{kind: 1, code: 2, subcode: 3}

func (n name) compare(other name) int {
	return cmp.Or(strings.Compare(n.value, other.value), cmp.Compare(n.of, other.of), strings.Compare(n.test, other.test))
}

// covers reports whether a value that is other is one that n asks for.
func (n name) covers(other name) bool {
	if n == other || n.of != other.of || other.test != "" {
		return n == other
	}
	switch n.test {
	case "endsWith":
		return strings.HasSuffix(other.value, n.value)
	case "startsWith":
		return strings.HasPrefix(other.value, n.value)
	case "matches":
		matched, err := regexp.MatchString(n.value, other.value)
		return matched && err == nil
	}
	return false
}

// meanings are the known names, with the causes that they can mean.
type meanings map[name][]domain.Cause

func knownNames(specs []domain.ParserSpec, found [][]branch, open map[string][]domain.Cause) meanings {
	known := meanings{}
	for _, ways := range found {
		for _, b := range ways {
			for _, n := range b.names {
				if _, inTable := open[n.value]; inTable && n.test == "" || slices.Contains(b.decidesBy(), n) {
					known[n] = nil
				}
			}
		}
	}
	for value := range open {
		known[name{of: code, value: value}] = nil
	}
	for n := range known {
		for value, causes := range open {
			if n.covers(name{of: n.of, value: value}) {
				known[n] = append(known[n], causes...)
			}
		}
		for i, ways := range found {
			if slices.ContainsFunc(ways, func(b branch) bool { return b.mentions(n) }) {
				known[n] = append(known[n], specs[i].Reason.Cause())
			}
		}
	}
	return known
}

// guards are the conditions under which a parser of a cause applies, given the ways
// in which its own condition can hold.
func (known meanings) guards(cause domain.Cause, ways []branch) []string {
	var own []name
	for _, b := range ways {
		own = append(own, b.names...)
	}
	var guards []string
	for _, f := range []fact{kind, code, subcode} {
		var others []name
		for n, causes := range known {
			if n.of == f && !slices.Contains(causes, cause) {
				others = append(others, n)
			}
		}
		takesAny := slices.ContainsFunc(ways, func(b branch) bool { return !b.asks(f) })
		if len(others) == 0 || !takesAny {
			continue
		}
		guard := "!(" + oneOf(others) + ")"
		lifting := slices.DeleteFunc(slices.Clone(own), func(n name) bool { return exactness[n.of] <= exactness[f] })
		if len(lifting) > 0 {
			guard = "(" + guard + " || " + oneOf(lifting) + ")"
		}
		guards = append(guards, guard)
	}
	return guards
}

// oneOf is the condition that one of the names holds.
func oneOf(all []name) string {
	slices.SortFunc(all, name.compare)
	exact, tests := map[fact][]string{}, []string(nil)
	for _, n := range slices.Compact(all) {
		if n.test != "" {
			tests = append(tests, fmt.Sprintf("%s.%s(%q)", n.of.name(), n.test, n.value))
			continue
		}
		exact[n.of] = append(exact[n.of], strconv.Quote(n.value))
	}
	for _, f := range slices.Sorted(maps.Keys(exact)) {
		tests = append(tests, f.name()+" in ["+strings.Join(exact[f], ", ")+"]")
	}
	return strings.Join(tests, " || ")
}

// A branch is one way in which a condition can hold.
type branch struct {
	names []name // of each fact one, empty when it may be anything
	words bool   // the message must say something
}

// asks reports whether the branch needs one of some values of a fact.
func (b branch) asks(f fact) bool {
	return slices.ContainsFunc(b.names, func(n name) bool { return n.of == f })
}

// mentions reports whether the branch holds for n, as far as that fact goes.
func (b branch) mentions(n name) bool {
	return slices.ContainsFunc(b.names, func(own name) bool { return own.covers(n) })
}

// decidesBy returns the most exact names of a branch that needs no words.
func (b branch) decidesBy() []name {
	if len(b.names) == 0 || b.words {
		return nil
	}
	most := slices.MaxFunc(b.names, func(x, y name) int { return exactness[x.of] - exactness[y.of] }).of
	return slices.DeleteFunc(slices.Clone(b.names), func(n name) bool {
		return n.of != most || most == subcode && strings.ContainsFunc(n.value, unicode.IsLetter)
	})
}

// branches lists the ways in which n can hold.
func branches(n node) []branch {
	switch n := n.(type) {
	case anyOf:
		var ways []branch
		for _, part := range n {
			ways = append(ways, branches(part)...)
		}
		return ways
	case all:
		ways := []branch{{}}
		for _, part := range n {
			ways = crossed(ways, branches(part))
		}
		return ways
	case textIs:
		if f, ok := n.of.(fact); ok && exactness[f] > 0 {
			return valueBranches(f, n.values)
		}
	case textHas:
		if f, ok := n.of.(fact); ok && exactness[f] > 0 {
			return []branch{{names: []name{{f, n.test, n.part}}}}
		}
	case matches:
		if f, ok := n.of.(fact); ok && exactness[f] > 0 {
			return []branch{{names: []name{{f, "matches", n.re.String()}}}}
		}
	case not:
		return []branch{{}}
	}
	return []branch{{words: slices.ContainsFunc(n.sources(), func(s source) bool { return plain(s) == source(message) })}}
}

// valueBranches are those of a test of one fact, which may be that it is absent.
func valueBranches(of fact, values []types.String) []branch {
	var named branch
	for _, v := range values {
		if v != "" {
			named.names = append(named.names, name{of: of, value: string(v)})
		}
	}
	if len(named.names) == len(values) {
		return []branch{named}
	}
	return []branch{{}, named}
}

func crossed(left, right []branch) []branch {
	var ways []branch
	for _, l := range left {
		for _, r := range right {
			ways = append(ways, branch{slices.Concat(l.names, r.names), l.words || r.words})
		}
	}
	return ways
}
