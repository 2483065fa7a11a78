package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
)

// Pin is a pinned error, or one of which somebody says that its explanation is
// wrong.
type Pin struct {
	domain.Pin
	Why       string
	Disputed  bool // nobody decided on it yet; it is held against nothing
	Author    string
	CreatedAt time.Time
}

const pinQuery = `
	SELECT p.id, p.network, p.parser, p.kind, p.status, p.raw, p.event_id, p.why, p.state = 'disputed' AS disputed,
	    COALESCE(u.name, '') AS author, p.created_at
	FROM pins p LEFT JOIN users u ON u.id = p.created_by
	WHERE p.state IN ('disputed', 'pinned') AND `

// Pins lists the pins of a parser ("": of all of the network), the disputed ones
// first, then the newest.
func (s *Store) Pins(ctx context.Context, n domain.Network, parser string) ([]Pin, error) {
	var pins []Pin
	err := s.db.SelectContext(ctx, &pins, pinQuery+`
		p.network = $1 AND ($2 = '' OR p.parser = $2) ORDER BY p.state, p.id DESC`, n, sanitize(parser))
	return pins, translate(err)
}

// EventPins lists the pins that came from an event of a network, as Pins does.
func (s *Store) EventPins(ctx context.Context, n domain.Network, eventID string) ([]Pin, error) {
	var pins []Pin
	err := s.db.SelectContext(ctx, &pins, pinQuery+`
		p.network = $1 AND p.event_id = $2 ORDER BY p.state, p.id DESC`, n, eventID)
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
		if err := tx.GetContext(ctx, &network, `SELECT network FROM events WHERE id = $1`, eventID); err != nil {
			return err
		}
		if err := lockPins(ctx, tx, network); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &network, `
			INSERT INTO pins AS p (network, parser, kind, status, raw, event_id, why, state, created_by)
			SELECT network, $2, $3, status, raw, id, $4, 'pinned', NULLIF($5::bigint, 0) FROM events WHERE id = $1 AND type IN ('disconnected', 'failed')
			ON CONFLICT (network, parser, event_id) WHERE state IN ('disputed', 'pinned') DO UPDATE
			SET kind = EXCLUDED.kind, why = EXCLUDED.why, state = 'pinned', created_by = EXCLUDED.created_by, created_at = now()
			RETURNING network`, eventID, parser, kind, sanitize(why), by.UserID)
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "pin.add", string(network)+"/"+parser, map[string]any{"event": eventID, "kind": kind, "why": why})
	})
}

// lockPins keeps rulesets of the network from being made until the transaction
// ends: each is checked against all pins that there are.
func lockPins(ctx context.Context, tx *sqlx.Tx, n domain.Network) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared(hashtext('ruleset'), hashtext($1))`, n)
	return err
}

// pinEvents pins errors to the parser that a change is about. What people have
// said of them and this parser before stays as it is.
func pinEvents(ctx context.Context, tx *sqlx.Tx, c Change, n domain.Network, events []string) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO pins (network, parser, kind, status, raw, event_id, why, state, created_by)
		SELECT network, $3, 'must-match', status, raw, id, $4, 'pinned', NULLIF($5::bigint, 0)
		FROM events WHERE network = $1 AND id = ANY($2::uuid[]) AND type IN ('disconnected', 'failed') ORDER BY id
		ON CONFLICT DO NOTHING`, n, pq.Array(events), sanitize(c.Subject), sanitize(c.Why), c.By.UserID)
	return err
}

// pinDecisions say from which state a pin comes to which, and how the audit log
// calls it.
var pinDecisions = map[string]struct{ from, to, action string }{
	"accept":  {"disputed", "pinned", "pin.accept"},
	"dismiss": {"disputed", "dismissed", "pin.dismiss"},
	"remove":  {"pinned", "removed", "pin.remove"},
}

// DecidePin accepts or dismisses a dispute, or removes one. Invalid when do
// is none of accept, dismiss and remove, Conflict when somebody else decided
// meanwhile, NotFound if there is none. It returns the pin's parser.
func (s *Store) DecidePin(ctx context.Context, by Actor, id int64, do string) (domain.Network, string, error) {
	decision, known := pinDecisions[do]
	if !known {
		return "", "", domain.InvalidField("do", "Choose accept, dismiss or redecision.")
	}
	var p struct {
		Network       domain.Network
		Parser, State string
		EventID       string
	}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &p.Network, `SELECT network FROM pins WHERE id = $1`, id); err != nil {
			return err
		}
		if err := lockPins(ctx, tx, p.Network); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &p, `SELECT network, parser, state, event_id FROM pins WHERE id = $1 FOR UPDATE`, id)
		if err != nil {
			return err
		}
		if p.State != decision.from {
			return domain.Errorf(domain.Conflict, "This sample is %s already.", p.State)
		}
		_, err = tx.ExecContext(ctx, `UPDATE pins SET state = $2, decided_by = NULLIF($3::bigint, 0), decided_at = now() WHERE id = $1`, id, decision.to, by.UserID)
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, decision.action, string(p.Network)+"/"+p.Parser, map[string]any{"event": p.EventID, "pin": id})
	})
	return p.Network, p.Parser, err
}
