package parse

import (
	"errors"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// Parser is a compiled ParserSpec: it yields one reason of its own network, or
// nothing. It does not change and may be used by many goroutines.
type Parser struct {
	spec      domain.ParserSpec
	condition *Condition // nil for a Go function
	function  Function
	needs     []need
}

// NewParser checks and compiles spec. Its errors are of kind Invalid and name
// the field at fault: network, name, reason, condition or func. A condition
// that does not compile has its *ConditionError in the chain.
func NewParser(spec domain.ParserSpec) (*Parser, error) {
	if err := checkSpec(spec); err != nil {
		return nil, err
	}
	p := &Parser{spec: spec}
	if spec.Func != "" {
		f, known := functions[spec.Func]
		if !known {
			return nil, domain.InvalidField("func", "There is no Go function “%s”.", spec.Func)
		}
		p.function = f
		return p, nil
	}
	c, err := Compile(spec.Condition)
	if err != nil {
		return nil, &domain.Error{Kind: domain.Invalid, Field: "condition", Message: "The condition can't be used.", Cause: err}
	}
	p.condition, p.needs = c, c.needs
	return p, nil
}

func checkSpec(spec domain.ParserSpec) error {
	cause := spec.Reason.Cause()
	switch _, known := cause.Info(); {
	case !spec.Network.Known():
		return domain.InvalidField("network", "There is no network “%s”.", spec.Network)
	case spec.Name == "":
		return domain.InvalidField("name", "A parser needs a name.")
	case !wellNamed(spec.Name):
		return domain.InvalidField("name", "A name has at most %d small letters, digits and hyphens, and begins with no hyphen.", maxName)
	case spec.Reason.Network() != spec.Network:
		return domain.InvalidField("reason", "“%s” is not a reason of %s.", spec.Reason, spec.Network)
	case !known:
		return domain.InvalidField("reason", "There is no cause “%s”.", cause)
	case spec.Condition == "" && spec.Func == "":
		return domain.InvalidField("condition", "The condition is empty.")
	case spec.Condition != "" && spec.Func != "":
		return domain.InvalidField("func", "A parser has a condition or a function, not both.")
	}
	return nil
}

// maxName is the length of the longest name.
const maxName = 100

// wellNamed tells names that can stand in an address and are read alike by all.
func wellNamed(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return name[0] != '-' && len(name) <= maxName
}

// Spec returns what the parser was made of.
func (p *Parser) Spec() domain.ParserSpec { return p.spec }

// Name returns the parser's name, unique in its network.
func (p *Parser) Name() string { return p.spec.Name }

// Reason returns the reason that the parser yields.
func (p *Parser) Reason() domain.ReasonID { return p.spec.Reason }

// Condition returns the compiled condition, nil for a Go function.
func (p *Parser) Condition() *Condition { return p.condition }

// Matches reports whether the parser matches f. A condition that fails does not
// match; the error says why.
func (p *Parser) Matches(f facts.Facts) (bool, error) { return p.matches(&input{Facts: f}) }

func (p *Parser) matches(in *input) (bool, error) {
	if p.function == nil {
		return p.condition.holds(in)
	}
	cause, ok := p.function(in.Facts)
	return ok && cause == p.spec.Reason.Cause(), nil
}

// verdict is that of a parser that matched.
func (p *Parser) verdict(in *input) domain.Verdict {
	return domain.Verdict{Reason: p.spec.Reason, Parser: p.spec.Name, Evidence: p.explain(in)}
}

// explain tells why the parser matched. A function can't say, so that code and
// message stand for what it read.
func (p *Parser) explain(in *input) []domain.Evidence {
	var e evidence
	if p.function != nil {
		e.mention(in, []source{code, subcode, kind, message})
		return e.entries
	}
	p.condition.root.explain(in, &e)
	return e.entries
}

// ConditionErrors lists what is wrong in a condition, from the error of Compile
// or NewParser.
func ConditionErrors(err error) []*ConditionError {
	var found []*ConditionError
	var joined interface{ Unwrap() []error }
	var one *ConditionError
	switch {
	case errors.As(err, &joined):
		for _, part := range joined.Unwrap() {
			found = append(found, ConditionErrors(part)...)
		}
	case errors.As(err, &one):
		found = append(found, one)
	}
	return found
}
