package parse

import (
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Finished reports whether the row has all its parts.
func (r Row) Finished() bool { return r.Fact != "" && strings.TrimSpace(r.Value) != "" }

// Condition writes the row in CEL. A value in double quotes is the text in them,
// with escapes as in CEL; of a part of the body, true, false, null and numbers
// are these; every other value is text as it stands, without the white space
// round it. IsOneOf takes several, parted by commas. Its error is a *RowError.
func (r Row) Condition() (string, error) {
	fact, ok := rowFactOf(r.Fact)
	if !ok {
		return "", &RowError{Field: "fact", Message: "There is no fact of this name. A part of the body is written like body.error.code."}
	}
	values, err := fact.values(r)
	if err != nil {
		return "", err
	}
	switch r.Test {
	case Is:
		return fact.name + " == " + values[0], nil
	case IsNot:
		return fact.name + " != " + values[0], nil
	case IsOneOf:
		return fact.name + " in [" + strings.Join(values, ", ") + "]", nil
	case Contains, Matches:
		return fact.name + "." + string(r.Test) + "(" + values[0] + ")", nil
	}
	return "", &RowError{Field: "test", Message: "There is no such test."}
}

// rowFact is a fact as rows know it.
type rowFact struct {
	name string // as conditions write it
	kind factKind
}

// factKind is what constants a fact is compared with.
type factKind uint8

const (
	textFact factKind = iota
	statusFact
	bodyFact
)

// maxFact is the length in bytes of the longest name of a fact.
const maxFact = 1000

func rowFactOf(written string) (rowFact, bool) {
	written = strings.TrimSpace(written)
	if _, ok := factNamed(written); ok {
		return rowFact{written, textFact}, true
	}
	if written == "status" {
		return rowFact{written, statusFact}, true
	}
	if len(written) > maxFact {
		return rowFact{}, false
	}
	e, ok := syntaxOf(written)
	if !ok {
		return rowFact{}, false
	}
	path, ok := pathOf(e)
	return rowFact{path.written(), bodyFact}, ok
}

// values are the row's values as literals of CEL, at least one.
func (f rowFact) values(r Row) ([]string, error) {
	items := []string{strings.TrimSpace(r.Value)}
	if r.Test == IsOneOf {
		items = listItems(r.Value)
	}
	ofTexts := r.Test == Contains || r.Test == Matches
	if f.kind == statusFact && ofTexts {
		return nil, &RowError{Field: "test", Message: "The status is a number: it is one, or is not, or is one of several."}
	}
	var values []string
	for _, item := range items {
		v, ok := f.read(item, ofTexts)
		if !ok {
			return nil, &RowError{Field: "value", Message: "The status is a whole number, 0 when it is not known."}
		}
		values = append(values, inCEL(v))
	}
	if len(values) == 0 {
		return nil, &RowError{Field: "value", Message: "Write at least one value."}
	}
	return values, nil
}

// read gives what a written value means; false when it is none for the fact.
func (f rowFact) read(written string, asText bool) (ref.Val, bool) {
	text, quoted := unquoted(written)
	if f.kind == statusFact {
		n, ok := scalar(written)
		_, whole := n.(types.Int)
		return n, ok && whole
	}
	if f.kind == bodyFact && !asText && !quoted {
		if v, ok := scalar(written); ok {
			return v, true
		}
	}
	return types.String(text), true
}

// write is the opposite of read: the shortest way of writing that reads as v.
func (f rowFact) write(v ref.Val, asText, inList bool) (string, bool) {
	text, isText := v.(types.String)
	if !isText {
		fits := f.kind == bodyFact && !asText || f.kind == statusFact && v.Type() == types.IntType
		return inCEL(v), fits && isScalar(v)
	}
	back, ok := f.read(string(text), asText)
	if ok && back == v && plainText(string(text), inList) {
		return string(text), f.kind != statusFact
	}
	return inCEL(v), f.kind != statusFact
}

// rowOf reads one comparison as a row.
func rowOf(e ast.Expr) (Row, bool) {
	if e.Kind() != ast.CallKind {
		return Row{}, false
	}
	call := e.AsCall()
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	test, ok := testsOfRows[call.FunctionName()]
	if !ok || len(args) != 2 {
		return Row{}, false
	}
	left, right := args[0], args[1]
	if (test == Is || test == IsNot) && left.Kind() == ast.LiteralKind {
		left, right = right, left
	}
	return rowWith(test, left, right)
}

var testsOfRows = map[string]RowTest{
	operators.Equals: Is, operators.NotEquals: IsNot, operators.In: IsOneOf, "contains": Contains, "matches": Matches,
}

// rowWith is the row of a fact, a test and constants, if they are.
func rowWith(test RowTest, left, right ast.Expr) (Row, bool) {
	constants := []ast.Expr{right}
	if test == IsOneOf {
		if right.Kind() != ast.ListKind || right.AsList().Size() == 0 {
			return Row{}, false
		}
		constants = right.AsList().Elements()
	}
	fact, ok := rowFactIn(left)
	var items []string
	for _, c := range constants {
		if c.Kind() != ast.LiteralKind {
			return Row{}, false
		}
		item, fits := fact.write(c.AsLiteral(), test == Contains || test == Matches, test == IsOneOf)
		ok = ok && fits
		items = append(items, item)
	}
	return Row{fact.name, test, strings.Join(items, ", ")}, ok
}

func rowFactIn(e ast.Expr) (rowFact, bool) {
	if isStatus(e) {
		return rowFact{"status", statusFact}, true
	}
	if path, ok := pathOf(e); ok {
		return rowFact{path.written(), bodyFact}, true
	}
	f, ok := textOf(e).(fact)
	return rowFact{f.name(), textFact}, ok
}
