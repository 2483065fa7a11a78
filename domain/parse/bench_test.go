package parse

import (
	"strings"
	"testing"

	"wherefore/domain/catalog"
	"wherefore/domain/facts"
)

// catalogBench is a network's built-in parsers, and the facts of all their samples.
func catalogBench(b *testing.B) (map[*catalog.NetworkEntry][]*Parser, map[*catalog.NetworkEntry][]*input) {
	b.Helper()
	c, err := catalog.Load()
	if err != nil {
		b.Fatal(err)
	}
	parsers, inputs := map[*catalog.NetworkEntry][]*Parser{}, map[*catalog.NetworkEntry][]*input{}
	for _, entry := range c.Networks() {
		layout, err := facts.NewLayout(entry.Layout)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range entry.Parsers {
			if p.Condition == "" {
				continue
			}
			parser, err := NewParser(p.ParserSpec)
			if err != nil {
				b.Fatal(err)
			}
			parsers[entry] = append(parsers[entry], parser)
			for _, s := range p.Match {
				inputs[entry] = append(inputs[entry], &input{Facts: facts.Read(layout, s.Status, s.Error)})
			}
		}
	}
	return parsers, inputs
}

// interpreted returns a condition that the CEL interpreter evaluates whole.
func interpreted(b *testing.B, source string) node {
	b.Helper()
	env, err := environment()
	if err != nil {
		b.Fatal(err)
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		b.Fatal(issues.Err())
	}
	n, err := builder{env, checked.NativeRep()}.calls(checked.NativeRep().Expr())
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkCondition evaluates every built-in condition on every sample of its
// network: in Go form, and by the CEL interpreter alone. Patterns cost the same
// either way, so conditions with and without one are measured apart.
func BenchmarkCondition(b *testing.B) {
	parsers, inputs := catalogBench(b)
	evaluate := func(b *testing.B, pattern bool, form func(*Parser) node) {
		roots := map[*catalog.NetworkEntry][]node{}
		for entry, list := range parsers {
			for _, p := range list {
				if strings.Contains(p.Spec().Condition, "matches(") == pattern {
					roots[entry] = append(roots[entry], form(p))
				}
			}
		}
		evaluations := 0
		for b.Loop() {
			evaluations = 0
			for entry, list := range roots {
				for _, in := range inputs[entry] {
					for _, root := range list {
						root.holds(in)
						evaluations++
					}
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(evaluations), "ns/condition")
	}
	for _, c := range []struct {
		name    string
		pattern bool
	}{{"plain", false}, {"pattern", true}} {
		b.Run(c.name+"/go", func(b *testing.B) {
			evaluate(b, c.pattern, func(p *Parser) node { return p.condition.root })
		})
		b.Run(c.name+"/cel", func(b *testing.B) {
			evaluate(b, c.pattern, func(p *Parser) node { return interpreted(b, p.Spec().Condition) })
		})
	}
}

// BenchmarkDecide decides on every sample with its network's built-in parsers:
// by the index, and by trying one parser after the other.
func BenchmarkDecide(b *testing.B) {
	parsers, inputs := catalogBench(b)
	decide := func(b *testing.B, try func(*catalog.NetworkEntry, facts.Facts) bool) {
		decisions := 0
		for b.Loop() {
			decisions = 0
			for entry, list := range inputs {
				for _, in := range list {
					try(entry, in.Facts)
					decisions++
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(decisions), "ns/error")
	}
	b.Run("index", func(b *testing.B) {
		rulesets := map[*catalog.NetworkEntry]*Ruleset{}
		for entry, list := range parsers {
			r, err := NewRuleset(entry.Network, 1, list)
			if err != nil {
				b.Fatal(err)
			}
			rulesets[entry] = r
		}
		decide(b, func(entry *catalog.NetworkEntry, f facts.Facts) bool {
			_, ok := rulesets[entry].Try(f)
			return ok
		})
	})
	b.Run("in-turn", func(b *testing.B) {
		decide(b, func(entry *catalog.NetworkEntry, f facts.Facts) bool {
			_, ok := FirstOf(rulesOf(parsers[entry])...).Try(f)
			return ok
		})
	})
}
