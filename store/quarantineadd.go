package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Unusable is something that a source sent and that can't be an event.
type Unusable struct {
	Raw           []byte // as received, secrets removed
	SourceEventID string // as far as it could be read, like the next two
	ProfileID     string
	Network       string // as sent, so it may be an unknown one
	Field         string // the field at fault, "" if none
	Problem       string
	ReceivedAt    time.Time // now by the database's clock, if zero
	Lookups       []Lookup  // fields that were looked up in the directory
	Replay        NextReplay
}

// NextReplay is when an entry in quarantine is read again by itself.
type NextReplay string

// When entries are read again.
const (
	NoReplay       NextReplay = ""
	ReplayAnswered NextReplay = "answered" // as soon as the directory answers
	ReplayLater    NextReplay = "later"    // after each of replayPauses, until it can be used or expires
)

// replayPauses are between a try and the next. The last one repeats.
var replayPauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour}

func replayIntervals() any { return column(replayPauses, interval) }

// received fills in when each came.
func received(unusable []Unusable, now time.Time) []Unusable {
	dated := make([]Unusable, len(unusable))
	for i, u := range unusable {
		if u.ReceivedAt.IsZero() {
			u.ReceivedAt = now
		}
		dated[i] = u
	}
	return dated
}

// lockEntries locks the open entries of a source that a batch may change, in
// the order of their ids and before all else, so that it waits for a replay of
// them and the other way round. It returns how many there are, and the time by the
// database's clock as the transaction began.
func lockEntries(ctx context.Context, tx *sqlx.Tx, sourceID int64, events []NewEvent, unusable []Unusable) (entries int, now time.Time, err error) {
	digests := column(unusable, func(u Unusable) []byte {
		sum := sha256.Sum256(u.Raw)
		return sum[:]
	})
	err = tx.QueryRowxContext(ctx, `
		WITH locked AS (
		    SELECT FROM quarantine WHERE id IN (
		        SELECT id FROM quarantine WHERE ended IS NULL AND source_id = $1 AND source_event_id <> '' AND source_event_id = ANY($2)
		        UNION ALL SELECT id FROM quarantine WHERE ended IS NULL AND source_id = $1 AND digest = ANY($3)
		    ) ORDER BY id FOR UPDATE
		) SELECT count(*), now() FROM locked`,
		sourceID, column(events, func(e NewEvent) string { return e.SourceEventID }), digests).Scan(&entries, &now)
	return entries, now, err
}

// addUnusable keeps what can't be used. The same bytes count on the entry that
// they have, as long as it is open.
func addUnusable(ctx context.Context, tx *sqlx.Tx, sourceID int64, unusable []Unusable) error {
	if len(unusable) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO quarantine AS q (source_id, raw, source_event_id, profile_id, network, field, problem, received_at, last_received_at, times, replay_at)
		SELECT $1, raw, (array_agg(event))[1], (array_agg(profile))[1], (array_agg(network))[1],
		    (array_agg(field))[1], (array_agg(problem))[1], min(at), max(at), count(*),
		    CASE (array_agg(replay))[1] WHEN 'answered' THEN now() WHEN 'later' THEN now() + ($10::interval[])[1] END
		FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[])
		    AS new (raw, event, profile, network, field, problem, at, replay)
		GROUP BY raw
		ORDER BY sha256(raw)
		ON CONFLICT (source_id, digest) WHERE ended IS NULL DO UPDATE
		SET times = q.times + EXCLUDED.times, field = EXCLUDED.field, problem = EXCLUDED.problem,
		    source_event_id = EXCLUDED.source_event_id, profile_id = EXCLUDED.profile_id, network = EXCLUDED.network,
		    received_at = LEAST(q.received_at, EXCLUDED.received_at),
		    last_received_at = GREATEST(q.last_received_at, EXCLUDED.last_received_at), replay_at = EXCLUDED.replay_at`,
		append(append([]any{sourceID, column(unusable, func(u Unusable) []byte { return u.Raw })}, unusableColumns(unusable)...), replayIntervals())...)
	return err
}

// unusableColumns are what was found out about each, when it came, and when it is read again.
func unusableColumns(unusable []Unusable) []any {
	return []any{
		textColumn(unusable, func(u Unusable) string { return clip(u.SourceEventID) }),
		textColumn(unusable, func(u Unusable) string { return clip(u.ProfileID) }),
		textColumn(unusable, func(u Unusable) string { return clip(u.Network) }),
		textColumn(unusable, func(u Unusable) string { return u.Field }),
		textColumn(unusable, func(u Unusable) string { return u.Problem }),
		column(unusable, func(u Unusable) time.Time { return u.ReceivedAt }),
		textColumn(unusable, func(u Unusable) NextReplay { return u.Replay }),
	}
}

// endSentAgain ends the open entries of a source whose id an event has now,
// given the events by that id.
func endSentAgain(ctx context.Context, tx *sqlx.Tx, sourceID int64, events map[string]string) error {
	if len(events) == 0 {
		return nil
	}
	var keys, ids []string
	for key, id := range events {
		keys, ids = append(keys, key), append(ids, id)
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE quarantine q SET ended = 'sent-again', ended_at = now(), event_id = new.id, replay_id = NULL
		FROM unnest($2::text[], $3::uuid[]) AS new (key, id)
		WHERE q.ended IS NULL AND q.source_id = $1 AND q.source_event_id = new.key`,
		sourceID, pq.Array(keys), pq.Array(ids))
	return err
}
