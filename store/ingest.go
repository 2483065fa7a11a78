package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
)

// MaxID is how many characters the id of an event, a profile, an owner or a
// credential, and a profile's name may have.
const MaxID = 255

// NewEvent is an event with what was found out about it.
type NewEvent struct {
	domain.Event
	ArrivedAt time.Time // now by the database's clock, if zero
	Cleaned   string    // the error as readable text
	Facts     facts.Facts
	Verdict   domain.Verdict
	Shape     cluster.Shape // of an unparsed error
	Shadows   []explain.ShadowMatch
	Lookups   []Lookup // fields that were looked up in the directory
}

// Outcome is what became of a NewEvent.
type Outcome struct {
	EventID   string // of the event that was stored first, when Duplicate
	Duplicate bool
	Mended    []string // as the event has it
}

// AddEvents stores what a source sent, whole or not at all, and says of each
// event whether it was new. An event whose SourceEventID the source has sent
// before, or twice in events, is a duplicate and changes nothing. The rest
// updates its profile (an older event never overwrites newer state), its
// cluster and the counts; unusable goes to quarantine. Times are rounded to
// microseconds.
//
// The database's clock says when events arrive. An event without a time
// occurred on arrival, and says so in Defaulted; so did one from more than
// clockSkew ahead, which says so in Mended.
//
// A *NetworkConflict names the events that can't be stored because their
// profiles are of another network; Invalid names the first field that can't be
// stored; Unavailable means that the same call may succeed later, also after a fault
// of our own data or schema. Nothing was taken then.
func (s *Store) AddEvents(ctx context.Context, sourceID int64, events []NewEvent, unusable []Unusable) ([]Outcome, error) {
	outcomes, err := s.addRows(ctx, sourceID, events, unusable)
	if !errors.Is(err, errNoPartition) {
		return outcomes, err
	}
	if err := s.EnsurePartitions(ctx, oldest(events)); err != nil {
		return nil, err
	}
	return s.addRows(ctx, sourceID, events, unusable)
}

func (s *Store) addRows(ctx context.Context, sourceID int64, events []NewEvent, unusable []Unusable) ([]Outcome, error) {
	var outcomes []Outcome
	err := transact(ctx, s.quick, func(tx *sqlx.Tx) error {
		entries, now, err := lockEntries(ctx, tx, sourceID, events, unusable)
		if err != nil {
			return err
		}
		rows, err := newRows(events, now)
		if err != nil {
			return err
		}
		received := received(unusable, now)
		if err := addUnusable(ctx, tx, sourceID, received); err != nil {
			return err
		}
		if outcomes, err = takeRows(ctx, tx, sourceID, rows, entries+len(received) > 0); err != nil {
			return err
		}
		if err := countFields(ctx, tx, sourceID, fresh(rows, outcomes), received); err != nil {
			return err
		}
		return countSent(ctx, tx, sourceID, sentByHour(rows, outcomes, received))
	})
	if err != nil {
		return nil, ourFault(err)
	}
	return outcomes, nil
}

// fresh are the rows that are no duplicates.
func fresh(rows []eventRow, outcomes []Outcome) []eventRow {
	var fresh []eventRow
	for i, r := range rows {
		if !outcomes[i].Duplicate {
			fresh = append(fresh, r)
		}
	}
	return fresh
}

// ourFault makes Unavailable of what the database refuses although it was checked
// before: a fault of our data or schema, and no reason for a sender to give up.
func ourFault(err error) error {
	if isRefused(err) {
		return unavailable("The database can't store this at the moment. Send the same again later.", err)
	}
	return err
}

// isRefused is true of data that do not fit their type or a constraint.
func isRefused(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && hasClass(string(pe.Code), "22", "23")
}

// takeRows stores the events that are new, says of each whether it is, and, if there
// may be some, ends the entries in quarantine that had their ids.
func takeRows(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow, entries bool) ([]Outcome, error) {
	taken, known, err := takeKeys(ctx, tx, sourceID, rows)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(rows))
	var fresh []eventRow
	for i, row := range rows {
		id := taken[row.SourceEventID]
		outcomes[i] = Outcome{EventID: id, Duplicate: id != row.ID, Mended: row.Mended}
		if id == row.ID {
			fresh = append(fresh, row)
		}
	}
	if entries {
		if err := endSentAgain(ctx, tx, sourceID, taken); err != nil {
			return nil, err
		}
	}
	return outcomes, addFresh(ctx, tx, sourceID, fresh, known)
}

// addFresh writes in one fixed order of tables, and within a table in the
// order of its key, so that transactions wait for each other and don't
// deadlock. What most of them share comes last: the profiles, which events may name
// before they are there, and the counts. The networks of profiles that were there
// before are known.
func addFresh(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow, known map[string]domain.Network) error {
	if len(rows) == 0 {
		return nil
	}
	unparsed := occurrences(rows)
	if err := createClusters(ctx, tx, unparsed); err != nil {
		return err
	}
	if err := insertEvents(ctx, tx, sourceID, rows); err != nil {
		return err
	}
	if err := addShadowMatches(ctx, tx, rows); err != nil {
		return err
	}
	if err := updateProfiles(ctx, tx, rows, known); err != nil {
		return err
	}
	if err := markWorked(ctx, tx, rows); err != nil {
		return err
	}
	if err := touchShapes(ctx, tx, unparsed); err != nil {
		return err
	}
	return addCounts(ctx, tx, arrivals(sourceID, rows))
}

var errNoPartition = errors.New("no partition for the month of arrival")

func insertEvents(ctx context.Context, tx *sqlx.Tx, sourceID int64, rows []eventRow) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO events (id, source_id, source_event_id, network, profile_id, type, occurred_at, operation,
		    defaulted, mended, scrubbed, raw, cleaned, format, status, code, subcode, error_type, message, shape_hash,
		    reason, parser, ruleset, evidence, arrival_reason, arrival_parser, arrival_ruleset)
		SELECT id, $1, key, network, profile_id, type, occurred_at, operation,
		    string_to_array(defaulted, ','), string_to_array(mended, ','), string_to_array(scrubbed, ','),
		    CASE WHEN type IN ('disconnected', 'failed') THEN raw END, CASE WHEN NOT is_clean THEN cleaned END, format, status, code, subcode, error_type, message,
		    CASE WHEN unparsed THEN shape_hash END,
		    NULLIF(reason, ''), parser, ruleset, evidence, NULLIF(reason, ''), parser, ruleset
		FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[],
		    $9::text[], $10::text[], $11::bytea[], $12::text[], $13::text[], $14::int[], $15::text[], $16::text[],
		    $17::text[], $18::text[], $19::boolean[], $20::bigint[], $21::text[], $22::text[], $23::int[], $24::json[],
		    $25::text[], $26::boolean[])
		    AS new (id, key, network, profile_id, type, occurred_at, operation, defaulted, scrubbed, raw, cleaned,
		    format, status, code, subcode, error_type, message, unparsed, shape_hash, reason, parser, ruleset, evidence, mended, is_clean)`,
		sourceID,
		column(rows, func(r eventRow) string { return r.ID }),
		column(rows, func(r eventRow) string { return r.SourceEventID }),
		textColumn(rows, func(r eventRow) domain.Network { return r.Network }),
		column(rows, func(r eventRow) string { return r.ProfileID }),
		textColumn(rows, func(r eventRow) domain.EventType { return r.Type }),
		column(rows, func(r eventRow) time.Time { return r.OccurredAt }),
		textColumn(rows, func(r eventRow) string { return r.Operation }),
		textColumn(rows, func(r eventRow) string { return strings.Join(r.Defaulted, ",") }),
		textColumn(rows, func(r eventRow) string { return strings.Join(r.Scrubbed, ",") }),
		column(rows, func(r eventRow) []byte { return r.Raw }),
		textColumn(rows, eventRow.textToStore),
		textColumn(rows, func(r eventRow) facts.Format { return r.Facts.Format }),
		column(rows, func(r eventRow) int { return r.Status }),
		textColumn(rows, func(r eventRow) string { return r.Facts.Code }),
		textColumn(rows, func(r eventRow) string { return r.Facts.Subcode }),
		textColumn(rows, func(r eventRow) string { return r.Facts.Type }),
		textColumn(rows, func(r eventRow) string { return r.Facts.Message }),
		column(rows, func(r eventRow) bool { return r.unparsed() }),
		column(rows, func(r eventRow) int64 { return int64(r.Shape.Hash) }),
		textColumn(rows, func(r eventRow) domain.ReasonID { return r.Verdict.Reason }),
		textColumn(rows, func(r eventRow) string { return r.Verdict.Parser }),
		column(rows, func(r eventRow) int { return r.Verdict.Ruleset }),
		column(rows, func(r eventRow) evidence { return r.Verdict.Evidence }),
		textColumn(rows, func(r eventRow) string { return strings.Join(r.Mended, ",") }),
		column(rows, eventRow.isClean),
	)
	var pe *pq.Error
	if errors.As(err, &pe) && pe.Routine == "ExecFindPartition" {
		return errNoPartition
	}
	return err
}
