package facts

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"wherefore/domain"
	"wherefore/domain/pattern"
)

// textPattern is an expression whose named groups are facts.
type textPattern struct {
	expression                   *regexp.Regexp
	literals                     []string // folded; one of them stands in what matches; nil if unknown
	code, subcode, kind, message int      // numbers of the groups, 0 when there is none
}

func newTextPattern(expression string) (textPattern, error) {
	compiled, err := regexp.Compile(expression)
	if err != nil {
		return textPattern{}, domain.Errorf(domain.Invalid, "The text pattern %q does not compile: %v.", expression, err)
	}
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return textPattern{}, err // it has just compiled
	}
	p := textPattern{expression: compiled, literals: pattern.Literals(parsed.Simplify())}
	for i, name := range compiled.SubexpNames() {
		switch name {
		case "code":
			p.code = i
		case "subcode":
			p.subcode = i
		case "type":
			p.kind = i
		case "message":
			p.message = i
		case "":
		default:
			return textPattern{}, domain.Errorf(domain.Invalid, "The text pattern %q has a group %q that is no fact.", expression, name)
		}
	}
	if p.code+p.subcode+p.kind+p.message == 0 {
		return textPattern{}, domain.Errorf(domain.Invalid, "The text pattern %q has no group named after a fact.", expression)
	}
	return p, nil
}

// add puts what the pattern finds in text into the facts that are still empty.
func (p *textPattern) add(f *Facts, text, folded string, ignore []string) {
	if p.known(f) || !p.mayMatch(folded) {
		return
	}
	at := p.expression.FindStringSubmatchIndex(text)
	if at == nil {
		return
	}
	for _, group := range []struct {
		number int
		fact   *string
		word   bool
	}{{p.code, &f.Code, true}, {p.subcode, &f.Subcode, true}, {p.kind, &f.Type, true}, {p.message, &f.Message, false}} {
		if group.number == 0 || at[2*group.number] < 0 || *group.fact != "" {
			continue
		}
		found := strings.TrimSpace(text[at[2*group.number]:at[2*group.number+1]])
		if !group.word || isWord(found) && !slices.Contains(ignore, found) {
			*group.fact = found
		}
	}
}

// mayMatch is false of folded texts that the pattern can't match.
func (p *textPattern) mayMatch(folded string) bool {
	return len(p.literals) == 0 || slices.ContainsFunc(p.literals, func(l string) bool { return strings.Contains(folded, l) })
}

// known reports whether f has all that the pattern could add.
func (p *textPattern) known(f *Facts) bool {
	return (p.code == 0 || f.Code != "") && (p.subcode == 0 || f.Subcode != "") &&
		(p.kind == 0 || f.Type != "") && (p.message == 0 || f.Message != "")
}
