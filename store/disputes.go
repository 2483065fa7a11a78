package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

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
		WHERE p.state = 'disputed' GROUP BY 1, 2 ORDER BY 1, 2`)
	return disputes, translate(err)
}

// DisputeEvent notes that somebody says that the explanation that a parser gave an
// event is wrong. If an engineer accepts the dispute, the parser must not match the
// event any more. Saying it twice changes nothing. Conflict when it explains the event no longer, or somebody
// else said so or an engineer decided before; NotFound when there is no such event.
func (s *Store) DisputeEvent(ctx context.Context, by Actor, eventID, parser, why string) error {
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
			SELECT network, parser, 'must-not-match', status, raw, id, $2, 'disputed', NULLIF($3::bigint, 0) FROM events WHERE id = $1
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
		WHERE network = $1 AND parser = $2 AND event_id = $3 AND state IN ('disputed', 'pinned')`, n, parser, eventID)
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
