package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// clockSkew is how far ahead of the database's clock a sender's may be.
const clockSkew = 5 * time.Minute

// eventRow is an event that is fit to be stored, with its id.
type eventRow struct {
	NewEvent
	ID    string
	place int // among the events of the call
}

func (r eventRow) unparsed() bool { return r.Type.HasError() && !r.Verdict.Parsed() }

// isClean reports whether the error's bytes are its text as well, which is then not
// stored once more.
func (r eventRow) isClean() bool { return r.Type.HasError() && string(r.Raw) == sanitize(r.Cleaned) }

func (r eventRow) textToStore() string {
	if r.isClean() {
		return ""
	}
	return r.Cleaned
}

func occurrences(rows []eventRow) []occurrence {
	var seen []occurrence
	for _, r := range rows {
		if r.unparsed() {
			seen = append(seen, occurrence{r.Network, r.Shape, r.OccurredAt})
		}
	}
	return seen
}

// databaseTime is what the time is by the database's clock, as the transaction
// began.
func databaseTime(ctx context.Context, tx *sqlx.Tx) (now time.Time, err error) {
	return now, tx.GetContext(ctx, &now, `SELECT now()`)
}

// newRows makes rows of events that arrive now; Invalid names the first field
// that can't be stored.
func newRows(events []NewEvent, now time.Time) ([]eventRow, error) {
	if err := checkEvents(events); err != nil {
		return nil, err
	}
	rows := make([]eventRow, len(events))
	for i, e := range events {
		if e.ArrivedAt.IsZero() {
			e.ArrivedAt = now
		}
		id, err := newID(e.ArrivedAt, i)
		if err != nil {
			return nil, err
		}
		rows[i] = eventRow{NewEvent: normal(e), ID: id, place: i}
	}
	return rows, nil
}

// normal rounds, cuts and cleans what the database would refuse.
func normal(e NewEvent) NewEvent {
	arrived := e.ArrivedAt.UTC().Round(time.Microsecond)
	switch e.OccurredAt = e.OccurredAt.UTC().Round(time.Microsecond); {
	case e.OccurredAt.IsZero():
		e.OccurredAt = arrived
		if !slices.Contains(e.Mended, "occurred_at") {
			e.Defaulted = append(slices.Clone(e.Defaulted), "occurred_at")
		}
	case e.OccurredAt.After(arrived.Add(clockSkew)):
		e.OccurredAt = arrived
		if !slices.Contains(e.Mended, "occurred_at") {
			e.Mended = append(slices.Clone(e.Mended), "occurred_at")
		}
	}
	e.Status = max(0, min(e.Status, 999))
	if !e.Type.HasError() {
		e.Raw, e.Facts, e.Verdict = nil, facts.Facts{Format: facts.Empty}, domain.Verdict{Ruleset: e.Verdict.Ruleset}
	}
	e.ProfileName = clip(sanitize(e.ProfileName))
	e.Operation = clip(e.Operation)
	e.Facts.Code = clip(e.Facts.Code)
	e.Facts.Subcode = clip(e.Facts.Subcode)
	e.Facts.Type = clip(e.Facts.Type)
	return e
}

func checkEvents(events []NewEvent) error {
	for i, e := range events {
		if err := checkEvent(e); err != nil {
			err.Field = fmt.Sprintf("events[%d].%s", i, err.Field)
			return err
		}
	}
	return nil
}

func checkEvent(e NewEvent) *domain.Error {
	for _, f := range []struct {
		name, value string
		required    bool
	}{
		{"id", e.SourceEventID, true},
		{"profile_id", e.ProfileID, true},
		{"network", string(e.Network), true},
		{"owner_id", e.OwnerID, false},
		{"credential_id", e.CredentialID, false},
	} {
		switch {
		case f.required && f.value == "":
			return domain.InvalidField(f.name, "A value is needed.")
		case sanitize(f.value) != f.value:
			return domain.InvalidField(f.name, "This is not valid text.")
		case clip(f.value) != f.value:
			return domain.InvalidField(f.name, "Give at most %d characters.", MaxID)
		}
	}
	return nil
}

// newID makes the id of the n-th event of a call, a UUIDv7: ids sort by
// arrival, and within a call by n. The bits after the milliseconds count parts
// of one, as RFC 9562 allows; what overflows them goes to the milliseconds.
func newID(arrived time.Time, n int) (string, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return "", err
	}
	const parts = 1 << 12
	part := arrived.Nanosecond() % int(time.Millisecond) * parts / int(time.Millisecond)
	at := arrived.UnixMilli()*parts + int64(part+n)
	binary.BigEndian.PutUint64(id[:8], uint64(at/parts<<16|7<<12|at%parts))
	return id.String(), nil
}

// arrivalOf is when the event of an id arrived, to the millisecond.
func arrivalOf(id string) time.Time {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(parsed[:8]) >> 16)).UTC()
}

// oldest is the earliest arrival among events, or now.
func oldest(events []NewEvent) time.Time {
	first := time.Now()
	for _, e := range events {
		if !e.ArrivedAt.IsZero() && e.ArrivedAt.Before(first) {
			first = e.ArrivedAt
		}
	}
	return first
}
