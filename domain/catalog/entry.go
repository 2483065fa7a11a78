package catalog

import (
	"wherefore/domain"
	"wherefore/domain/facts"
)

// NetworkEntry is what one network's file says.
type NetworkEntry struct {
	Network   domain.Network
	Account   string // what a profile is called there, in English
	Docs      string // the network's documentation of its errors
	Reconnect string // where a customer manages app access there
	Layout    facts.LayoutSpec
	Reasons   []ReasonEntry
	Codes     []CodesEntry  // codes that mean one of several causes
	Parsers   []ParserEntry // ordered, the first match wins
}

// ReasonEntry is a reason that the network can report. The embedded info is
// the cause's with what differs on this network.
type ReasonEntry struct {
	ID domain.ReasonID
	domain.CauseInfo
	Docs   string // the network's page about it
	Note   string // for developers: what it means in terms of the API
	Link   string // where the customer's steps begin; {link} in words, for which an empty one is the network's reconnect link
	Origin domain.Origin

	words map[string]wordsText // per locale, only the fields that differ here
}

// CodesEntry says what codes can mean beside the causes of the parsers that name
// them, and words tell which of these it is. Without causes it can be any: such
// codes repeat the HTTP status.
type CodesEntry struct {
	Codes  []string
	Causes []domain.Cause
	Origin domain.Origin
}

// ParserEntry is a built-in parser with its proof.
type ParserEntry struct {
	domain.ParserSpec
	Docs   string          // where the rule's meaning is documented
	Match  []domain.Sample // at least one
	Reject []domain.Sample // near-misses
}
