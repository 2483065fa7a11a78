package domain

import (
	"cmp"
	"strings"
	"time"
)

// State is whether a profile can be used.
type State string

// The states.
const (
	StateConnected    State = "connected"
	StateDisconnected State = "disconnected"
)

// Profile is one customer account on one network, as its events left it.
type Profile struct {
	ID           string
	Network      Network
	Name         string
	OwnerID      string
	CredentialID string
	State        State
	Since        time.Time // when it got into State, as far as events tell
	StateEventID string    // the newest event that said what State is, "" when none did
	StateAt      time.Time
	LastEventID  string // the newest event of any type
	LastEventAt  time.Time
	ErrorEventID string // the newest event that carries an error, "" without one
	ErrorAt      time.Time
	WorkedAt     time.Time // when a call last succeeded, zero if none was reported
}

// Apply takes an event into account. Events may come in any order: an older
// one fills in what is missing and never overwrites what a newer one said. It
// reports whether a change of state came late: then Since follows from all
// events only. Network stays: an event of another network is not the profile's.
//
// A call that succeeded changes no state: a profile that a source disconnected
// stays so until it is reconnected, even where the success shows that this was
// needless, since the source does not use it before.
func (p *Profile) Apply(id string, e Event) (late bool) {
	newest := after(e.OccurredAt, id, p.LastEventAt, p.LastEventID)
	if newest {
		p.LastEventID, p.LastEventAt = id, e.OccurredAt
	}
	describe(&p.Name, e.ProfileName, newest)
	describe(&p.OwnerID, e.OwnerID, newest)
	describe(&p.CredentialID, e.CredentialID, newest)
	p.note(id, e)
	switch {
	case e.Type == Failed, e.Type == Succeeded:
		if p.StateEventID == "" && e.OccurredAt.Before(p.Since) {
			p.Since = e.OccurredAt
		}
		return false
	case !after(e.OccurredAt, id, p.StateAt, p.StateEventID):
		return true
	}
	p.enter(stateAfter(e.Type), id, e.OccurredAt)
	return false
}

// note keeps the newest error and the newest success.
func (p *Profile) note(id string, e Event) {
	if e.Type.HasError() && after(e.OccurredAt, id, p.ErrorAt, p.ErrorEventID) {
		p.ErrorEventID, p.ErrorAt = id, e.OccurredAt
	}
	if e.Type == Succeeded && e.OccurredAt.After(p.WorkedAt) {
		p.WorkedAt = e.OccurredAt
	}
}

func (p *Profile) enter(state State, id string, at time.Time) {
	if p.State != state || p.StateEventID == "" {
		p.State, p.Since = state, at
	}
	p.StateEventID, p.StateAt = id, at
}

// ReasonEventID names the event whose verdict says why the profile is as it is. Of
// a disconnected one it is lostBy, the newest error since the profile last worked of
// which the category ends connections, whatever else the source disconnected it
// for; without such an error, what disconnected it. Of a connected one it is the
// newest error since it was connected, which a call that succeeds does not hide,
// or else the newest event.
func (p *Profile) ReasonEventID(lostBy string) string {
	switch {
	case p.State == StateDisconnected:
		return cmp.Or(lostBy, p.StateEventID)
	case p.ErrorEventID != "" && after(p.ErrorAt, p.ErrorEventID, p.StateAt, p.StateEventID):
		return p.ErrorEventID
	default:
		return p.LastEventID
	}
}

func stateAfter(t EventType) State {
	if t == Disconnected {
		return StateDisconnected
	}
	return StateConnected
}

// after orders events by when they occurred, and those of one moment by their
// ids, which is the order in which they arrived.
func after(at time.Time, id string, otherAt time.Time, otherID string) bool {
	if c := at.Compare(otherAt); c != 0 || otherID == "" {
		return c > 0 || otherID == ""
	}
	return strings.Compare(id, otherID) > 0
}

func describe(have *string, said string, newest bool) {
	if said != "" && (newest || *have == "") {
		*have = said
	}
}
