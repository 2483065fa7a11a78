package parse

import (
	"errors"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// truth is what a part of a condition comes to. As in CEL, a failure on one side
// of && or || disappears when the other side alone decides.
type truth uint8

const (
	no truth = iota
	yes
	fails
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// node is a part of a condition that is true or false. The common shapes are Go
// here, because the CEL interpreter takes some 27 times as long (BenchmarkCondition);
// calls keeps the rest for it.
type node interface {
	holds(in *input) truth
	// explain adds what made the node hold. It is called only when it does.
	explain(in *input, into *evidence)
	sources() []source
	needs() []need
}

// all is &&.
type all []node

func (n all) holds(in *input) truth {
	result := yes
	for _, part := range n {
		switch part.holds(in) {
		case no:
			return no
		case fails:
			result = fails
		}
	}
	return result
}

func (n all) explain(in *input, into *evidence) {
	for _, part := range n {
		part.explain(in, into)
	}
}

func (n all) sources() []source { return sourcesOf(n) }

// anyOf is ||.
type anyOf []node

func (n anyOf) holds(in *input) truth {
	result := no
	for _, part := range n {
		switch part.holds(in) {
		case yes:
			return yes
		case fails:
			result = fails
		}
	}
	return result
}

func (n anyOf) explain(in *input, into *evidence) {
	for _, part := range n {
		if part.holds(in) == yes {
			part.explain(in, into)
			return
		}
	}
}

func (n anyOf) sources() []source { return sourcesOf(n) }

func sourcesOf(parts []node) []source {
	var all []source
	for _, part := range parts {
		all = append(all, part.sources()...)
	}
	return all
}

// not is !.
type not struct{ node }

func (n not) holds(in *input) truth {
	switch n.node.holds(in) {
	case yes:
		return no
	case no:
		return yes
	}
	return fails
}

// explain shows the facts that were asked: what is absent has no matched part.
func (n not) explain(in *input, into *evidence) { into.mention(in, n.sources()) }

// constant is true or false.
type constant bool

func (n constant) holds(*input) truth        { return truthOf(bool(n)) }
func (n constant) explain(*input, *evidence) {}
func (n constant) sources() []source         { return nil }

// calls is what only the CEL interpreter evaluates.
type calls struct {
	program cel.Program
	reads   []source
}

func (n calls) holds(in *input) truth {
	result, _, err := n.program.Eval(in)
	if err != nil {
		in.failure = err
		return fails
	}
	truth, ok := result.(types.Bool)
	if !ok {
		in.failure = errors.New("it is neither true nor false")
		return fails
	}
	return truthOf(bool(truth))
}

func (n calls) explain(in *input, into *evidence) { into.mention(in, n.reads) }
func (n calls) sources() []source                 { return n.reads }
