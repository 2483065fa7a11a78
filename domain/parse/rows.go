package parse

import (
	"errors"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// Rows are a condition for those who don't write CEL: comparisons, all of which
// hold, or any of which does.
type Rows struct {
	Any  bool // of a single row it makes no difference, and is false
	List []Row
}

// MaxRows is how many rows a form shows at most.
const MaxRows = 40

// Row is one comparison: a fact, how it is tested, and with what.
type Row struct {
	Fact  string // format, status, code, subcode, type, message, or a part of the body as conditions write it
	Test  RowTest
	Value string // as a person writes it, see Row.Condition
}

// RowTest is how a row compares.
type RowTest string

// The tests. Contains and Matches are of texts, the others of any fact.
const (
	Is       RowTest = "is"
	IsNot    RowTest = "is-not"
	IsOneOf  RowTest = "is-one-of"
	Contains RowTest = "contains"
	Matches  RowTest = "matches"
)

// RowError says what is wrong in a row.
type RowError struct {
	Row     int    // counted from 0
	Field   string // fact, test or value
	Message string // a sentence
}

func (e *RowError) Error() string { return e.Message }

// RowErrors lists what is wrong in rows, from the error of Rows.Condition.
func RowErrors(err error) []*RowError {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return nil
	}
	var found []*RowError
	for _, part := range joined.Unwrap() {
		var one *RowError
		if errors.As(part, &one) {
			found = append(found, one)
		}
	}
	return found
}

// Condition writes the rows in CEL, "" when none is finished: rows without a
// fact or a value are passed over. Its error joins a *RowError for each row that
// can't be written. A part of the body that is not there, or no text where one is
// tested, makes its row fail, whichever the test.
func (r Rows) Condition() (string, error) {
	var terms []string
	var problems []error
	for i, row := range r.List {
		if !row.Finished() {
			continue
		}
		term, err := row.Condition()
		if problem := (*RowError)(nil); errors.As(err, &problem) {
			problem.Row = i
			problems = append(problems, problem)
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, r.glue()), errors.Join(problems...)
}

func (r Rows) glue() string {
	if r.Any {
		return " ||\n"
	}
	return " &&\n"
}

// Rows reads a condition as rows; false when it says what rows can't: anything
// but comparisons of facts with constants, joined by && alone or by || alone.
func (c *Condition) Rows() (Rows, bool) {
	e, ok := syntaxOf(c.source)
	if !ok {
		return Rows{}, false
	}
	var rows Rows
	operator := operators.LogicalAnd
	if isCall(e, operators.LogicalOr) {
		rows.Any, operator = true, operators.LogicalOr
	}
	for _, part := range chain(e, operator) {
		row, ok := rowOf(part)
		if !ok || len(rows.List) == MaxRows {
			return Rows{}, false
		}
		rows.List = append(rows.List, row)
	}
	return rows, true
}

// Add returns a condition that asks for a row, too: together with all that it
// asks, or as one more of the things any of which it asks for. It stays as it is
// when it has that row.
func Add(condition string, row Row) (string, error) {
	term, err := row.Condition()
	if err != nil || condition == "" {
		return term, err
	}
	rows, e := Rows{}, ast.Expr(nil)
	if c, err := Compile(condition); err == nil {
		rows, _ = c.Rows()
		e, _ = syntaxOf(condition)
	}
	for _, have := range rows.List {
		if same, _ := have.Condition(); same == term {
			return condition, nil
		}
	}
	if !rows.Any && (isCall(e, operators.LogicalOr) || isCall(e, operators.Conditional)) {
		condition = "(" + condition + "\n)"
	}
	if last := condition[strings.LastIndexByte(condition, '\n')+1:]; strings.Contains(last, "//") {
		condition += "\n" // or the term would be part of a comment
	}
	return condition + rows.glue() + term, nil
}

// syntaxOf reads a condition that is known to compile.
func syntaxOf(source string) (ast.Expr, bool) {
	env, err := environment()
	if err != nil {
		return nil, false
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return nil, false
	}
	return parsed.NativeRep().Expr(), true
}

func isCall(e ast.Expr, function string) bool {
	return e != nil && e.Kind() == ast.CallKind && e.AsCall().FunctionName() == function
}

// chain lists the parts of a chain of one operator: a && (b && c) has three.
func chain(e ast.Expr, operator string) []ast.Expr {
	if !isCall(e, operator) {
		return []ast.Expr{e}
	}
	var parts []ast.Expr
	for _, arg := range e.AsCall().Args() {
		parts = append(parts, chain(arg, operator)...)
	}
	return parts
}
