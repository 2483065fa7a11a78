package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/trial"
)

// TrialEventFilter chooses errors of a trial by what it says of them. Zero fields
// choose all.
type TrialEventFilter struct {
	Bucket    trial.Bucket
	From, To  domain.ReasonID // of a change of reason
	Parser    string          // that would win
	Holds     bool            // the candidate's condition holds
	Failed    bool            // the candidate's condition fails
	Stale     bool            // the verdict was not what the live ruleset gave
	Unparsed  Unparsed
	SourceID  int64
	ClusterID domain.ClusterID
	Day       time.Time // of occurrence, in UTC
}

// Unparsed is when errors are unparsed: at the trial's moment, or under the ruleset
// that would follow.
type Unparsed string

// The values of Unparsed beside "", which asks for neither.
const (
	UnparsedNow   Unparsed = "now"
	UnparsedAfter Unparsed = "after"
)

func (f TrialEventFilter) chooses(o trial.Effect) bool {
	return (f.Bucket == "" || o.Bucket == f.Bucket) &&
		(f.From == "" || o.From == f.From) && (f.To == "" || o.To == f.To) && (f.Parser == "" || o.Parser == f.Parser) &&
		(!f.Holds || o.Holds) && (!f.Failed || o.Failure != nil) && (!f.Stale || o.Stale) &&
		(f.Unparsed != UnparsedNow || o.From == "") && (f.Unparsed != UnparsedAfter || o.To == "")
}

// changes reports whether the candidate's condition holds on all that the filter
// chooses, if the trial was estimated and no parser is replaced. An error that was
// read again may be another one than what is stored of it says.
func (f TrialEventFilter) changes() bool {
	return f.Bucket == trial.NewlyExplained || f.Bucket == trial.ChangesReason || f.Bucket == trial.Overridden || f.Holds
}

// TrialEvent is an error with what a trial says of it.
type TrialEvent struct {
	StoredEvent // with the verdict that it had at the trial
	Facts       facts.Facts
	Effect      trial.Effect
}

// TrialEventsPage is a part of the errors that a trial counted.
type TrialEventsPage struct {
	Page[TrialEvent]
	// Paused is set when the search was broken off because it took long: there are
	// no others than these among the errors that arrived then or later.
	Paused time.Time
}

const (
	searchFor  = 4 * time.Second // how long errors of a trial are looked for, for one page
	searchPart = 1000            // errors that are looked at in one statement
)

// TrialEvents lists the errors that a trial which is done counted and that a filter
// chooses, with the verdicts that they had then, the newest arrival first, from where
// another page's Next says ("": from the start). It sorts them again to find them.
func (s *Store) TrialEvents(ctx context.Context, t Trial, facts func(StoredEvent) facts.Facts, f TrialEventFilter, page string, limit int) (TrialEventsPage, error) {
	from, err := readCursor(page, validID)
	if err != nil {
		return TrialEventsPage{}, err
	}
	trial, err := s.CandidateTrial(ctx, t.NewTrial)
	if err != nil {
		return TrialEventsPage{}, err
	}
	where, err := s.tried(ctx, t, trial, f)
	if err != nil {
		return TrialEventsPage{}, err
	}
	search := trialSearch{TrialRun{Trial: trial, Window: Window{Network: t.Network}, Facts: facts}, t.Result.At, f}
	p, err := search.run(ctx, s.db, where, from.id(), limit)
	return p, translate(err)
}

// tried is the predicate of the errors that can be meant.
func (s *Store) tried(ctx context.Context, t Trial, trial *trial.Trial, f TrialEventFilter) (predicate, error) {
	window := Window{Network: t.Network, From: t.From}
	if f.Day.After(t.From) {
		window.From = f.Day
	}
	p := window.where().and("e.id <= ?::uuid", nullText(t.Result.Newest))
	if !f.Day.IsZero() {
		p = p.and("e.occurred_at < ?", f.Day.AddDate(0, 0, 1))
	}
	if f.SourceID != 0 {
		p = p.and("e.source_id = ?", f.SourceID)
	}
	if estimator, ok := trial.Estimator(); ok && estimator.Replaced() == nil && t.Result.Estimated && f.changes() {
		e := trialEstimate{estimator: estimator}
		e.exact = e.isExact()
		p.sql += " AND " + e.isCandidate(&p)
	}
	if f.ClusterID == 0 {
		return p, nil
	}
	var hashes []int64
	err := s.db.SelectContext(ctx, &hashes, `SELECT hash FROM shapes WHERE network = $1 AND cluster_id = $2`, t.Network, f.ClusterID)
	return p.and("e.shape_hash = ANY(?::bigint[])", pq.Array(append([]int64{}, hashes...))), translate(err)
}

// trialSearch sorts errors again to find some.
type trialSearch struct {
	TrialRun
	at     time.Time // the moment whose verdicts count
	filter TrialEventFilter
}

// run looks at errors part by part until it has a page, or has taken its time.
func (s trialSearch) run(ctx context.Context, db *sqlx.DB, where predicate, from string, limit int) (TrialEventsPage, error) {
	var p TrialEventsPage
	for begun := time.Now(); ; {
		part, err := s.part(ctx, db, where, from)
		if err != nil {
			return p, err
		}
		for _, e := range part {
			facts := s.Facts(e)
			o := s.Trial.Compare(e.event(facts))
			if !s.filter.chooses(o) {
				continue
			}
			if len(p.Rows) == limit {
				p.Next = cursor{Key: []string{p.Rows[limit-1].ID}}.String()
				return p, nil
			}
			p.Rows = append(p.Rows, TrialEvent{e, facts, o})
		}
		if len(part) < searchPart {
			return p, nil
		}
		if from = part[len(part)-1].ID; time.Since(begun) > searchFor {
			p.Next, p.Paused = cursor{Key: []string{from}}.String(), arrivalOf(from)
			return p, nil
		}
	}
}

// part reads the next errors of a predicate behind an id, with the verdicts that they
// had at the search's moment: one that was replaced later was still in force.
func (s trialSearch) part(ctx context.Context, db *sqlx.DB, where predicate, behind string) ([]StoredEvent, error) {
	if behind != "" {
		where = where.and("e.id < ?::uuid", behind)
	}
	at := where.placed("?::timestamptz", s.at)
	where = where.newest(searchPart)
	var rows []storedRow
	err := db.SelectContext(ctx, &rows, `
		SELECT e.id, e.source_id, e.network, e.profile_id, e.type, e.occurred_at, e.status, e.raw,
		    COALESCE(CASE WHEN was.event_id IS NULL THEN e.reason ELSE was.reason END, '') AS reason,
		    COALESCE(was.parser, e.parser) AS parser, COALESCE(was.ruleset, e.ruleset) AS ruleset, COALESCE(e.shape_hash, 0) AS shape
		FROM events e LEFT JOIN LATERAL (
		    SELECT v.event_id, v.reason, v.parser, v.ruleset FROM verdicts v
		    WHERE v.event_id = e.id AND v.replaced_at > `+at+` ORDER BY v.replaced_at, v.ruleset LIMIT 1
		) AS was ON true
		WHERE `+where.sql, where.args...)
	events := make([]StoredEvent, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, err
}

// TrialEventsByID tells what a trial that is done says of some errors. Ids that are none
// are left out.
func (s *Store) TrialEventsByID(ctx context.Context, t Trial, facts func(StoredEvent) facts.Facts, ids []string) (map[string]TrialEvent, error) {
	trial, err := s.CandidateTrial(ctx, t.NewTrial)
	if err != nil {
		return nil, err
	}
	search := trialSearch{TrialRun{Trial: trial, Window: Window{Network: t.Network}, Facts: facts}, t.Result.At, TrialEventFilter{}}
	where := search.Window.where().and("e.id = ANY(?::uuid[])", validIDs(ids))
	p, err := search.run(ctx, s.db, where, "", len(ids))
	tried := map[string]TrialEvent{}
	for _, e := range p.Rows {
		tried[e.ID] = e
	}
	return tried, translate(err)
}
