package domain

import "time"

// Trouble is an error of a profile, and what was seen since.
type Trouble struct {
	Profile      string
	Network      Network
	Reason       ReasonID // "" when unparsed
	Disconnected bool     // the error ended the connection, and it is not restored
	At           time.Time
	Worked       Worked
}

// Worked is a sign of life after an error: a call that succeeded before anybody
// connected again. The zero Worked is none.
type Worked struct {
	At      time.Time
	Profile string // the same profile, or of a disconnection another one of its credential
}

// Current reports whether a trouble is as of now. A disconnection is until the
// profile is reconnected. A failed call is until the profile is seen to work, and
// for as long as its cause holds at most.
func (t Trouble) Current(holds time.Duration, now time.Time) bool {
	return t.Disconnected || t.Worked.At.IsZero() && now.Sub(t.At) <= holds
}

// Needless reports whether the error should not have ended the connection: its
// category does not, or a call succeeded afterwards. c is empty when unparsed.
func (t Trouble) Needless(c Category) bool {
	return t.Disconnected && (c != "" && !c.Disconnects() || t.Refuted(c))
}

// Refuted reports whether a call that succeeded afterwards contradicts a cause of
// a category. Another profile of the credential says something of causes that are
// of the whole credential: these are those that signing in again cures.
func (t Trouble) Refuted(c Category) bool {
	return !t.Worked.At.IsZero() && (t.Worked.Profile == t.Profile || c == Reconnect)
}
