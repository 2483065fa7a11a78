// Package parse finds the reason in an error's facts: conditions, parsers and
// rulesets with their index. A condition is a CEL expression. It is compiled to Go
// nodes; what has no Go form is evaluated by the CEL interpreter.
//
//	condition.go        Condition and Compile; what a condition reads and requires
//	environment.go      the CEL environment: variables and has()
//	build.go forms.go   a checked expression to nodes; which calls have a Go form
//	node.go leaves.go   nodes: and, or, not, comparisons, calls of the interpreter
//	source.go           what a node reads: a fact or a part of the body
//	evidence.go         which parts of an error made a condition hold
//	formula.go          conditions that a database can evaluate
//
//	parser.go           Parser: a condition or a function that yields one reason
//	functions.go secondfactor.go   parsers that are Go functions
//	guard.go            codes that outweigh words and status
//	pin.go              whether a ruleset breaks a pin
//
//	ruleset.go          Ruleset: the first parser that matches wins
//	index.go            which parsers of a ruleset can match
//	needs.go            what must be true of facts for a condition to hold
//	literals.go         literals of texts and patterns, looked up together
//
//	rows.go row.go rowvalue.go   a condition as rows of a form, and back
//	offer.go            rows that an error's facts suggest
package parse
