package domain

import (
	"slices"
	"strings"
)

// Category says what a person can do about a cause.
type Category string

// The categories of causes.
const (
	Reconnect Category = "reconnect" // sign in to the network again
	Access    Category = "access"    // get a permission, role or account state back, then reconnect
	Content   Category = "content"   // change what is being posted
	Limit     Category = "limit"     // wait for a quota or a block to end
	Platform  Category = "platform"  // the network is failing: wait
	App       Category = "app"       // our own registration or request is at fault
)

// Disconnects reports whether causes of this category end a profile's connection.
func (c Category) Disconnects() bool { return c == Reconnect || c == Access }

// Side is who can cure a cause.
type Side string

// The sides.
const (
	SideUser    Side = "user"
	SideAdmin   Side = "admin"
	SideNetwork Side = "network"
	SideUs      Side = "us"
	SideUnknown Side = "unknown"
)

// Helps answers "does reconnecting help?".
type Helps string

// The answers to "does reconnecting help?".
const (
	HelpsYes    Helps = "yes"
	HelpsAfter  Helps = "after-steps" // yes, but only once the steps are done
	HelpsNo     Helps = "no"
	HelpsNotYet Helps = "not-yet" // the state has to end first
)

// Cause is a root cause, the same word for all networks.
type Cause string

// CauseInfo is what is true of a cause on every network unless a network's
// catalogue entry says otherwise.
type CauseInfo struct {
	Cause        Cause
	Category     Category
	Side         Side
	Reconnect    Helps
	ClearsItself bool
}

var causes = []CauseInfo{
	{"user-changed-password", Reconnect, SideUser, HelpsYes, false},
	{"user-revoked-access", Reconnect, SideUser, HelpsYes, false},
	{"token-expired", Reconnect, SideNetwork, HelpsYes, false},
	{"refresh-token-expired", Reconnect, SideNetwork, HelpsYes, false},
	{"token-invalid", Reconnect, SideUnknown, HelpsYes, false},
	{"user-logged-out", Reconnect, SideUser, HelpsYes, false},
	{"connect-failed", Reconnect, SideUser, HelpsYes, false},
	{"login-checkpoint", Access, SideUser, HelpsAfter, false},
	{"account-unconfirmed", Access, SideUser, HelpsAfter, false},
	{"account-suspended", Access, SideNetwork, HelpsAfter, false},
	{"account-locked", Access, SideUser, HelpsAfter, false},
	{"account-deleted", Access, SideUser, HelpsAfter, false},
	{"missing-permission", Access, SideUser, HelpsAfter, false},
	{"lost-role", Access, SideAdmin, HelpsAfter, false},
	{"wrong-account-type", Access, SideUser, HelpsAfter, false},
	{"duplicate-content", Content, SideUser, HelpsNo, false},
	{"content-too-long", Content, SideUser, HelpsNo, false},
	{"invalid-content", Content, SideUser, HelpsNo, false},
	{"media-rejected", Content, SideUser, HelpsNo, false},
	{"content-not-found", Content, SideUser, HelpsNo, false},
	{"blocked-by-policy", Content, SideUser, HelpsNo, false},
	{"rate-limited", Limit, SideNetwork, HelpsNo, true},
	{"quota-exceeded", Limit, SideNetwork, HelpsNo, true},
	{"not-ready", Limit, SideNetwork, HelpsNo, true},
	{"action-blocked", Limit, SideNetwork, HelpsNotYet, true},
	{"platform-outage", Platform, SideNetwork, HelpsNo, true},
	{"app-misconfigured", App, SideUs, HelpsNo, false},
	{"bad-request", App, SideUs, HelpsNo, false},
}

// Causes lists the whole vocabulary, in the order of its categories.
func Causes() []CauseInfo { return slices.Clone(causes) }

// Info returns what is true of c everywhere; false when c is not in the vocabulary.
func (c Cause) Info() (CauseInfo, bool) {
	for _, info := range causes {
		if info.Cause == c {
			return info, true
		}
	}
	return CauseInfo{}, false
}

// ReasonID is a cause on a network: "facebook.user-changed-password".
// The empty ReasonID means unparsed.
type ReasonID string

// Reason joins a network and a cause.
func Reason(n Network, c Cause) ReasonID { return ReasonID(string(n) + "." + string(c)) }

// Network returns the part before the dot.
func (r ReasonID) Network() Network {
	n, _, _ := strings.Cut(string(r), ".")
	return Network(n)
}

// Cause returns the part after the dot.
func (r ReasonID) Cause() Cause {
	_, c, _ := strings.Cut(string(r), ".")
	return Cause(c)
}
