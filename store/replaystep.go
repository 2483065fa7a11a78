package store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// replay reads entries of one source again and stores what comes of them. By is
// who asked for it, nil for a worker.
func (s *Store) replay(ctx context.Context, by *Actor, entries []Quarantined, read Reader) error {
	readings, err := read(ctx, entries)
	if err != nil {
		return err
	}
	return s.storeReadings(ctx, by, entries, readings)
}

// storeReadings stores readings in one transaction. One that the database finds
// invalid does not keep the others from being stored: its entry stays open.
func (s *Store) storeReadings(ctx context.Context, by *Actor, entries []Quarantined, readings []Reading) error {
	err := s.storeTogether(ctx, by, entries, readings)
	var invalid *domain.Error
	switch {
	case domain.KindOf(err) != domain.Invalid || !errors.As(err, &invalid):
		return err
	case len(entries) == 1:
		e, field := entries[0], invalid.Field
		if _, of, found := strings.Cut(field, "]."); found { // of the event in the call
			field = of
		}
		why := Unusable{SourceEventID: e.SourceEventID, ProfileID: e.ProfileID, Network: e.Network, Field: field, Problem: invalid.Message}
		return s.storeTogether(ctx, by, entries, []Reading{{Unusable: why}})
	}
	for i := range entries {
		if err := s.storeReadings(ctx, by, entries[i:i+1], readings[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// replayed is an entry with what came of reading it again.
type replayed struct {
	Quarantined
	reading Reading
	ended   string // "" when it stays open
	event   string
}

func (s *Store) storeTogether(ctx context.Context, by *Actor, entries []Quarantined, readings []Reading) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		open, err := lockOpen(ctx, tx, entries, readings)
		if err != nil {
			return err
		}
		if by != nil && len(open) == 0 {
			return domain.Errorf(domain.Conflict, "This entry has ended already. Its page says how.")
		}
		if err := takeReplayed(ctx, tx, open); err != nil {
			return err
		}
		if err := endReplayed(ctx, tx, open); err != nil {
			return err
		}
		if err := refuseReplayed(ctx, tx, open); err != nil {
			return err
		}
		if err := countReplayed(ctx, tx, open); err != nil || by == nil {
			return err
		}
		details := map[string]any{"source": open[0].Source, "event": open[0].event, "ended": open[0].ended}
		return addAudit(ctx, tx, *by, "quarantine.replay", entrySubject(open[0].ID), details)
	})
}

// lockOpen locks the entries, and leaves those out that have ended, or that
// another replica has replayed, since they were read.
func lockOpen(ctx context.Context, tx *sqlx.Tx, entries []Quarantined, readings []Reading) ([]*replayed, error) {
	var open []int64
	err := tx.SelectContext(ctx, &open, `
		SELECT q.id FROM quarantine q JOIN unnest($1::bigint[], $2::bigint[]) AS seen (id, replay_id) ON seen.id = q.id
		WHERE q.ended IS NULL AND COALESCE(q.replay_id, 0) = seen.replay_id ORDER BY q.id FOR UPDATE OF q`,
		column(entries, func(q Quarantined) int64 { return q.ID }), column(entries, func(q Quarantined) int64 { return q.ReplayID }))
	var locked []*replayed
	for i, entry := range entries {
		if slices.Contains(open, entry.ID) {
			locked = append(locked, &replayed{Quarantined: entry, reading: readings[i]})
		}
	}
	return locked, err
}

// takeReplayed stores the events that were read and notes how their entries end.
func takeReplayed(ctx context.Context, tx *sqlx.Tx, open []*replayed) error {
	var usable []*replayed
	var events []NewEvent
	for _, r := range open {
		if r.reading.Event != nil {
			usable, events = append(usable, r), append(events, *r.reading.Event)
		}
	}
	if len(events) == 0 {
		return nil
	}
	now, err := databaseTime(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := newRows(events, now)
	if err != nil {
		return err
	}
	outcomes, err := takeRows(ctx, tx, usable[0].SourceID, rows, true)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		usable[i].event, usable[i].ended = o.EventID, Replayed
		if o.Duplicate {
			usable[i].ended = SentAgain
		}
	}
	return countFields(ctx, tx, usable[0].SourceID, fresh(rows, outcomes), nil)
}

func endReplayed(ctx context.Context, tx *sqlx.Tx, open []*replayed) error {
	ended := slices.DeleteFunc(slices.Clone(open), func(r *replayed) bool { return r.ended == "" })
	_, err := tx.ExecContext(ctx, `
		UPDATE quarantine q SET ended = new.ended, ended_at = now(), event_id = new.event, replay_id = NULL
		FROM unnest($1::bigint[], $2::text[], $3::uuid[]) AS new (id, ended, event) WHERE q.id = new.id`,
		column(ended, func(r *replayed) int64 { return r.ID }),
		column(ended, func(r *replayed) string { return r.ended }),
		column(ended, func(r *replayed) string { return r.event }))
	return err
}

func refuseReplayed(ctx context.Context, tx *sqlx.Tx, open []*replayed) error {
	refused := slices.DeleteFunc(slices.Clone(open), func(r *replayed) bool { return r.ended != "" })
	unusable := make([]Unusable, len(refused))
	for i, r := range refused {
		unusable[i] = r.reading.Unusable
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE quarantine q
		SET source_event_id = new.event, profile_id = new.profile, network = new.network, field = new.field, problem = new.problem,
		    tried_at = now(), replay_id = NULL, tries = q.tries + (new.replay = 'later')::int,
		    replay_at = CASE new.replay WHEN 'answered' THEN now() WHEN 'later' THEN now() + ($9::interval[])[LEAST(q.tries + 2, cardinality($9))] END
		FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
		    AS new (id, event, profile, network, field, problem, at, replay) WHERE q.id = new.id`,
		append(append([]any{column(refused, func(r *replayed) int64 { return r.ID })}, unusableColumns(unusable)...), replayIntervals())...)
	return err
}

// countReplayed notes in the runs that entries waited for what came of them.
func countReplayed(ctx context.Context, tx *sqlx.Tx, open []*replayed) error {
	waited := slices.DeleteFunc(slices.Clone(open), func(r *replayed) bool { return r.ReplayID == 0 })
	_, err := tx.ExecContext(ctx, `
		UPDATE replays r SET accepted = r.accepted + n.accepted, duplicates = r.duplicates + n.duplicates, refused = r.refused + n.refused
		FROM (
		    SELECT id, count(*) FILTER (WHERE ended = 'replayed') AS accepted, count(*) FILTER (WHERE ended = 'sent-again') AS duplicates,
		        count(*) FILTER (WHERE ended = '') AS refused
		    FROM unnest($1::bigint[], $2::text[]) AS each (id, ended) GROUP BY id
		) AS n WHERE r.id = n.id`,
		column(waited, func(r *replayed) int64 { return r.ReplayID }), column(waited, func(r *replayed) string { return r.ended }))
	if err != nil || len(open) == 0 {
		return err
	}
	became := slices.DeleteFunc(slices.Clone(open), func(r *replayed) bool { return r.ended != Replayed })
	return countReplays(ctx, tx, open[0].SourceID, len(became))
}
