package parse

import (
	"regexp"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// test returns the Go form of a comparison or a test of a text, nil if it has none.
func test(call ast.CallExpr) node {
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	if len(args) != 2 {
		return nil
	}
	left, right := args[0], args[1]
	switch name := call.FunctionName(); name {
	case operators.Equals:
		return isOneOf(left, right)
	case operators.NotEquals:
		if n := isOneOf(left, right); n != nil {
			return not{n}
		}
	case operators.In:
		return isIn(left, right)
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return comparison(name, left, right)
	case "contains", "startsWith", "endsWith":
		return partOf(name, left, right)
	case "matches":
		return matchOf(left, right)
	case presentFunction:
		return presence(right)
	}
	return nil
}

// isOneOf is left == right with the constant on either side.
func isOneOf(left, right ast.Expr) node {
	if left.Kind() == ast.LiteralKind {
		left, right = right, left
	}
	if right.Kind() != ast.LiteralKind {
		return nil
	}
	if n := sizeComparison(operators.Equals, left, right); n != nil {
		return n
	}
	return isAmong(left, []ref.Val{right.AsLiteral()})
}

func isIn(left, right ast.Expr) node {
	if right.Kind() != ast.ListKind {
		return nil
	}
	var values []ref.Val
	for _, element := range right.AsList().Elements() {
		if element.Kind() != ast.LiteralKind {
			return nil
		}
		values = append(values, element.AsLiteral())
	}
	return isAmong(left, values)
}

func isAmong(left ast.Expr, values []ref.Val) node {
	if isStatus(left) {
		if numbers, ok := constants[types.Int](values); ok {
			return statusIs{numbers}
		}
		return nil
	}
	if path, ok := pathOf(left); ok {
		return bodyIs{path, values}
	}
	if s := textOf(left); s != nil {
		if texts, ok := constants[types.String](values); ok {
			return textIs{s, texts}
		}
	}
	return nil
}

// constants returns values as one CEL type; false when one is of another.
func constants[T ref.Val](values []ref.Val) ([]T, bool) {
	typed := make([]T, len(values))
	for i, v := range values {
		one, ok := v.(T)
		if !ok {
			return nil, false
		}
		typed[i] = one
	}
	return typed, true
}

func comparison(operator string, left, right ast.Expr) node {
	if n := sizeComparison(operator, left, right); n != nil {
		return n
	}
	with, ok := literal[types.Int](right)
	if !ok || !isStatus(left) {
		return nil
	}
	return compare{statusSource{}, statusNumber, operator, int64(with)}
}

// sizeComparison is size(message) < 5; bodies are left out, as theirs may be a list's.
func sizeComparison(operator string, left, right ast.Expr) node {
	with, ok := literal[types.Int](right)
	if !ok || left.Kind() != ast.CallKind || left.AsCall().FunctionName() != "size" {
		return nil
	}
	of := left.AsCall().Target()
	if !left.AsCall().IsMemberFunction() {
		of = left.AsCall().Args()[0]
	}
	if of.Kind() != ast.IdentKind {
		return nil
	}
	if f, ok := factNamed(of.AsIdent()); ok {
		return compare{f, sizeOf(f), operator, int64(with)}
	}
	return nil
}

func partOf(name string, left, right ast.Expr) node {
	part, ok := literal[types.String](right)
	if s := textOf(left); ok && s != nil {
		return textHas{s, name, finders[name], string(part)}
	}
	return nil
}

func matchOf(left, right ast.Expr) node {
	written, ok := literal[types.String](right)
	s := textOf(left)
	if !ok || s == nil {
		return nil
	}
	re, err := regexp.Compile(string(written))
	if err != nil {
		return nil // the check refused it already
	}
	return matches{s, re}
}

func presence(path ast.Expr) node {
	var steps bodyPath
	for _, element := range path.AsList().Elements() {
		switch at := element.AsLiteral().(type) {
		case types.String:
			steps = append(steps, step{key: string(at)})
		case types.Int:
			steps = append(steps, step{index: int(at), isIndex: true})
		}
	}
	return isThere{steps}
}

// textOf returns a source whose content is a text: a fact, a part of the body,
// or one of these with lowerAscii().
func textOf(e ast.Expr) source {
	if e.Kind() == ast.IdentKind {
		if f, ok := factNamed(e.AsIdent()); ok {
			return f
		}
	}
	if path, ok := pathOf(e); ok {
		return path
	}
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "lowerAscii" {
		if inner := textOf(e.AsCall().Target()); inner != nil {
			return lowered{inner}
		}
	}
	return nil
}

func isStatus(e ast.Expr) bool { return e.Kind() == ast.IdentKind && e.AsIdent() == "status" }

func literal[T ref.Val](e ast.Expr) (T, bool) {
	if e.Kind() != ast.LiteralKind {
		var zero T
		return zero, false
	}
	v, ok := e.AsLiteral().(T)
	return v, ok
}

// sourcesIn finds what an expression of any form reads.
func sourcesIn(e ast.NavigableExpr) []source {
	if path, ok := pathOf(e); ok {
		return []source{path}
	}
	if isStatus(e) {
		return []source{statusSource{}}
	}
	if f, ok := textOf(e).(fact); ok {
		return []source{f}
	}
	var found []source
	for _, child := range e.Children() {
		found = append(found, sourcesIn(child)...)
	}
	return found
}
