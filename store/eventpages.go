package store

import (
	"context"
	"iter"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
)

// EventPage is a part of a list of events.
type EventPage = Page[EventSummary]

func eventKey(e EventSummary) []string { return []string{e.ID} }

// Events lists the events that a filter chooses, the newest arrival first, from
// where another page's Next or Previous says ("": from the start). They are not
// counted: EventGroups does that.
func (s *Store) Events(ctx context.Context, f EventFilter, page string, limit int) (EventPage, error) {
	f, err := s.withShapes(ctx, f)
	if err != nil {
		return EventPage{}, err
	}
	key, err := readCursor(page, validID)
	if err != nil {
		return EventPage{}, err
	}
	events, err := s.eventsFrom(ctx, f, key, limit+1)
	if err != nil {
		return EventPage{}, err
	}
	return cut(key, events, limit, eventKey), nil
}

func (s *Store) eventsFrom(ctx context.Context, f EventFilter, from cursor, limit int) ([]EventSummary, error) {
	direction, comparison := from.order()
	var events []EventSummary
	err := s.db.SelectContext(ctx, &events, `
		SELECT `+summaryColumns+` FROM `+summaryTables+`
		WHERE `+filtered+` AND ($17::uuid IS NULL OR e.id `+comparison+` $17)
		ORDER BY e.id `+direction+` LIMIT $18`, append(f.args(), nullText(from.id()), limit)...)
	return events, translate(err)
}

// AllEvents lists every event that a filter chooses, the newest arrival first;
// an error is the last of it. They are read in parts, so that a long list waits
// for its reader without holding a connection.
func (s *Store) AllEvents(ctx context.Context, f EventFilter) iter.Seq2[EventSummary, error] {
	const part = 1000
	return func(yield func(EventSummary, error) bool) {
		f, err := s.withShapes(ctx, f)
		events := make([]EventSummary, part)
		for from := (cursor{}); err == nil && len(events) == part; {
			events, err = s.eventsFrom(ctx, f, from, part)
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
				from.Key = eventKey(e)
			}
		}
		if err != nil {
			yield(EventSummary{}, err)
		}
	}
}

// TimelinePage is a part of a profile's history.
type TimelinePage struct {
	EventPage
	// DownSince says, by the id of a reconnection, when the disconnection
	// that it ended began. One that ended none is absent.
	DownSince map[string]time.Time
}

// Timeline lists all events of a profile, reconnections too, by when they
// occurred, the latest first, from where another page's Next or Previous says
// ("": from the latest).
func (s *Store) Timeline(ctx context.Context, profileID, page string, limit int) (TimelinePage, error) {
	key, err := readCursor(page, validID)
	if err != nil {
		return TimelinePage{}, err
	}
	direction, comparison := key.order()
	var events []EventSummary
	err = s.db.SelectContext(ctx, &events, `
		SELECT `+summaryColumns+` FROM `+summaryTables+`
		WHERE e.profile_id = $1
		    AND ($2::uuid IS NULL OR (e.occurred_at, e.id) `+comparison+`
		        (SELECT last.occurred_at, last.id FROM events last WHERE last.id = $2))
		ORDER BY e.occurred_at `+direction+`, e.id `+direction+` LIMIT $3`, sanitize(profileID), nullText(key.id()), limit+1)
	if err != nil {
		return TimelinePage{}, translate(err)
	}
	p := TimelinePage{EventPage: cut(key, events, limit, eventKey)}
	err = s.db.GetContext(ctx, &p.Total, `
		SELECT count(*) FROM (SELECT FROM events WHERE profile_id = $1 LIMIT $2) AS counted`, sanitize(profileID), MaxTotal+1)
	if err != nil {
		return TimelinePage{}, translate(err)
	}
	p.DownSince, err = s.downSince(ctx, profileID, p.Rows)
	return p, err
}

// downSince finds, for each reconnection among events of a profile, the first
// disconnection since the reconnection before it.
func (s *Store) downSince(ctx context.Context, profileID string, events []EventSummary) (map[string]time.Time, error) {
	var up []string
	for _, e := range events {
		if e.Type == domain.Reconnected {
			up = append(up, e.ID)
		}
	}
	if len(up) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID string
		At time.Time
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT up.id, min(down.occurred_at) AS at
		FROM events up
		CROSS JOIN LATERAL (
		    SELECT COALESCE(max(b.occurred_at), '-infinity') AS at FROM events b
		    WHERE b.profile_id = $1 AND b.type = 'reconnected' AND (b.occurred_at, b.id) < (up.occurred_at, up.id)
		) AS before
		JOIN events down ON down.profile_id = $1 AND down.type = 'disconnected'
		    AND down.occurred_at > before.at AND down.occurred_at <= up.occurred_at
		WHERE up.id = ANY($2::uuid[])
		GROUP BY up.id`, sanitize(profileID), pq.Array(up))
	since := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		since[r.ID] = r.At
	}
	return since, translate(err)
}

// EventsAround lists the events of the same profile nearest to one in time,
// itself among them: at most limit on each side, the latest first.
func (s *Store) EventsAround(ctx context.Context, e Event, limit int) ([]EventSummary, error) {
	var events []EventSummary
	err := s.db.SelectContext(ctx, &events, `
		(SELECT `+summaryColumns+` FROM `+summaryTables+`
		 WHERE e.profile_id = $1 AND (e.occurred_at, e.id) >= ($2, $3)
		 ORDER BY e.occurred_at, e.id LIMIT $4 + 1)
		UNION ALL
		(SELECT `+summaryColumns+` FROM `+summaryTables+`
		 WHERE e.profile_id = $1 AND (e.occurred_at, e.id) < ($2, $3)
		 ORDER BY e.occurred_at DESC, e.id DESC LIMIT $4)
		ORDER BY occurred_at DESC, id DESC`, sanitize(e.ProfileID), e.OccurredAt, e.ID, limit)
	return events, translate(err)
}
