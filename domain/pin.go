package domain

import "strconv"

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
	ID      int64 // 0 while it is only to be made with a promotion
	Network Network
	Parser  string // its name
	Kind    PinKind
	EventID string // where it came from, which may be gone
	Status  int    // HTTP status, 0 unknown
	Raw     []byte // the error as it was stored
}

// Key names a pin, or the event that it is to be made of.
func (p Pin) Key() string {
	if p.ID == 0 {
		return p.EventID
	}
	return strconv.FormatInt(p.ID, 10)
}
