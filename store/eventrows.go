package store

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wherefore/domain"
)

// eventRow is an event that is fit to be stored, with its id.
type eventRow struct {
	NewEvent
	ID string
}

func (r eventRow) unparsed() bool { return r.Type.HasError() && !r.Verdict.Parsed() }

func sightings(rows []eventRow) []sighting {
	var seen []sighting
	for _, r := range rows {
		if r.unparsed() {
			seen = append(seen, sighting{r.Network, r.Shape, r.OccurredAt})
		}
	}
	return seen
}

func newRows(events []NewEvent) ([]eventRow, error) {
	rows := make([]eventRow, len(events))
	for i, e := range events {
		if err := checkEvent(e); err != nil {
			err.Field = fmt.Sprintf("events[%d].%s", i, err.Field)
			return nil, err
		}
		if e.ArrivedAt.IsZero() {
			e.ArrivedAt = time.Now()
		}
		id, err := idAt(e.ArrivedAt)
		if err != nil {
			return nil, err
		}
		rows[i] = eventRow{NewEvent: normal(e), ID: id}
	}
	return rows, nil
}

// normal rounds, cuts and cleans what the database would refuse.
func normal(e NewEvent) NewEvent {
	e.OccurredAt = e.OccurredAt.UTC().Round(time.Microsecond)
	if arrived := e.ArrivedAt.UTC(); e.OccurredAt.After(arrived.Add(24*time.Hour - time.Second)) {
		e.OccurredAt = arrived.Round(time.Microsecond)
		e.Filled = append(slices.Clone(e.Filled), "occurred_at")
	}
	e.Status = max(0, min(e.Status, 999))
	if !e.Type.HasError() {
		e.Raw, e.Facts, e.Verdict = nil, domain.Facts{Format: domain.Empty}, domain.Verdict{Ruleset: e.Verdict.Ruleset}
	}
	e.ProfileName = clip(storable(e.ProfileName), MaxID)
	e.Operation = clip(e.Operation, MaxID)
	e.Facts.Code = clip(e.Facts.Code, MaxID)
	e.Facts.Subcode = clip(e.Facts.Subcode, MaxID)
	e.Facts.Type = clip(e.Facts.Type, MaxID)
	return e
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
			return domain.InvalidField(f.name, "is missing")
		case storable(f.value) != f.value:
			return domain.InvalidField(f.name, "is not valid text")
		case clip(f.value, MaxID) != f.value:
			return domain.InvalidField(f.name, "has more than %d characters", MaxID)
		}
	}
	return nil
}

// idAt makes an event's id that sorts by its arrival.
func idAt(arrived time.Time) (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	// NewV7 counts up within a millisecond; only another arrival than now,
	// which demo data and imports have, needs another time.
	if ms := arrived.UnixMilli(); time.Since(arrived).Abs() > time.Second {
		for i := range 6 {
			id[i] = byte(ms >> (40 - 8*i))
		}
	}
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

func oldest(rows []eventRow) time.Time {
	return slices.MinFunc(rows, func(a, b eventRow) int { return a.ArrivedAt.Compare(b.ArrivedAt) }).ArrivedAt
}
