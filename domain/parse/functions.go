package parse

import (
	"wherefore/domain"
	"wherefore/domain/facts"
)

// Function is a parser in Go, for what an expression can't say. It returns the
// cause that it finds; a parser that names it matches when that is the parser's
// own cause, so that one function may serve several parsers.
type Function func(facts.Facts) (domain.Cause, bool)

// functions lists the Go parsers by the name that func: has in the catalogue.
var functions = map[string]Function{
	"secondFactorAsked": secondFactorAsked,
}
