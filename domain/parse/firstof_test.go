package parse

import (
	"wherefore/domain"
	"wherefore/domain/facts"
)

// Rule gives a verdict on facts, or none. Parsers and rulesets are rules. With
// FirstOf it is what a ruleset must behave like.
type Rule interface {
	Try(f facts.Facts) (domain.Verdict, bool)
}

// FirstOf tries rules in turn; the first that gives a verdict wins. It is
// associative, and FirstOf() is its identity: the rule that never matches.
func FirstOf(rules ...Rule) Rule { return firstOf(rules) }

type firstOf []Rule

func (rules firstOf) Try(f facts.Facts) (domain.Verdict, bool) {
	for _, rule := range rules {
		if v, ok := rule.Try(f); ok {
			return v, true
		}
	}
	return domain.Verdict{}, false
}

// Try gives the parser's verdict alone, with its evidence.
func (p *Parser) Try(f facts.Facts) (domain.Verdict, bool) {
	in := &input{Facts: f}
	if matched, _ := p.matches(in); !matched {
		return domain.Verdict{}, false
	}
	return p.verdict(in), true
}
