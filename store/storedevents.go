package store

import (
	"time"

	"wherefore/domain"
)

// StoredEvent is an error as it is read again, with its verdict of now.
type StoredEvent struct {
	ID         string
	SourceID   int64
	Network    domain.Network
	ProfileID  string
	Type       domain.EventType
	OccurredAt time.Time
	Status     int
	Raw        []byte
	Verdict    domain.Verdict // without evidence
	ShapeHash  uint64         // 0 if it was never unparsed
}

const storedColumns = `e.id, e.source_id, e.network, e.profile_id, e.type, e.occurred_at, e.status, e.raw,
	COALESCE(e.reason, '') AS reason, e.parser, e.ruleset, COALESCE(e.shape_hash, 0) AS shape`

// storedRow is a StoredEvent as the database has it.
type storedRow struct {
	StoredEvent
	Reason  domain.ReasonID
	Parser  string
	Ruleset int
	Shape   int64
}

func (r storedRow) event() StoredEvent {
	e := r.StoredEvent
	e.Verdict = domain.Verdict{Reason: r.Reason, Parser: r.Parser, Ruleset: r.Ruleset}
	e.ShapeHash = uint64(r.Shape)
	return e
}
