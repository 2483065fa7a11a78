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
	Proposed  bool // nobody decided on it yet; it is held against nothing
	Author    string
	CreatedAt time.Time
}

const pinQuery = `
	SELECT p.id, p.network, p.parser, p.kind, p.status, p.raw, p.event_id, p.why, p.state = 'proposed' AS proposed,
	    COALESCE(u.name, '') AS author, p.created_at
	FROM pins p LEFT JOIN users u ON u.id = p.created_by
	WHERE p.state IN ('proposed', 'pinned') AND `

// Pins lists the pins of a parser ("": of all of the network), the proposed ones
// first, then the newest.
func (s *Store) Pins(ctx context.Context, n domain.Network, parser string) ([]Pin, error) {
	var pins []Pin
	err := s.db.SelectContext(ctx, &pins, pinQuery+`
		p.network = $1 AND ($2 = '' OR p.parser = $2) ORDER BY p.state DESC, p.id DESC`, n, sanitize(parser))
	return pins, translate(err)
}

// EventPins lists the pins that came from an event of a network, as Pins does.
func (s *Store) EventPins(ctx context.Context, n domain.Network, eventID string) ([]Pin, error) {
	var pins []Pin
	err := s.db.SelectContext(ctx, &pins, pinQuery+`
		p.network = $1 AND p.event_id = $2 ORDER BY p.state DESC, p.id DESC`, n, eventID)
	return pins, translate(err)
}

// DisputedParser is a live parser with explanations that somebody says are wrong.
type DisputedParser struct {
	Network domain.Network
	Parser  string
	Events  int
}

// DisputedParsers counts the open disputes by parser, on all networks.
func (s *Store) DisputedParsers(ctx context.Context) ([]DisputedParser, error) {
	var disputes []DisputedParser
	err := s.db.SelectContext(ctx, &disputes, `
		SELECT p.network, p.parser, count(*) AS events
		FROM pins p
		JOIN ruleset_versions v ON v.network = p.network AND v.live
		JOIN ruleset_entries e ON e.network = v.network AND e.version = v.version AND e.name = p.parser
		WHERE p.state = 'proposed' GROUP BY 1, 2 ORDER BY 1, 2`)
	return disputes, translate(err)
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
			ON CONFLICT (network, parser, event_id) WHERE state IN ('proposed', 'pinned') DO UPDATE
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

// ProposePin notes that somebody says that the explanation that a parser gave an
// event is wrong: the parser is proposed to no longer match it. Saying it twice
// changes nothing. Conflict when it explains the event no longer, or somebody
// else said so or an engineer decided before; NotFound when there is no such event.
func (s *Store) ProposePin(ctx context.Context, by Actor, eventID, parser, why string) error {
	if !validID(eventID) {
		return notFound("event", eventID)
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var e struct {
			Network domain.Network
			Parser  string
		}
		err := tx.GetContext(ctx, &e, `SELECT network, parser FROM events WHERE id = $1`, eventID)
		if err != nil {
			return err
		}
		if e.Parser == "" || e.Parser != parser {
			return domain.Errorf(domain.Conflict, "The explanation is another one by now.")
		}
		res, err := tx.ExecContext(ctx, `
			INSERT INTO pins (network, parser, kind, status, raw, event_id, why, state, created_by)
			SELECT network, parser, 'must-not-match', status, raw, id, $2, 'proposed', NULLIF($3::bigint, 0) FROM events WHERE id = $1
			ON CONFLICT DO NOTHING`, eventID, sanitize(why), by.UserID)
		if err != nil {
			return err
		}
		added, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if added == 0 {
			return saidBefore(ctx, tx, by, e.Network, parser, eventID)
		}
		return addAudit(ctx, tx, by, "explanation.dispute", string(e.Network)+"/"+parser, map[string]any{"event": eventID, "why": why})
	})
}

// saidBefore refuses a dispute beside a pin of the same event and parser, unless
// that is the same dispute.
func saidBefore(ctx context.Context, tx *sqlx.Tx, by Actor, n domain.Network, parser, eventID string) error {
	var pin struct {
		State    string
		AuthorID int64
	}
	err := tx.GetContext(ctx, &pin, `
		SELECT state, COALESCE(created_by, 0) AS author_id FROM pins
		WHERE network = $1 AND parser = $2 AND event_id = $3 AND state IN ('proposed', 'pinned')`, n, parser, eventID)
	switch {
	case err != nil:
		return err
	case pin.State == "pinned":
		return domain.Errorf(domain.Conflict, "An engineer has decided on it already; see below.")
	case pin.AuthorID != by.UserID:
		return domain.Errorf(domain.Conflict, "Somebody said so already, and an engineer will decide.")
	}
	return nil
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
		return "", "", domain.InvalidField("do", "Choose accept, dismiss or remove.")
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
