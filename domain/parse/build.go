package parse

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// builder makes nodes of a checked condition.
type builder struct {
	env     *cel.Env
	checked *ast.AST
}

// node returns the Go form of e, or else a call of the CEL interpreter.
func (b builder) node(e ast.Expr) (node, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		if truth, ok := e.AsLiteral().(types.Bool); ok {
			return constant(truth), nil
		}
	case ast.CallKind:
		switch call := e.AsCall(); call.FunctionName() {
		case operators.LogicalAnd:
			parts, err := b.parts(e, operators.LogicalAnd)
			return all(parts), err
		case operators.LogicalOr:
			parts, err := b.parts(e, operators.LogicalOr)
			return anyOf(parts), err
		case operators.LogicalNot:
			inner, err := b.node(call.Args()[0])
			return not{inner}, err
		default:
			if n := test(call); n != nil {
				return n, nil
			}
		}
	}
	return b.calls(e)
}

// parts flattens a chain of one operator: a && (b && c) has three.
func (b builder) parts(e ast.Expr, operator string) ([]node, error) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operator {
		n, err := b.node(e)
		return []node{n}, err
	}
	var parts []node
	for _, arg := range e.AsCall().Args() {
		more, err := b.parts(arg, operator)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	return parts, nil
}

func (b builder) calls(e ast.Expr) (node, error) {
	program, err := b.program(e)
	if err != nil {
		at := b.checked.SourceInfo().GetStartLocation(e.ID())
		return nil, &ConditionError{at.Line(), at.Column() + 1, fmt.Sprint(err)}
	}
	return calls{program, sourcesIn(ast.NavigateExpr(b.checked, e))}, nil
}
