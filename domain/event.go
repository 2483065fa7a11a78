package domain

import "time"

// EventType is what happened to a profile.
type EventType string

// The event types.
const (
	Disconnected EventType = "disconnected"
	Failed       EventType = "failed" // the call failed, the profile stays connected
	Reconnected  EventType = "reconnected"
	Succeeded    EventType = "succeeded" // a call went through: a sampled sign of life
)

// EventTypes lists all types.
func EventTypes() []EventType { return []EventType{Disconnected, Failed, Reconnected, Succeeded} }

// HasError reports whether events of this type carry an error. The others say
// that something works.
func (t EventType) HasError() bool { return t == Disconnected || t == Failed }

// Event is what a source reports, after checking, scrubbing and filling.
type Event struct {
	SourceEventID string // unique within the source
	Type          EventType
	ProfileID     string
	Network       Network
	OccurredAt    time.Time // UTC, whole microseconds
	Status        int       // HTTP status of the network's answer, 0 unknown
	Raw           []byte    // the network's answer as received, secrets removed; nil unless Type.HasError
	Operation     string
	ProfileName   string
	OwnerID       string
	CredentialID  string
	Defaulted     []string // names of the fields that the source left out and we filled in
	Mended        []string // names of the optional fields that were unusable as sent and were cut, cleaned or defaulted
	Scrubbed      []string // kinds of secrets that were removed
}
