package domain

// Origin says where something was written, for messages about it.
type Origin struct {
	File string // empty when it comes from the dashboard
	Line int
}

// ParserSpec is a parser as written, before it is checked and compiled by
// package parse.
type ParserSpec struct {
	Network   Network
	Name      string   // unique within the network
	Reason    ReasonID // of the same network
	Condition string   // a CEL expression over the facts; empty when Func is set
	Func      string   // the name of a Go function parser; empty when Condition is set
	Origin    Origin
}

// Sample is a real error that a parser must match, or must not.
type Sample struct {
	Status int    // HTTP status, 0 unknown
	Error  []byte // as received
	Origin Origin
}

// Evidence is one fact that decided, with the part of it that matched.
type Evidence struct {
	Fact  string `json:"fact"`  // "code", "message", "body.error.type" …
	Value string `json:"value"` // the fact's value, cut to 500 bytes around the matched part
	Match string `json:"match"` // the part of Value that the condition asked for
}

// Verdict is the outcome of a ruleset for one error.
type Verdict struct {
	Reason   ReasonID // empty: unparsed
	Parser   string   // the name of the parser that matched
	Ruleset  int      // the version of the ruleset that was asked
	Evidence []Evidence
}

// Parsed reports whether a parser matched.
func (v Verdict) Parsed() bool { return v.Reason != "" }
