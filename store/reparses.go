package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/ruleset"
)

// settle is how long after a promotion what a replica still answered by the old
// ruleset may be committed, and how much earlier that may have arrived. Until
// then a job waits for its second look.
const settle = 10 * time.Second

// Reparse is the job that runs a ruleset version over stored events. It is
// cancelled when a later version takes over.
type Reparse struct {
	ID         int64
	Network    domain.Network
	Ruleset    int
	State      JobState
	Total      int  // events to look at; known once it is running
	Done       int  // events looked at
	Changed    int  // events with another verdict now
	SecondLook bool // all were looked at once
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// InThePast reports whether there are stored events that the job has yet to look
// at: not when it only waits for replicas to settle.
func (r Reparse) InThePast() bool { return r.FinishedAt == nil && !r.SecondLook }

// Decision is the verdict of a ruleset on a stored event.
type Decision struct {
	Event   StoredEvent
	Verdict domain.Verdict
	Shape   cluster.Shape // of an unparsed error
}

// moved reports whether the verdict says something else than the stored one.
func (d Decision) moved() bool {
	return d.Verdict.Reason != d.Event.Verdict.Reason || d.Verdict.Parser != d.Event.Verdict.Parser
}

func (d Decision) occurrence() occurrence {
	return occurrence{d.Event.Network, d.Shape, d.Event.OccurredAt}
}

const (
	reparseColumns = jobColumns + `, r.network, r.ruleset, r.changed, r.second_look`
	reparseTables  = `reparses r JOIN jobs j ON j.id = r.id`
)

// Reparses lists the jobs of a network ("": of all), the newest first.
func (s *Store) Reparses(ctx context.Context, network domain.Network, limit int) ([]Reparse, error) {
	var jobs []Reparse
	err := s.db.SelectContext(ctx, &jobs, `
		SELECT `+reparseColumns+` FROM `+reparseTables+` WHERE $1 = '' OR r.network = $1 ORDER BY r.id DESC LIMIT $2`, network, limit)
	return jobs, translate(err)
}

// UnfinishedReparses lists the jobs that are not finished.
func (s *Store) UnfinishedReparses(ctx context.Context) ([]Reparse, error) {
	var jobs []Reparse
	err := s.db.SelectContext(ctx, &jobs, `SELECT `+reparseColumns+` FROM `+reparseTables+` WHERE j.finished_at IS NULL ORDER BY r.id`)
	return jobs, translate(err)
}

// Reparse returns a job; NotFound if there is none.
func (s *Store) Reparse(ctx context.Context, id int64) (Reparse, error) {
	var job Reparse
	err := s.db.GetContext(ctx, &job, `SELECT `+reparseColumns+` FROM `+reparseTables+` WHERE r.id = $1`, id)
	return job, translate(err)
}

// queueReparse has a ruleset version run over the stored events that can
// change. It takes over from a job that is not finished.
func queueReparse(ctx context.Context, tx *sqlx.Tx, r ruleset.Ruleset, parsers []string) error {
	var left []string
	err := tx.SelectContext(ctx, &left, `
		WITH old AS (
		    UPDATE jobs SET state = 'cancelled', finished_at = now()
		    WHERE kind = $1 AND key = $2 AND finished_at IS NULL RETURNING id
		) SELECT unnest(parsers) FROM reparses JOIN old USING (id)`, JobReparse, r.Network)
	if err != nil {
		return err
	}
	id, err := addJob(ctx, tx, JobReparse, string(r.Network))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO reparses (id, network, ruleset, parsers)
		VALUES ($1, $2, $3, ARRAY(SELECT DISTINCT unnest($4::text[]) ORDER BY 1))`,
		id, r.Network, r.Version, pq.Array(append(left, parsers...)))
	return err
}

// reparse is a Reparse with what is needed to go on with it.
type reparse struct {
	Reparse
	Parsers pq.StringArray
	Cursor  string
}

// ReparseStep does a part of a claimed job, at most size events, in one
// transaction: verdicts, counts and the place in the job change together, so
// that a killed step leaves nothing half done and the next one goes on from
// there. It returns the job, which is not running any more when it is done or
// waits for its second look, and ErrJobLost if the claim does not hold any more.
//
// decide gives each event its verdict by a ruleset that is at least the job's
// version; it returns an error, which ReparseStep returns, when it has only an
// older one. It may be called again with the same events.
func (s *Store) ReparseStep(ctx context.Context, c JobClaim, size int, decide func(Reparse, []StoredEvent) ([]Decision, error)) (Reparse, error) {
	var r reparse
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := r.load(ctx, tx, c); err != nil {
			return err
		}
		events, err := r.next(ctx, tx, size)
		if err != nil {
			return err
		}
		decisions, err := decide(r.Reparse, events)
		if err != nil {
			return err
		}
		changed, err := rewriteVerdicts(ctx, tx, decisions)
		if err != nil {
			return err
		}
		return r.advance(ctx, tx, c, events, changed, len(events) < size)
	})
	return r.Reparse, err
}

// load reads the job of a claim, and counts its events before the first step.
func (r *reparse) load(ctx context.Context, tx *sqlx.Tx, c JobClaim) error {
	*r = reparse{}
	err := tx.GetContext(ctx, r, `SELECT `+reparseColumns+`, r.parsers, r.cursor FROM `+reparseTables+` WHERE `+isHeld, c.ID, c.Attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrJobLost
	}
	if err != nil || r.Total > 0 || r.SecondLook {
		return err
	}
	return tx.GetContext(ctx, &r.Total, `SELECT count(*) FROM events e WHERE `+r.scope(), r.Network, r.Cursor, r.Parsers)
}

// scope is the condition for events that the job has yet to look at. Unparsed
// ones alone have an index of their own, so they are asked for without an OR.
func (r *reparse) scope() string {
	const ahead = `e.network = $1 AND e.id > $2 AND e.type IN ('disconnected', 'failed') AND cardinality($3::text[]) >= 0 AND `
	if len(r.Parsers) == 0 {
		return ahead + `e.reason IS NULL`
	}
	return ahead + `(e.reason IS NULL OR e.parser = ANY($3))`
}

func (r *reparse) next(ctx context.Context, tx *sqlx.Tx, size int) ([]StoredEvent, error) {
	var rows []storedRow
	err := tx.SelectContext(ctx, &rows, `
		SELECT `+storedColumns+` FROM events e WHERE `+r.scope()+` ORDER BY e.id LIMIT $4`,
		r.Network, r.Cursor, r.Parsers, size)
	events := make([]StoredEvent, len(rows))
	for i, row := range rows {
		events[i] = row.event()
	}
	return events, err
}

// advance notes what was done. A job that has seen all there is waits until all
// replicas have settled, looks a second time at what arrived since shortly before
// it was made, and is done: events are committed in another order than they
// arrive in, and so some were not there yet when the first look passed their
// place. The second look counts only those.
func (r *reparse) advance(ctx context.Context, tx *sqlx.Tx, c JobClaim, events []StoredEvent, changed int, caughtUp bool) error {
	if r.Changed += changed; r.SecondLook {
		r.Done += changed
	} else {
		r.Done += len(events)
	}
	if len(events) > 0 {
		r.Cursor = events[len(events)-1].ID
	}
	looksAgain := caughtUp && !r.SecondLook
	_, err := tx.ExecContext(ctx, `
		UPDATE reparses r
		SET changed = $2, second_look = second_look OR $4,
		    cursor = CASE WHEN $4 THEN uuid_from_time(j.created_at - $5::interval) ELSE $3 END
		FROM jobs j WHERE j.id = r.id AND r.id = $1`, r.ID, r.Changed, r.Cursor, looksAgain, interval(settle))
	if err != nil {
		return err
	}
	if err := c.progress(ctx, tx, r.Done, max(r.Total, r.Done)); err != nil {
		return err
	}
	switch {
	case looksAgain:
		err = c.snooze(ctx, tx, settle)
	case caughtUp:
		err = c.finish(ctx, tx)
	}
	if err != nil {
		return err
	}
	return tx.GetContext(ctx, &r.Reparse, `SELECT `+reparseColumns+` FROM `+reparseTables+` WHERE r.id = $1`, r.ID)
}

// rewriteVerdicts replaces the verdicts that say something else than the
// stored ones, and returns how many did.
func rewriteVerdicts(ctx context.Context, tx *sqlx.Tx, decisions []Decision) (int, error) {
	var moved []Decision
	var unparsed []occurrence
	for _, d := range decisions {
		if d.moved() {
			moved = append(moved, d)
			if !d.Verdict.Parsed() {
				unparsed = append(unparsed, d.occurrence())
			}
		}
	}
	if len(moved) == 0 {
		return 0, nil
	}
	if err := createClusters(ctx, tx, unparsed); err != nil {
		return 0, err
	}
	numbers, err := lockDisconnected(ctx, tx, moved)
	if err != nil {
		return 0, err
	}
	if err := replaceVerdicts(ctx, tx, moved); err != nil {
		return 0, err
	}
	spells, err := moveSpells(ctx, tx, moved)
	if err != nil {
		return 0, err
	}
	if err := touchShapes(ctx, tx, unparsed); err != nil {
		return 0, err
	}
	if err := addImpacts(ctx, tx, movedImpacts(moved, numbers, spells), spellChanges{}); err != nil {
		return 0, err
	}
	return len(moved), addCounts(ctx, tx, moves(moved))
}

// lockDisconnected locks the profiles that one of the events disconnected, so that their
// spells stay, and returns the numbers of all profiles of the events.
func lockDisconnected(ctx context.Context, tx *sqlx.Tx, moved []Decision) (map[string]int64, error) {
	var disconnected []Decision
	for _, d := range moved {
		if d.Event.Type == domain.Disconnected {
			disconnected = append(disconnected, d)
		}
	}
	profile := func(d Decision) string { return d.Event.ProfileID }
	_, err := tx.ExecContext(ctx, `SELECT FROM profiles WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, column(disconnected, profile))
	if err != nil {
		return nil, err
	}
	var found []numberedProfile
	err = tx.SelectContext(ctx, &found, `SELECT id, number FROM profiles WHERE id = ANY($1)`, column(moved, profile))
	numbers := make(map[string]int64, len(found))
	for _, p := range found {
		numbers[p.ID] = p.Number
	}
	return numbers, err
}

// movedImpacts takes each event, and the spell that it began, from the list of its old
// reason to that of its new one.
func movedImpacts(moved []Decision, numbers map[string]int64, spells []spell) impactChanges {
	c := make(impactChanges)
	old := make(map[string]Decision, len(moved))
	for _, d := range moved {
		e := d.Event
		old[e.ID] = d
		c.ofErrors(e.Type, e.OccurredAt, e.Verdict.Reason, e.Network).remove(numbers[e.ProfileID], e.OccurredAt)
		c.ofErrors(e.Type, e.OccurredAt, d.Verdict.Reason, e.Network).add(numbers[e.ProfileID], e.OccurredAt)
	}
	for _, s := range spells {
		e := old[s.EventID].Event
		c.ofSpells(s, e.Network).add(s.length(), s.BeganAt)
		s.Reason = e.Verdict.Reason
		c.ofSpells(s, e.Network).remove(s.length(), s.BeganAt)
	}
	return c
}

func replaceVerdicts(ctx context.Context, tx *sqlx.Tx, moved []Decision) error {
	ids := column(moved, func(d Decision) string { return d.Event.ID })
	_, err := tx.ExecContext(ctx, `
		INSERT INTO verdicts (event_id, ruleset, reason, parser, evidence)
		SELECT id, ruleset, reason, parser, evidence FROM events WHERE id = ANY($1::uuid[])
		ON CONFLICT DO NOTHING`, ids)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE events e
		SET reason = NULLIF(new.reason, ''), parser = new.parser, ruleset = new.ruleset, evidence = new.evidence,
		    shape_hash = CASE WHEN new.reason = '' THEN new.shape_hash ELSE e.shape_hash END
		FROM unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::json[], $7::bigint[])
		    AS new (id, reason, parser, ruleset, evidence, shape_hash)
		WHERE e.id = new.id AND e.id = ANY($1::uuid[])`, ids, ids,
		textColumn(moved, func(d Decision) domain.ReasonID { return d.Verdict.Reason }),
		textColumn(moved, func(d Decision) string { return d.Verdict.Parser }),
		column(moved, func(d Decision) int { return d.Verdict.Ruleset }),
		column(moved, func(d Decision) evidence { return d.Verdict.Evidence }),
		column(moved, func(d Decision) int64 { return int64(d.Shape.Hash) }))
	return err
}

// moves takes each event from the current count of its old verdict to that of
// its new one.
func moves(moved []Decision) map[countKey]countChange {
	changes := make(map[countKey]countChange)
	add := func(e StoredEvent, v domain.Verdict, n int64) {
		key := countKey{hourOf(e.OccurredAt), e.Network, e.SourceID, e.Type, v.Reason, v.Parser}
		changes[key] = countChange{current: changes[key].current + n}
	}
	for _, d := range moved {
		add(d.Event, d.Event.Verdict, -1)
		add(d.Event, d.Verdict, 1)
	}
	return changes
}
