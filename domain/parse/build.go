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

// parts are the nodes of a chain of one operator.
func (b builder) parts(e ast.Expr, operator string) ([]node, error) {
	var parts []node
	for _, part := range chain(e, operator) {
		n, err := b.node(part)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
	}
	return parts, nil
}

func (b builder) calls(e ast.Expr) (node, error) {
	program, err := b.program(e)
	if err != nil {
		at := b.checked.SourceInfo().GetStartLocation(e.ID())
		return nil, &ConditionError{Line: at.Line(), Column: at.Column() + 1, Message: fmt.Sprint(err)}
	}
	return calls{program, sourcesIn(ast.NavigateExpr(b.checked, e))}, nil
}
