package store

import (
	"context"
	"time"
)

// How an entry in quarantine ends.
const (
	Replayed  = "replayed"   // read again, it became an event
	SentAgain = "sent-again" // the source sent an event of the same id that could be used
	Expired   = "expired"    // nobody acted in time
	Discarded = "discarded"  // by somebody
)

// Quarantined is something that a source sent and that can't be an event.
type Quarantined struct {
	ID             int64
	SourceID       int64
	Source         string
	SourceEventID  string // as far as it could be read, like the next two
	ProfileID      string
	Network        string
	Raw            []byte // secrets removed; in a list only its beginning
	Size           int    // of all of Raw
	Field          string // the field at fault, "" if none
	Problem        string
	Times          int // how often the same bytes came
	ReceivedAt     time.Time
	LastReceivedAt time.Time
	TriedAt        *time.Time // when a replay last found that it can't be used as yet
	ReplayAt       *time.Time // when it is replayed by itself, beside other reasons to
	ReplayID       int64      // that it waits for, 0 for none
	Ended          string     // "" while it is open
	EndedAt        *time.Time
	EventID        string // that came of it, "" for none
}

const quarantineColumns = `q.id, q.source_id, s.name AS source, q.source_event_id, q.profile_id, q.network,
	octet_length(q.raw) AS size, q.field, q.problem, q.times, q.received_at, q.last_received_at, q.tried_at, q.replay_at,
	COALESCE(q.replay_id, 0) AS replay_id, COALESCE(q.ended, '') AS ended, q.ended_at, COALESCE(q.event_id::text, '') AS event_id`

const quarantineTables = `quarantine q JOIN sources s ON s.id = q.source_id`

// excerpt is how many bytes of an entry a list shows.
const excerpt = 200

// AnyEnding and NoField are what a QuarantineFilter has for them.
const (
	AnyEnding = "any"  // entries that are open and that ended
	NoField   = "none" // entries of which no field is at fault
)

// QuarantineFilter chooses entries. Zero fields choose all, but a zero Ended
// the open ones.
type QuarantineFilter struct {
	SourceID int64
	Field    string
	Problem  string
	Ended    string
	ID       string    // of the event or the profile, as sent
	From, To time.Time // of being received last, To exclusive
}

const quarantineFiltered = `
	($1 = 0 OR q.source_id = $1)
	AND ($2 = '' OR q.field = CASE WHEN $2 = 'none' THEN '' ELSE $2 END)
	AND ($3 = '' OR q.problem = $3)
	AND CASE $4 WHEN '' THEN q.ended IS NULL WHEN 'any' THEN true ELSE q.ended = $4 END
	AND ($5 = '' OR q.source_event_id = $5 OR q.profile_id = $5)
	AND ($6::timestamptz IS NULL OR q.last_received_at >= $6)
	AND ($7::timestamptz IS NULL OR q.last_received_at < $7)`

func (f QuarantineFilter) args() []any {
	return []any{f.SourceID, sanitize(f.Field), sanitize(f.Problem), f.Ended, sanitize(f.ID), nullTime(f.From), nullTime(f.To)}
}

// Quarantine lists entries, the newest first, from where an earlier page's Next says
// ("": from the newest). Of their bytes it has only the beginning.
func (s *Store) Quarantine(ctx context.Context, f QuarantineFilter, page string, limit int) (Page[Quarantined], error) {
	before, err := forward(page, isNumber)
	if err != nil {
		return Page[Quarantined]{}, err
	}
	var entries []Quarantined
	err = s.db.SelectContext(ctx, &entries, `
		SELECT `+quarantineColumns+`, substr(q.raw, 1, $10) AS raw FROM `+quarantineTables+`
		WHERE `+quarantineFiltered+` AND ($8::bigint = 0 OR q.id < $8::bigint) ORDER BY q.id DESC LIMIT $9`,
		append(f.args(), before[0], limit+1, excerpt)...)
	return cutForward(entries, limit, func(q Quarantined) []string { return numberKey(q.ID) }), translate(err)
}

// QuarantineEntry returns one entry; NotFound if there is none.
func (s *Store) QuarantineEntry(ctx context.Context, id int64) (Quarantined, error) {
	var q Quarantined
	err := s.db.GetContext(ctx, &q, `SELECT `+quarantineColumns+`, q.raw FROM `+quarantineTables+` WHERE q.id = $1`, id)
	return q, translate(err)
}

// QuarantineGroup counts entries of one source and problem.
type QuarantineGroup struct {
	SourceID       int64
	Source         string
	Field          string
	Problem        string
	Entries        int
	Times          int // how often they came
	ReceivedAt     time.Time
	LastReceivedAt time.Time
}

// QuarantineGroups counts the entries that a filter chooses by source and
// problem, the most first.
func (s *Store) QuarantineGroups(ctx context.Context, f QuarantineFilter) ([]QuarantineGroup, error) {
	var groups []QuarantineGroup
	err := s.db.SelectContext(ctx, &groups, `
		SELECT q.source_id, s.name AS source, q.field, q.problem, count(*) AS entries, sum(q.times) AS times,
		    min(q.received_at) AS received_at, max(q.last_received_at) AS last_received_at
		FROM `+quarantineTables+` WHERE `+quarantineFiltered+`
		GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 2, 3, 4`, f.args()...)
	return groups, translate(err)
}

// OpenQuarantine counts the open entries of a source and field.
type OpenQuarantine struct {
	Source   string
	Field    string // "" when none is at fault
	Entries  int
	OldestAt time.Time // received first
}

// OpenQuarantines counts the open entries by source and field.
func (s *Store) OpenQuarantines(ctx context.Context) ([]OpenQuarantine, error) {
	var open []OpenQuarantine
	err := s.db.SelectContext(ctx, &open, `
		SELECT s.name AS source, q.field, count(*) AS entries, min(q.received_at) AS oldest_at
		FROM `+quarantineTables+` WHERE q.ended IS NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`)
	return open, translate(err)
}
