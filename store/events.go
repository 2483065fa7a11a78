package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/facts"
)

// EventFilter chooses errors: events of the types disconnected and failed.
// Zero fields choose all.
type EventFilter struct {
	Network    domain.Network
	Reason     domain.ReasonID
	Unparsed   bool
	Category   domain.Category
	Parser     string
	OnArrival  bool // Reason, Unparsed, Category and Parser ask for the verdict on arrival, not that of now
	SourceID   int64
	Format     facts.Format
	Type       domain.EventType // one without errors chooses what no other filter shows
	ProfileID  string
	ClusterID  domain.ClusterID // events that are or were in the cluster; with Unparsed, those that are
	Needless   bool             // disconnections that are, by the verdict of now
	From, To   time.Time        // of occurrence, To exclusive
	hashes     []int64          // of the cluster's shapes
	hasCluster bool
}

// Each line is off when its parameter is empty: the planner, which sees the
// values, leaves it out. The second bound of From limits the months to look in.
const filtered = `
	($1 = '' OR e.network = $1)
	AND ($2 = '' OR CASE WHEN $6 THEN e.arrival_reason ELSE e.reason END = $2)
	AND (NOT $3 OR CASE WHEN $6 THEN e.arrival_reason ELSE e.reason END IS NULL)
	AND ($4 = '' OR CASE WHEN $6 THEN e.arrival_reason ELSE e.reason END IN (SELECT id FROM reasons WHERE category = $4))
	AND ($5 = '' OR CASE WHEN $6 THEN e.arrival_parser ELSE e.parser END = $5)
	AND ($7 = 0 OR e.source_id = $7)
	AND ($8 = '' OR e.format = $8)
	AND CASE WHEN $9 = '' THEN e.type IN ('disconnected', 'failed') ELSE e.type = $9 END
	AND ($10 = '' OR e.profile_id = $10)
	AND (NOT $11 OR e.shape_hash = ANY($12::bigint[]))
	AND ($13::timestamptz IS NULL OR e.occurred_at >= $13 AND e.id >= $16::uuid)
	AND ($14::timestamptz IS NULL OR e.occurred_at < $14)
	AND (NOT $15 OR e.type = 'disconnected' AND ` + needless + `)`

// needless is domain.Trouble.Needless of disconnections.
const needless = `(
	e.reason IN (SELECT id FROM reasons WHERE category NOT IN ('reconnect', 'access'))
	OR e.worked_at IS NOT NULL AND (e.worked_profile_id = e.profile_id OR e.reason IN (SELECT id FROM reasons WHERE category = 'reconnect')))`

func (f EventFilter) args() []any {
	return []any{f.Network, f.Reason, f.Unparsed, f.Category, f.Parser, f.OnArrival, f.SourceID, f.Format, f.Type,
		sanitize(f.ProfileID), f.hasCluster, pq.Array(append([]int64{}, f.hashes...)), nullTime(f.From), nullTime(f.To), f.Needless, firstID(f.From)}
}

// withShapes looks the shapes of the filter's cluster up, in a query of its
// own, so that the other one can use their index. A shape belongs to one
// network, so the filter does then.
func (s *Store) withShapes(ctx context.Context, f EventFilter) (EventFilter, error) {
	if f.ClusterID == 0 {
		return f, nil
	}
	var shapes []struct {
		Network domain.Network
		Hash    int64
	}
	err := s.db.SelectContext(ctx, &shapes, `
		SELECT network, hash FROM shapes
		WHERE cluster_id = COALESCE((SELECT merged_into FROM clusters WHERE id = $1), $1) AND ($2 = '' OR network = $2)`, f.ClusterID, f.Network)
	f.hasCluster = true
	for _, shape := range shapes {
		f.Network, f.hashes = shape.Network, append(f.hashes, shape.Hash)
	}
	return f, translate(err)
}

// EventSummary is an event in a list.
type EventSummary struct {
	ID          string
	SourceID    int64
	Source      string
	Network     domain.Network
	ProfileID   string
	ProfileName string
	Type        domain.EventType
	OccurredAt  time.Time
	Operation   string
	Status      int
	Format      facts.Format
	Code        string
	Subcode     string
	ErrorType   string
	Message     string          // its first 300 characters
	Excerpt     string          // the first 300 characters of the error
	Reason      domain.ReasonID // "" when unparsed
	Parser      string
	Ruleset     int
	ClusterID   domain.ClusterID // 0 when it was never unparsed
	worked
}

// Worked is the first sign of life after a disconnection.
func (e EventSummary) Worked() domain.Worked { return e.worked.seen() }

// cleanedText is SQL for the text of an event's error.
const cleanedText = `COALESCE(e.cleaned, convert_from(e.raw, 'UTF8'), '')`

const summaryColumns = `e.id, e.source_id, src.name AS source, e.network, e.profile_id, p.name AS profile_name,
	e.type, e.occurred_at, e.operation, e.status, e.format, e.code, e.subcode, e.error_type,
	left(e.message, 300) AS message, left(` + cleanedText + `, 300) AS excerpt,
	COALESCE(e.reason, '') AS reason, e.parser, e.ruleset, ` + workedColumns + `,
	COALESCE((SELECT cluster_id FROM shapes s WHERE s.network = e.network AND s.hash = e.shape_hash), 0) AS cluster_id`

const summaryTables = `events e JOIN sources src ON src.id = e.source_id JOIN profiles p ON p.id = e.profile_id`

// AnyEvent reports whether there is any event at all.
func (s *Store) AnyEvent(ctx context.Context) (bool, error) {
	var found bool
	err := s.db.GetContext(ctx, &found, `SELECT EXISTS (SELECT FROM events)`)
	return found, translate(err)
}

// Event is all that is known of an event.
type Event struct {
	domain.Event
	ID        string
	ArrivedAt time.Time // to the millisecond
	SourceID  int64
	Source    string
	Cleaned   string
	Facts     facts.Facts      // without a body
	ClusterID domain.ClusterID // 0 when it was never unparsed
	Verdict   domain.Verdict
	Worked    domain.Worked  // after a disconnection
	Arrival   domain.Verdict // on arrival, without evidence
	History   []OldVerdict   // the oldest first
}

// OldVerdict is a verdict that a later ruleset version replaced.
type OldVerdict struct {
	domain.Verdict
	ReplacedAt time.Time
}

// eventColumns is an Event as the database has it.
type eventColumns struct {
	EventSummary
	SourceEventID, Cleaned, OwnerID, CredentialID string
	FullMessage                                   string
	Raw                                           []byte
	Defaulted, Mended, Scrubbed                   pq.StringArray
	ArrivedAt                                     time.Time
	Evidence                                      evidence
	ArrivalReason                                 domain.ReasonID
	ArrivalParser                                 string
	ArrivalRuleset                                int
}

// Event returns an event with the history of its verdicts; NotFound if there is none.
func (s *Store) Event(ctx context.Context, id string) (Event, error) {
	if !validID(id) {
		return Event{}, notFound("event", id)
	}
	var c eventColumns
	err := s.db.GetContext(ctx, &c, `
		SELECT `+summaryColumns+`, e.source_event_id, `+cleanedText+` AS cleaned, p.owner_id, p.credential_id, e.message AS full_message,
		    e.raw, e.defaulted, e.mended, e.scrubbed, uuid_time(e.id) AS arrived_at, e.evidence,
		    COALESCE(e.arrival_reason, '') AS arrival_reason, e.arrival_parser, e.arrival_ruleset
		FROM `+summaryTables+` WHERE e.id = $1`, id)
	if err != nil {
		return Event{}, translate(err)
	}
	e := c.event()
	e.History, err = s.history(ctx, id)
	return e, err
}

func (c eventColumns) event() Event {
	return Event{
		Event: domain.Event{
			SourceEventID: c.SourceEventID, Type: c.Type, ProfileID: c.ProfileID, Network: c.Network,
			OccurredAt: c.OccurredAt, Status: c.Status, Raw: c.Raw, Operation: c.Operation,
			ProfileName: c.ProfileName, OwnerID: c.OwnerID, CredentialID: c.CredentialID,
			Defaulted: c.Defaulted, Mended: c.Mended, Scrubbed: c.Scrubbed,
		},
		ID: c.ID, ArrivedAt: c.ArrivedAt, SourceID: c.SourceID, Source: c.Source, Cleaned: c.Cleaned,
		Facts: facts.Facts{Format: c.Format, Status: c.Status, Code: c.Code, Subcode: c.Subcode,
			Type: c.ErrorType, Message: c.FullMessage},
		ClusterID: c.ClusterID,
		Verdict:   domain.Verdict{Reason: c.Reason, Parser: c.Parser, Ruleset: c.Ruleset, Evidence: c.Evidence},
		Worked:    c.worked.seen(),
		Arrival:   domain.Verdict{Reason: c.ArrivalReason, Parser: c.ArrivalParser, Ruleset: c.ArrivalRuleset},
	}
}

func (s *Store) history(ctx context.Context, id string) ([]OldVerdict, error) {
	var rows []struct {
		Reason     domain.ReasonID
		Parser     string
		Ruleset    int
		Evidence   evidence
		ReplacedAt time.Time
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT COALESCE(reason, '') AS reason, parser, ruleset, evidence, replaced_at
		FROM verdicts WHERE event_id = $1 ORDER BY replaced_at, ruleset`, id)
	var old []OldVerdict
	for _, r := range rows {
		v := domain.Verdict{Reason: r.Reason, Parser: r.Parser, Ruleset: r.Ruleset, Evidence: r.Evidence}
		old = append(old, OldVerdict{v, r.ReplacedAt})
	}
	return old, translate(err)
}
