package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// Pin is a pinned error, or one of which somebody says that its explanation is
// wrong.
type Pin struct {
	domain.Pin
	EventID   string // where it came from, which may be gone
	Why       string
	Proposed  bool // nobody decided on it yet; it is held against nothing
	Author    string
	CreatedAt time.Time
}

// Pins lists the pins of a parser ("": of all of the network), the proposed ones
// first, then the newest.
func (s *Store) Pins(ctx context.Context, n domain.Network, parser string) ([]Pin, error) {
	var pins []Pin
	err := s.db.SelectContext(ctx, &pins, `
		SELECT p.id, p.network, p.parser, p.kind, p.status, p.raw, p.event_id, p.why, p.state = 'proposed' AS proposed,
		    COALESCE(u.name, '') AS author, p.created_at
		FROM pins p LEFT JOIN users u ON u.id = p.created_by
		WHERE p.network = $1 AND ($2 = '' OR p.parser = $2) AND p.state IN ('proposed', 'pinned')
		ORDER BY p.state DESC, p.id DESC`, n, storable(parser))
	return pins, translate(err)
}

// PinEvent pins an event's error to a parser, with a copy of it, in place of what
// the two had between them. NotFound when there is no such error.
func (s *Store) PinEvent(ctx context.Context, by Actor, eventID, parser string, kind domain.PinKind, why string) error {
	if !validID(eventID) {
		return notFound("event", eventID)
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var network domain.Network
		err := tx.GetContext(ctx, &network, `
			INSERT INTO pins AS p (network, parser, kind, status, raw, event_id, why, state, created_by)
			SELECT network, $2, $3, status, raw, id, $4, 'pinned', NULLIF($5::bigint, 0) FROM events WHERE id = $1 AND type <> 'reconnected'
			ON CONFLICT (network, parser, event_id) WHERE state IN ('proposed', 'pinned') DO UPDATE
			SET kind = EXCLUDED.kind, why = EXCLUDED.why, state = 'pinned', created_by = EXCLUDED.created_by, created_at = now()
			RETURNING network`, eventID, parser, kind, storable(why), by.UserID)
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "pin.add", string(network)+"/"+parser, map[string]any{"event": eventID, "kind": kind, "why": why})
	})
}

// ProposePin notes that somebody says that an event's explanation is wrong: the
// parser that gave it is proposed to no longer match it. One that is there stays
// as it is. NotFound when no parser explains such an event.
func (s *Store) ProposePin(ctx context.Context, by Actor, eventID, why string) error {
	if !validID(eventID) {
		return notFound("event", eventID)
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var e struct {
			Network domain.Network
			Parser  string
		}
		err := tx.GetContext(ctx, &e, `SELECT network, parser FROM events WHERE id = $1 AND parser <> ''`, eventID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO pins (network, parser, kind, status, raw, event_id, why, state, created_by)
			SELECT network, $2, 'must-not-match', status, raw, id, $3, 'proposed', NULLIF($4::bigint, 0) FROM events WHERE id = $1
			ON CONFLICT DO NOTHING`, eventID, e.Parser, storable(why), by.UserID)
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "explanation.doubt", string(e.Network)+"/"+e.Parser, map[string]any{"event": eventID, "why": why})
	})
}

// pinMoves say from which state a pin comes to which, and how the audit log
// calls it.
var pinMoves = map[string]struct{ from, to, action string }{
	"accept":  {"proposed", "pinned", "pin.accept"},
	"dismiss": {"proposed", "dismissed", "pin.dismiss"},
	"remove":  {"pinned", "removed", "pin.remove"},
}

// DecidePin accepts or dismisses a proposed pin, or removes one. Invalid when do
// is none of accept, dismiss and remove, Conflict when somebody else decided
// meanwhile, NotFound if there is none. It returns the pin's parser.
func (s *Store) DecidePin(ctx context.Context, by Actor, id int64, do string) (domain.Network, string, error) {
	move, known := pinMoves[do]
	if !known {
		return "", "", domain.InvalidField("do", "can be accept, dismiss or remove")
	}
	var p struct {
		Network       domain.Network
		Parser, State string
		EventID       string
	}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &p, `SELECT network, parser, state, event_id FROM pins WHERE id = $1 FOR UPDATE`, id)
		if err != nil {
			return err
		}
		if p.State != move.from {
			return domain.Errorf(domain.Conflict, "This sample is %s already.", p.State)
		}
		_, err = tx.ExecContext(ctx, `UPDATE pins SET state = $2, decided_by = NULLIF($3::bigint, 0), decided_at = now() WHERE id = $1`, id, move.to, by.UserID)
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, move.action, string(p.Network)+"/"+p.Parser, map[string]any{"event": p.EventID, "pin": id})
	})
	return p.Network, p.Parser, err
}
