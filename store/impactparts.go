package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// impactDay is where lists are stored.
type impactDay struct {
	day     time.Time
	network domain.Network
}

func (d impactDay) compare(o impactDay) int {
	return cmp.Or(d.day.Compare(o.day), cmp.Compare(d.network, o.network))
}

// impactChanges are what a transaction changes in lists.
type impactChanges map[impactDay]impactLists

// at is the list of a moment and a network.
func (c impactChanges) at(at time.Time, network domain.Network, k listKey) *impactList {
	d := impactDay{at.UTC().Truncate(hours * time.Hour), network}
	if c[d] == nil {
		c[d] = impactLists{}
	}
	return c[d].of(k)
}

// ofErrors is the list that an error is in.
func (c impactChanges) ofErrors(typ domain.EventType, at time.Time, reason domain.ReasonID, network domain.Network) *impactList {
	return c.at(at, network, listKey{listOf(typ), reason})
}

// listOf is the kind of list for errors of a type.
func listOf(t domain.EventType) impactKind {
	if t == domain.Disconnected {
		return disconnectedList
	}
	return failedList
}

// ofSpells is the list that a spell is in.
func (c impactChanges) ofSpells(s spell, network domain.Network) *impactList {
	return c.at(s.BeganAt, network, listKey{spellList, s.Reason})
}

func (l *impactList) add(n int64, at time.Time)    { l.added = append(l.added, impactEntry(n, at)) }
func (l *impactList) remove(n int64, at time.Time) { l.removed = append(l.removed, impactEntry(n, at)) }

// length is how long a spell took, as lists say it.
func (s spell) length() int64 {
	if s.open() {
		return 0
	}
	return int64(s.EndedAt.Sub(s.BeganAt)/time.Second) + 1
}

// impactsOf are the changes by new events and by changes of spells.
func impactsOf(rows []eventRow, spells spellChanges, profiles map[string]*numberedProfile) impactChanges {
	c := make(impactChanges)
	for _, r := range rows {
		if r.Type.HasError() {
			c.ofErrors(r.Type, r.OccurredAt, r.Verdict.Reason, r.Network).add(profiles[r.ProfileID].Number, r.OccurredAt)
		}
	}
	for _, s := range spells.gone {
		c.ofSpells(s, profiles[s.ProfileID].Network).remove(s.length(), s.BeganAt)
	}
	for _, s := range spells.written {
		c.ofSpells(s, profiles[s.ProfileID].Network).add(s.length(), s.BeganAt)
	}
	return c
}

// addImpacts stores changes of spells, and those of lists as parts of their days. It
// waits for no other transaction: who changes spells has locked their profiles.
func addImpacts(ctx context.Context, tx *sqlx.Tx, changes impactChanges, spells spellChanges) error {
	type part struct {
		impactDay
		lists []byte
	}
	var parts []part
	for _, d := range slices.SortedFunc(maps.Keys(changes), impactDay.compare) {
		if lists := changes[d].pack(); len(lists) > 0 {
			parts = append(parts, part{d, lists})
		}
	}
	if len(parts) == 0 && len(spells.gone) == 0 && len(spells.written) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		WITH gone AS (
		    DELETE FROM spells s USING unnest($4::text[], $5::timestamptz[], $6::uuid[]) AS gone (profile_id, began_at, event_id)
		    WHERE (s.profile_id, s.began_at, s.event_id) = (gone.profile_id, gone.began_at, gone.event_id)
		), written AS (
		    INSERT INTO spells (profile_id, began_at, event_id, reason, ended_at, ended_event_id)
		    SELECT profile_id, began_at, event_id, reason, NULLIF(ended_at, '0001-01-01 00:00Z'), NULLIF(ended_event_id, '')::uuid
		    FROM unnest($7::text[], $8::timestamptz[], $9::uuid[], $10::text[], $11::timestamptz[], $12::text[])
		        AS new (profile_id, began_at, event_id, reason, ended_at, ended_event_id)
		    ON CONFLICT (profile_id, began_at, event_id)
		    DO UPDATE SET ended_at = EXCLUDED.ended_at, ended_event_id = EXCLUDED.ended_event_id
		)
		INSERT INTO impact_parts (day, network, lists) SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::bytea[])`,
		append([]any{
			column(parts, func(p part) time.Time { return p.day }),
			textColumn(parts, func(p part) domain.Network { return p.network }),
			column(parts, func(p part) []byte { return p.lists }),
		}, spellArrays(spells)...)...)
	return err
}

// eachList calls with for the lists of the days of a period, in the order of networks.
func (s *Store) eachList(ctx context.Context, network domain.Network, from, to time.Time, with func(impactDay, dayList) error) error {
	rows, err := s.db.QueryContext(ctx, `
		SELECT day, network, lists FROM impact_parts
		WHERE day > $1::timestamptz - interval '1 day' AND day < $2 AND ($3 = '' OR network = $3)
		ORDER BY network`, from, to, network)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			d    impactDay
			part []byte
		)
		if err := rows.Scan(&d.day, &d.network, &part); err != nil {
			return err
		}
		d.day = d.day.UTC()
		lists, err := unpackLists(part)
		if err != nil {
			return err
		}
		first, last := hoursOf(d.day, from, to)
		for _, l := range lists {
			if err := with(d, dayList{l, first, last}); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

// partsToMerge is how many parts of one level, of one day, become one of the next.
const partsToMerge = 16

// MergeImpacts merges parts of days: those of which there are many, and all of a day
// that nothing was added to for an hour. Counts stay as they are.
func (s *Store) MergeImpacts(ctx context.Context) error {
	var due []mergeDue
	err := s.db.SelectContext(ctx, &due, `
		SELECT day, network, level, level + 1 AS merged FROM impact_parts
		GROUP BY day, network, level HAVING count(*) >= $1
		UNION ALL
		SELECT day, network, max(level), max(level) FROM impact_parts
		GROUP BY day, network HAVING count(*) > 1 AND max(made_at) < now() - interval '1 hour'`, partsToMerge)
	for _, d := range due {
		if err == nil {
			err = s.tx(ctx, func(tx *sqlx.Tx) error { return d.merge(ctx, tx) })
		}
	}
	return translate(err)
}

// mergeDue is to merge the parts of a day up to a level.
type mergeDue struct {
	Day     time.Time
	Network domain.Network
	Level   int
	Merged  int // the level of what comes of them
}

// merge does nothing while another replica merges.
func (d mergeDue) merge(ctx context.Context, tx *sqlx.Tx) error {
	var alone bool
	if err := tx.GetContext(ctx, &alone, `SELECT pg_try_advisory_xact_lock(hashtext('MergeImpacts'))`); err != nil || !alone {
		return err
	}
	var parts [][]byte
	err := tx.SelectContext(ctx, &parts, `
		DELETE FROM impact_parts WHERE day = $1 AND network = $2 AND level <= $3 RETURNING lists`, d.Day, d.Network, d.Level)
	if err != nil {
		return err
	}
	lists := make(impactLists)
	for _, p := range parts {
		if err := lists.add(p); err != nil {
			return err
		}
	}
	merged := lists.pack()
	if len(merged) == 0 {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO impact_parts (day, network, level, lists) VALUES ($1, $2, $3, $4)`,
		d.Day, d.Network, d.Merged, merged)
	return err
}
