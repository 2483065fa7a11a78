package domain

import (
	"slices"
	"strings"
	"time"
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

// Retryable reports whether the same call can succeed later although nobody does
// anything about causes of this category.
func (c Category) Retryable() bool { return c == Limit || c == Platform }

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
	Holds        time.Duration // how long it is true after a failed call of which nothing newer is known
}

// A lost access stays lost until somebody acts, and then a source says so: that
// nothing was heard for a month means that it works. Of the others, those of a
// single post are true for as long as people ask about it.
const (
	day   = 24 * time.Hour
	month = 30 * day
)

// UnparsedHolds is CauseInfo.Holds of an error that no parser explains.
const UnparsedHolds = day

var causes = []CauseInfo{
	{"user-changed-password", Reconnect, SideUser, HelpsYes, false, month},
	{"user-revoked-access", Reconnect, SideUser, HelpsYes, false, month},
	{"token-expired", Reconnect, SideNetwork, HelpsYes, false, month},
	{"refresh-token-expired", Reconnect, SideNetwork, HelpsYes, false, month},
	{"token-invalid", Reconnect, SideUnknown, HelpsYes, false, month},
	{"user-logged-out", Reconnect, SideUser, HelpsYes, false, month},
	{"connect-failed", Reconnect, SideUser, HelpsYes, false, day},
	{"login-checkpoint", Access, SideUser, HelpsAfter, false, month},
	{"account-unconfirmed", Access, SideUser, HelpsAfter, false, month},
	{"account-suspended", Access, SideNetwork, HelpsAfter, false, month},
	{"account-locked", Access, SideUser, HelpsAfter, false, 7 * day},
	{"account-deleted", Access, SideUser, HelpsAfter, false, month},
	{"missing-permission", Access, SideUser, HelpsAfter, false, month},
	{"lost-role", Access, SideAdmin, HelpsAfter, false, month},
	{"wrong-account-type", Access, SideUser, HelpsAfter, false, month},
	{"duplicate-content", Content, SideUser, HelpsNo, false, day},
	{"content-too-long", Content, SideUser, HelpsNo, false, day},
	{"invalid-content", Content, SideUser, HelpsNo, false, day},
	{"media-rejected", Content, SideUser, HelpsNo, false, day},
	{"content-not-found", Content, SideUser, HelpsNo, false, day},
	{"blocked-by-policy", Content, SideUser, HelpsNo, false, day},
	{"rate-limited", Limit, SideNetwork, HelpsNo, true, 3 * time.Hour},
	{"quota-exceeded", Limit, SideNetwork, HelpsNo, true, day},
	{"not-ready", Limit, SideNetwork, HelpsNo, true, time.Hour},
	{"action-blocked", Limit, SideNetwork, HelpsNotYet, true, 3 * day},
	{"platform-outage", Platform, SideNetwork, HelpsNo, true, time.Hour},
	{"app-misconfigured", App, SideUs, HelpsNo, false, day},
	{"bad-request", App, SideUs, HelpsNo, false, day},
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
