package parse

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"weak"

	"cel.dev/cel-go/cel"

	"wherefore/domain/facts"
)

// MaxCondition is the length in bytes of the longest condition that Compile takes.
const MaxCondition = 16 << 10

// Condition is a compiled CEL expression over facts. It does not change and may
// be used by many goroutines.
//
// Its variables are format, code, subcode, type and message (strings, empty
// when absent), status (int, 0 unknown) and body (the decoded structure, or
// null). Reading a part of body that is not there is a failure, not a value;
// has(body.a.b) asks whether it is there, whatever body and body.a are.
type Condition struct {
	source string
	root   node
	needs  []need // of root
}

// ConditionError says what is wrong in a condition, and where.
type ConditionError struct {
	Line, Column int    // both counted from 1
	Message      string // a sentence, or CEL's own words
}

func (e *ConditionError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// compiled has the conditions in use by their source, as weak pointers: a ruleset
// that is loaded again, as after a promotion, shares those of the one in use.
var compiled sync.Map // string → weak.Pointer[Condition]

// Compile checks a condition. Its error is a *ConditionError, or several of
// them joined.
func Compile(source string) (*Condition, error) {
	if kept, ok := compiled.Load(source); ok {
		if c := kept.(weak.Pointer[Condition]).Value(); c != nil {
			return c, nil
		}
	}
	c, err := compile(source)
	if err != nil {
		return nil, err
	}
	kept := weak.Make(c)
	compiled.Store(source, kept)
	runtime.AddCleanup(c, func(source string) { compiled.CompareAndDelete(source, kept) }, source)
	return c, nil
}

func compile(source string) (*Condition, error) {
	if len(source) > MaxCondition {
		return nil, &ConditionError{Line: 1, Column: 1, Message: fmt.Sprintf("The condition has %d bytes; the longest allowed has %d.", len(source), MaxCondition)}
	}
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("condition language: %w", err)
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, conditionErrors(issues)
	}
	if checked.OutputType() != cel.BoolType {
		return nil, &ConditionError{Line: 1, Column: 1, Message: fmt.Sprintf("The condition yields %s, not true or false.", checked.OutputType())}
	}
	if err := checkCost(env, checked); err != nil {
		return nil, err
	}
	b := builder{env, checked.NativeRep()}
	root, err := b.node(b.checked.Expr())
	if err != nil {
		return nil, err
	}
	return &Condition{source, root, root.needs()}, nil
}

func conditionErrors(issues *cel.Issues) error {
	var all []error
	for _, issue := range issues.Errors() {
		all = append(all, &ConditionError{
			Line: max(1, issue.Location.Line()), Column: max(1, issue.Location.Column()+1), Message: issue.Message,
		})
	}
	return errors.Join(all...)
}

// Holds reports whether the condition is true of f. A condition that fails, on
// a missing part of the body or at its cost limit, does not hold; the error
// says why.
func (c *Condition) Holds(f facts.Facts) (bool, error) {
	in := &input{Facts: f}
	return c.holds(in)
}

func (c *Condition) holds(in *input) (bool, error) {
	switch c.root.holds(in) {
	case yes:
		return true, nil
	case fails:
		return false, in.failure
	}
	return false, nil
}

// Fields names the facts that the condition reads, each once, in the order of
// the condition: "code", "body.error.type".
func (c *Condition) Fields() []string {
	var names []string
	for _, r := range c.Reads() {
		names = append(names, r.Name())
	}
	return names
}

// Read is one thing that a condition reads: a fact, or a part of the body.
type Read struct{ source }

// Reads lists what the condition reads, each name once, in the order of the
// condition.
func (c *Condition) Reads() []Read {
	var all []Read
	for _, s := range c.root.sources() {
		if !slices.ContainsFunc(all, func(r Read) bool { return r.Name() == s.name() }) {
			all = append(all, Read{s})
		}
	}
	return all
}

// Name names what is read: "code", "body.error.type".
func (r Read) Name() string { return r.name() }

// InBody reports whether it is a part of the body.
func (r Read) InBody() bool {
	_, ok := plain(r.source).(bodyPath)
	return ok
}

// IsIn reports whether an error with these facts has it: a part of the body that
// is there, or a fact that is not empty.
func (r Read) IsIn(f facts.Facts) bool {
	in := &input{Facts: f}
	if path, ok := plain(r.source).(bodyPath); ok {
		_, found := path.value(in)
		return found
	}
	text, _ := r.text(in)
	return text != ""
}

// Requirement is a fact that has to be one of a few values.
type Requirement struct {
	Fact   string // format, status, code, subcode, type or message
	Values []string
}

// Requires lists what has to be true of facts for the condition to hold, so that
// a store can look events up instead of reading all. The condition may ask more.
func (c *Condition) Requires() []Requirement {
	var all []Requirement
	for _, need := range c.needs {
		r := Requirement{Fact: need[0].of.name()}
		for _, a := range need {
			if a.of != need[0].of || a.of >= literalIn {
				r.Values = nil
				break
			}
			r.Values = append(r.Values, a.value)
		}
		if r.Values != nil {
			all = append(all, r)
		}
	}
	return all
}
