package domain

// PinKind is what a pin asks of its parser.
type PinKind string

// The kinds of pins.
const (
	MustMatch    PinKind = "must-match"
	MustNotMatch PinKind = "must-not-match"
	KnownGap     PinKind = "known-gap" // should be matched one day; asks nothing yet
)

// PinKinds lists all kinds.
func PinKinds() []PinKind { return []PinKind{MustMatch, MustNotMatch, KnownGap} }

// Pin is a real error that a parser is held against whenever its ruleset changes.
type Pin struct {
	ID      int64
	Network Network
	Parser  string // its name
	Kind    PinKind
	Status  int    // HTTP status, 0 unknown
	Raw     []byte // the error as it was stored
}
