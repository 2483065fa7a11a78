package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// spell is a time that a profile was disconnected: from the disconnection that began
// it to the next reconnection. Further disconnections meanwhile change nothing. A
// profile's spells are changed only while its row in profiles is locked.
type spell struct {
	ProfileID    string
	BeganAt      time.Time
	EventID      string          // that began it
	Reason       domain.ReasonID // of that event, now; "" for unparsed
	EndedAt      time.Time       // zero while the profile is disconnected
	EndedEventID string          // "" then
}

func (s spell) open() bool { return s.EndedEventID == "" }

func (s spell) began() position { return position{s.BeganAt, s.EventID} }

func (s spell) ended() position { return position{s.EndedAt, s.EndedEventID} }

// position is the place of an event among those of its profile: when it occurred, and
// for events of one time the order in which they arrived, which that of ids is.
type position struct {
	at time.Time
	id string
}

func (p position) compare(o position) int {
	return cmp.Or(p.at.Compare(o.at), strings.Compare(p.id, o.id))
}

// turn is an event that says another state than the one before it.
type turn struct {
	position
	down   bool
	reason domain.ReasonID // of one that goes down
}

func turnOf(r eventRow) turn {
	return turn{position{r.OccurredAt, r.ID}, r.Type == domain.Disconnected, r.Verdict.Reason}
}

// turns are some of a profile's, in order of time: down, up, down, up. All the turns
// around each change are among them.
type turns []turn

func turnsOf(spells []spell) turns {
	var ts turns
	for _, s := range spells {
		ts = append(ts, turn{s.began(), true, s.Reason})
		if !s.open() {
			ts = append(ts, turn{s.ended(), false, ""})
		}
	}
	slices.SortFunc(ts, func(a, b turn) int { return a.compare(b.position) })
	return ts
}

func (ts turns) find(p position) (int, bool) {
	return slices.BinarySearchFunc(ts, p, func(t turn, p position) int { return t.compare(p) })
}

// downBefore reports whether the profile was disconnected just before a position.
func (ts turns) downBefore(p position) bool {
	i, _ := ts.find(p)
	return i > 0 && ts[i-1].down
}

// apply takes an event into account. It is a turn if the profile was in another state
// before, and the event behind it, which says a state too, is one if that is another
// state. Changes of a profile are applied in order of time.
func (ts *turns) apply(c stateChange) {
	t := turnOf(c.row)
	ts.set(t, ts.downBefore(t.position) != t.down)
	if c.next.id != "" {
		ts.set(c.next, c.next.down != t.down)
	}
}

// set adds an event, or removes it.
func (ts *turns) set(t turn, isTurn bool) {
	switch i, there := ts.find(t.position); {
	case isTurn && !there:
		*ts = slices.Insert(*ts, i, t)
	case !isTurn && there:
		*ts = slices.Delete(*ts, i, i+1)
	}
}

// spells are what the turns of a profile say.
func (ts turns) spells(profile string) []spell {
	var spells []spell
	for _, t := range ts {
		if t.down {
			spells = append(spells, spell{ProfileID: profile, BeganAt: t.at, EventID: t.id, Reason: t.reason})
		} else {
			last := &spells[len(spells)-1]
			last.EndedAt, last.EndedEventID = t.at, t.id
		}
	}
	return spells
}

// stateChange is an event that may change its profile's spells: one that says another
// state than before or, late, one that is older than the newest that says a state.
type stateChange struct {
	row  eventRow
	late bool
	next turn // the event behind a late one that says a state; it is there
}

// profileSpells are the spells of a profile around changes.
type profileSpells struct {
	changes []*stateChange // in order of time
	stored  []spell        // before the changes
	turns   turns          // after those that are applied
}

// spellsOf are changes and the spells that are stored around them, by profile.
func spellsOf(changes []stateChange, stored []spell) map[string]*profileSpells {
	of := make(map[string]*profileSpells)
	for _, c := range changes {
		if of[c.row.ProfileID] == nil {
			of[c.row.ProfileID] = &profileSpells{}
		}
		p := of[c.row.ProfileID]
		p.changes = append(p.changes, &c)
	}
	for _, s := range stored {
		of[s.ProfileID].stored = append(of[s.ProfileID].stored, s)
	}
	for _, p := range of {
		p.turns = turnsOf(p.stored)
	}
	return of
}

// since is from when a profile is in its state, after changes that may have come late;
// was is what Profile.Apply makes of it, which late changes have no part in.
func (p profileSpells) since(was time.Time) time.Time {
	atEnd := slices.IndexFunc(p.changes, p.isLast)
	switch n := len(p.turns); {
	case n > 0 && (p.turns[n-1].down || atEnd >= 0):
		return p.turns[n-1].at
	case n == 0 && atEnd >= 0: // the profile has never been disconnected
		return earlier(was, p.changes[atEnd].row.OccurredAt)
	default:
		return was
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// isLast reports whether a late change comes after the beginning of all spells stored
// before.
func (p profileSpells) isLast(c *stateChange) bool {
	return c.late && !slices.ContainsFunc(p.stored, func(s spell) bool { return s.began().compare(turnOf(c.row).position) > 0 })
}

// spellChanges are how spells change.
type spellChanges struct{ gone, written []spell }

func spellChangesOf(of map[string]*profileSpells) spellChanges {
	var c spellChanges
	for profile, p := range of {
		after := p.turns.spells(profile)
		c.gone = append(c.gone, spellsBeside(p.stored, after)...)
		c.written = append(c.written, spellsBeside(after, p.stored)...)
	}
	return c
}

// spellsBeside returns the spells that are not, as they are, among others.
func spellsBeside(spells, others []spell) []spell {
	return slices.DeleteFunc(slices.Clone(spells), func(s spell) bool { return slices.ContainsFunc(others, s.equal) })
}

func (s spell) equal(o spell) bool {
	return s.EventID == o.EventID && s.EndedEventID == o.EndedEventID
}

const spellColumns = `profile_id, began_at, event_id, reason,
	COALESCE(ended_at, '0001-01-01 00:00Z') AS ended_at, COALESCE(ended_event_id::text, '') AS ended_event_id`

// spellsAfter returns the spells around changes, by profile, with the changes applied.
func spellsAfter(ctx context.Context, tx *sqlx.Tx, changes []stateChange) (map[string]*profileSpells, error) {
	stored, err := spellsAround(ctx, tx, changes)
	if err != nil {
		return nil, err
	}
	of := spellsOf(changes, stored)
	if err := lookUpNext(ctx, tx, of); err != nil {
		return nil, err
	}
	for _, p := range of {
		for _, c := range p.changes {
			p.turns.apply(*c)
		}
	}
	return of, nil
}

// spellsAround reads the spells that changes may change: of each the last that began
// before it and, if it is late, the first that began after it.
func spellsAround(ctx context.Context, tx *sqlx.Tx, changes []stateChange) ([]spell, error) {
	asked := unknownBefore(changes)
	if len(asked) == 0 {
		return nil, nil
	}
	var spells []spell
	err := tx.SelectContext(ctx, &spells, `
		SELECT DISTINCT s.profile_id, s.began_at, s.event_id, s.reason, s.ended_at, s.ended_event_id
		FROM unnest($1::text[], $2::timestamptz[], $3::uuid[], $4::boolean[]) AS c (profile_id, at, id, late)
		CROSS JOIN LATERAL (
		    (SELECT `+spellColumns+` FROM spells s WHERE s.profile_id = c.profile_id AND (s.began_at, s.event_id) <= (c.at, c.id)
		        ORDER BY s.began_at DESC, s.event_id DESC LIMIT 1)
		    UNION ALL
		    (SELECT `+spellColumns+` FROM spells s WHERE c.late AND s.profile_id = c.profile_id AND (s.began_at, s.event_id) > (c.at, c.id)
		        ORDER BY s.began_at, s.event_id LIMIT 1)
		) AS s`, append(places(asked), column(asked, func(c *stateChange) bool { return c.late }))...)
	return spells, err
}

// unknownBefore returns the changes of which the stored spells are needed: not the
// first change in order, if that begins a spell, nor those behind it.
func unknownBefore(changes []stateChange) []*stateChange {
	var unknown []*stateChange
	inOrder := make(map[string]bool)
	for _, c := range changes {
		if c.late || !inOrder[c.row.ProfileID] && c.row.Type == domain.Reconnected {
			unknown = append(unknown, &c)
		}
		inOrder[c.row.ProfileID] = inOrder[c.row.ProfileID] || !c.late
	}
	return unknown
}

func places(changes []*stateChange) []any {
	return []any{
		column(changes, func(c *stateChange) string { return c.row.ProfileID }),
		column(changes, func(c *stateChange) time.Time { return c.row.OccurredAt }),
		column(changes, func(c *stateChange) string { return c.row.ID }),
	}
}

// asksForNext reports whether it matters which event comes behind a change: not if it
// comes in order, nor if it is the only one and says what the profile was before.
func (p profileSpells) asksForNext(c *stateChange) bool {
	t := turnOf(c.row)
	return c.late && (len(p.changes) > 1 || p.turns.downBefore(t.position) != t.down)
}

// lookUpNext finds the events behind late ones that say a state.
func lookUpNext(ctx context.Context, tx *sqlx.Tx, of map[string]*profileSpells) error {
	late := make(map[string]*stateChange)
	for _, p := range of {
		for _, c := range p.changes {
			if p.asksForNext(c) {
				late[c.row.ID] = c
			}
		}
	}
	if len(late) == 0 {
		return nil
	}
	var found []struct {
		Place, ID string
		At        time.Time
		Down      bool
		Reason    domain.ReasonID
	}
	err := tx.SelectContext(ctx, &found, `
		SELECT c.id AS place, e.id, e.occurred_at AS at, e.type = 'disconnected' AS down, COALESCE(e.reason, '') AS reason
		FROM unnest($1::text[], $2::timestamptz[], $3::uuid[]) AS c (profile_id, at, id)
		CROSS JOIN LATERAL (
		    SELECT e.id, e.occurred_at, e.type, e.reason FROM events e
		    WHERE e.profile_id = c.profile_id AND e.type IN ('disconnected', 'reconnected') AND (e.occurred_at, e.id) > (c.at, c.id)
		    ORDER BY e.occurred_at, e.id LIMIT 1
		) AS e`, places(slices.Collect(maps.Values(late)))...)
	for _, f := range found {
		late[f.Place].next = turn{position{f.At, f.ID}, f.Down, f.Reason}
	}
	return err
}

// spellArrays are the parameters of the statement that stores changes of spells. A spell
// that only has another end keeps its row.
func spellArrays(c spellChanges) []any {
	kept := make(map[string]bool, len(c.written))
	for _, s := range c.written {
		kept[s.EventID] = true
	}
	gone := slices.DeleteFunc(slices.Clone(c.gone), func(s spell) bool { return kept[s.EventID] })
	return []any{
		column(gone, func(s spell) string { return s.ProfileID }),
		column(gone, func(s spell) time.Time { return s.BeganAt }),
		column(gone, func(s spell) string { return s.EventID }),
		column(c.written, func(s spell) string { return s.ProfileID }),
		column(c.written, func(s spell) time.Time { return s.BeganAt }),
		column(c.written, func(s spell) string { return s.EventID }),
		textColumn(c.written, func(s spell) domain.ReasonID { return s.Reason }),
		column(c.written, func(s spell) time.Time { return s.EndedAt }),
		column(c.written, func(s spell) string { return s.EndedEventID }),
	}
}

// moveSpells gives spells the reasons that the events which began them have now.
func moveSpells(ctx context.Context, tx *sqlx.Tx, moved []Decision) ([]spell, error) {
	var spells []spell
	err := tx.SelectContext(ctx, &spells, `
		UPDATE spells s SET reason = new.reason
		FROM unnest($1::text[], $2::timestamptz[], $3::uuid[], $4::text[]) AS new (profile_id, began_at, event_id, reason)
		WHERE (s.profile_id, s.began_at, s.event_id) = (new.profile_id, new.began_at, new.event_id)
		RETURNING s.profile_id, s.began_at, s.event_id, s.reason,
		    COALESCE(s.ended_at, '0001-01-01 00:00Z') AS ended_at, COALESCE(s.ended_event_id::text, '') AS ended_event_id`,
		column(moved, func(d Decision) string { return d.Event.ProfileID }),
		column(moved, func(d Decision) time.Time { return d.Event.OccurredAt }),
		column(moved, func(d Decision) string { return d.Event.ID }),
		textColumn(moved, func(d Decision) domain.ReasonID { return d.Verdict.Reason }))
	return spells, err
}
