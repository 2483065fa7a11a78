package facts

import (
	"regexp"
	"slices"
	"strings"

	"wherefore/domain"
)

// textPattern is an expression whose named groups are facts.
type textPattern struct {
	expression                   *regexp.Regexp
	code, subcode, kind, message int // numbers of the groups, 0 when there is none
}

func newTextPattern(expression string) (textPattern, error) {
	compiled, err := regexp.Compile(expression)
	if err != nil {
		return textPattern{}, domain.Errorf(domain.Invalid, "The text pattern %q does not compile: %v.", expression, err)
	}
	p := textPattern{expression: compiled}
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
func (p *textPattern) add(f *Facts, text string, ignore []string) {
	if p.known(f) {
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

// known reports whether f has all that the pattern could add.
func (p *textPattern) known(f *Facts) bool {
	return (p.code == 0 || f.Code != "") && (p.subcode == 0 || f.Subcode != "") &&
		(p.kind == 0 || f.Type != "") && (p.message == 0 || f.Message != "")
}
