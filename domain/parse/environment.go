package parse

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"
	"cel.dev/cel-go/parser"
)

// Limits in CEL's units of cost, one of which takes some tens of nanoseconds.
const (
	maxCost     = 1_000_000  // of one evaluation
	maxEstimate = 10_000_000 // of the worst case, on an error as large as typical ones get
)

const (
	maxNesting     = 64   // levels of parentheses in a condition
	maxNodes       = 4096 // of a condition's tree
	maxPatternSize = 2000 // instructions of one compiled regular expression
)

// presentFunction is what has(body…) becomes. Its name can't be written in a condition.
const presentFunction = "@present"

// environment is made once: it holds the language, not a condition's state.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("format", cel.StringType),
		cel.Variable("status", cel.IntType),
		cel.Variable("code", cel.StringType),
		cel.Variable("subcode", cel.StringType),
		cel.Variable("type", cel.StringType),
		cel.Variable("message", cel.StringType),
		cel.Variable("body", cel.DynType),
		ext.Strings(ext.StringsVersion(4)),
		cel.Macros(cel.GlobalMacro("has", 1, expandHas)),
		cel.Function(presentFunction, cel.Overload("present_dyn_list",
			[]*cel.Type{cel.DynType, cel.ListType(cel.DynType)}, cel.BoolType, cel.BinaryBinding(present))),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserRecursionLimit(maxNesting),
		cel.ParserExpressionSizeLimit(MaxCondition),
		cel.ExpressionNodeLimit(maxNodes),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateRegexProgramSizeLimit(maxPatternSize)),
	)
})

// expandHas makes has() of a part of body ask for the whole way there, where
// CEL's own fails unless all but the last step exist.
func expandHas(h cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	path, ok := pathOf(args[0])
	if !ok || args[0].Kind() != ast.SelectKind {
		return parser.MakeHas(h, target, args)
	}
	steps := make([]ast.Expr, len(path))
	for i, s := range path {
		if s.isIndex {
			steps[i] = h.NewLiteral(types.Int(s.index))
		} else {
			steps[i] = h.NewLiteral(types.String(s.key))
		}
	}
	return h.NewCall(presentFunction, h.NewIdent("body"), h.NewList(steps...)), nil
}

// present walks from body along keys and indexes.
func present(body, path ref.Val) ref.Val {
	at := body
	for steps := path.(traits.Lister).Iterator(); steps.HasNext() == types.True; {
		step := steps.Next()
		switch in := at.(type) {
		case traits.Mapper:
			next, found := in.Find(step)
			if !found {
				return types.False
			}
			at = next
		case traits.Lister:
			i, ok := step.(types.Int)
			if !ok || i < 0 || i >= in.Size().(types.Int) {
				return types.False
			}
			at = in.Get(i)
		default:
			return types.False
		}
	}
	return types.True
}

// checkCost refuses a condition whose cost multiplies with the size of an error.
func checkCost(env *cel.Env, checked *cel.Ast) error {
	estimate, err := env.EstimateCost(checked, sizes{})
	if err != nil {
		return &ConditionError{Line: 1, Column: 1, Message: "The cost of the condition can't be estimated: " + err.Error()}
	}
	if estimate.Max > maxEstimate {
		return &ConditionError{Line: 1, Column: 1, Message: fmt.Sprintf("The condition may cost up to %d; the limit is %d.", estimate.Max, maxEstimate)}
	}
	return nil
}

// sizes tells the estimate how large facts get.
type sizes struct{}

func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if path := n.Path(); len(path) == 1 && path[0] == "message" {
		return &cost.SizeEstimate{Max: 8 << 10} // longer ones are cut
	}
	return &cost.SizeEstimate{Max: 1000}
}

// program compiles one part of a checked condition for the CEL interpreter.
func (b builder) program(e ast.Expr) (cel.Program, error) {
	part := ast.NewCheckedAST(ast.NewAST(e, b.checked.SourceInfo()), b.checked.TypeMap(), b.checked.ReferenceMap())
	return b.env.PlanProgram(part, cel.CostLimit(maxCost), cel.EvalOptions(cel.OptOptimize))
}

// ResolveName gives the CEL interpreter a variable.
func (in *input) ResolveName(name string) (any, bool) {
	switch name {
	case "status":
		return int64(in.Status), true
	case "body":
		return in.adaptedBody(), true
	}
	if f, ok := factNamed(name); ok {
		return f.of(in), true
	}
	return nil, false
}

// Parent is part of what the CEL interpreter asks of variables; there is none.
func (in *input) Parent() cel.Activation { return nil }

// adaptedBody makes CEL's form of the body, once, when a condition asks for it.
func (in *input) adaptedBody() ref.Val {
	if in.body == nil {
		in.body = types.DefaultTypeAdapter.NativeToValue(in.Body.Any())
	}
	return in.body
}
