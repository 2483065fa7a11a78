// Package domain holds Wherefore's nouns: networks, causes, reasons, parsers,
// verdicts, events and profiles, and the kinds of errors. It imports none of our
// packages, and knows neither HTTP nor SQL.
//
//	network.go            Network, and the list of those that are known
//	ids.go                ids of clusters, as a type of their own
//	cause.go              Cause and Category; ReasonID, a cause on a network
//	event.go              Event: what a source sends
//	verdict.go            Verdict, and ParserSpec, which a parser is compiled from
//	profile.go            Profile and its state, which follows from its events
//	trouble.go            Trouble: an error of a profile, and what was seen since
//	pin.go                Pin: what a pinned error asks of a parser
//	compare.go            Edit: what differs between two versions of a ruleset
//	catalogversion.go     which of two programs has the newer built-in parsers
//	role.go               Role: what a user may do
//	password.go           which passwords are refused
//	errors.go             Error and Kind: what a caller can do about an error
//	clean.go              text that a column and a page can take
package domain
