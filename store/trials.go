package store

import (
	"context"
	"iter"
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

// Window says which stored errors of a network a trial runs over.
type Window struct {
	Network  domain.Network
	From, To time.Time // of occurrence, To exclusive; zero is open
	Limit    int       // the newest so many; 0 for all
}

const inWindow = `
	e.network = $1 AND e.type <> 'reconnected'
	AND ($2::timestamptz IS NULL OR e.occurred_at >= $2 AND e.id >= uuid_from_time($2 - interval '1 day'))
	AND ($3::timestamptz IS NULL OR e.occurred_at < $3)`

func (w Window) args() []any { return []any{w.Network, nullTime(w.From), nullTime(w.To)} }

// StoredEvents streams the errors of a window, the newest arrival first. It
// holds a connection until the loop ends. An error comes last, with a zero
// event.
func (s *Store) StoredEvents(ctx context.Context, w Window) iter.Seq2[StoredEvent, error] {
	return func(yield func(StoredEvent, error) bool) {
		rows, err := s.db.QueryxContext(ctx, `
			SELECT `+storedColumns+` FROM events e WHERE `+inWindow+` ORDER BY e.id DESC LIMIT NULLIF($4::bigint, 0)`,
			append(w.args(), w.Limit)...)
		if err != nil {
			yield(StoredEvent{}, translate(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var row storedRow
			if err := rows.StructScan(&row); err != nil {
				yield(StoredEvent{}, err)
				return
			}
			if !yield(row.event(), nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(StoredEvent{}, translate(err))
		}
	}
}

// StoredEventCount counts the errors of a window, for progress.
func (s *Store) StoredEventCount(ctx context.Context, w Window) (int, error) {
	var n int
	err := s.db.GetContext(ctx, &n, `
		SELECT count(*) FROM (SELECT FROM events e WHERE `+inWindow+` LIMIT NULLIF($4::bigint, 0)) AS counted`,
		append(w.args(), w.Limit)...)
	return n, translate(err)
}
