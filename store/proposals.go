package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"wherefore/domain"
	"wherefore/domain/ruleset"
)

// Proposal is a ruleset version that waits for a second person, or did.
type Proposal struct {
	ID         int64
	Network    domain.Network
	Base       int    // the version that it would follow
	Action     string // as in the audit log: "parser.promote" …
	Subject    string // the parser
	Why        string
	Trial      json.RawMessage // the Basis as it is stored
	AuthorID   int64
	Author     string
	ProposedAt time.Time
	State      string // waiting, approved, withdrawn, or replaced by an edit
	DecidedBy  string // "" while it waits
	DecidedAt  *time.Time
	Version    int            // that it became, 0 if it did not
	Pins       pq.StringArray // events that its parser must match once it is live
	LeftOut    pq.Int64Array  // pins that are removed with it
}

// Basis is what the proposal is based on, nil for nothing.
func (p Proposal) Basis() *ruleset.Basis { return readBasis(p.Trial) }

const proposalQuery = `
	SELECT p.id, p.network, p.base, p.action, p.subject, p.why, COALESCE(p.trial, 'null') AS trial, COALESCE(p.proposed_by, 0) AS author_id,
	    COALESCE(a.name, '') AS author, p.proposed_at, p.state, COALESCE(d.name, '') AS decided_by, p.decided_at, COALESCE(p.version, 0) AS version,
	    p.pins, p.left_out
	FROM proposals p LEFT JOIN users a ON a.id = p.proposed_by LEFT JOIN users d ON d.id = p.decided_by `

// NeedsApproval reports whether versions of a network need a second person.
func (s *Store) NeedsApproval(ctx context.Context, n domain.Network) (bool, error) {
	var needs bool
	err := s.db.GetContext(ctx, &needs, `SELECT needs_approval FROM networks WHERE name = $1`, n)
	return needs, translate(err)
}

// SetNeedsApproval asks for a second person on a network, or does not.
func (s *Store) SetNeedsApproval(ctx context.Context, by Actor, n domain.Network, needs bool) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := mayAdminister(ctx, tx, by, ""); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE networks SET needs_approval = $2 WHERE name = $1`, n, needs)
		if err := mustChange(res, err, "network", string(n)); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "network.approval", string(n), map[string]any{"needed": needs})
	})
}

// WaitingProposals lists what waits on a network ("": on all), the oldest first.
func (s *Store) WaitingProposals(ctx context.Context, n domain.Network) ([]Proposal, error) {
	var waiting []Proposal
	err := s.db.SelectContext(ctx, &waiting, proposalQuery+`
		WHERE p.state = 'waiting' AND ($1 = '' OR p.network = $1) ORDER BY p.id`, n)
	return waiting, translate(err)
}

// Proposal returns a proposal with the version that it would be; NotFound if
// there is none.
func (s *Store) Proposal(ctx context.Context, id int64) (Proposal, ruleset.Ruleset, error) {
	var p Proposal
	var next ruleset.Ruleset
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &p, proposalQuery+`WHERE p.id = $1`, id)
		if err == nil {
			next, err = proposed(ctx, tx, p)
		}
		return err
	})
	return p, next, err
}

func proposed(ctx context.Context, tx *sqlx.Tx, p Proposal) (ruleset.Ruleset, error) {
	next := ruleset.Ruleset{Network: p.Network, Version: p.Base}
	const parsers = `
		SELECT r.network, r.name, r.reason, r.condition, r.func, r.id AS revision_id, r.origin = 'builtin' AS builtin,
		    COALESCE(u.name, '') AS author, r.created_at AS written_at,`
	const of = `
		FROM proposal_entries e JOIN parser_revisions r ON r.id = e.revision_id LEFT JOIN users u ON u.id = r.created_by
		WHERE e.proposal_id = $1 AND `
	err := tx.SelectContext(ctx, &next.Parsers, parsers+`e.position`+of+`e.position IS NOT NULL ORDER BY e.position`, p.ID)
	if err != nil {
		return next, err
	}
	return next, tx.SelectContext(ctx, &next.Retired, parsers+`e.after`+of+`e.position IS NULL ORDER BY e.name`, p.ID)
}

// needsApproval is NeedsApproval for who makes a version.
func needsApproval(ctx context.Context, tx *sqlx.Tx, n domain.Network) (bool, error) {
	var needs bool
	err := tx.GetContext(ctx, &needs, `SELECT needs_approval FROM networks WHERE name = $1`, n)
	return needs, err
}

// propose keeps a version for a second person. It takes the place of what waits
// for the same parser: an edit has to be approved anew. Its pins change when it
// becomes live.
func propose(ctx context.Context, tx *sqlx.Tx, live, next ruleset.Ruleset, c Change, broken []ruleset.BrokenPin) error {
	leftOut, ids := map[string]bool{}, pq.Int64Array{}
	for _, pin := range broken {
		if leftOut[pin.Key()] = true; pin.ID != 0 {
			ids = append(ids, pin.ID)
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE proposals SET state = 'replaced', decided_by = NULLIF($3::bigint, 0), decided_at = now()
		WHERE network = $1 AND subject = $2 AND state = 'waiting'`, live.Network, c.Subject, c.By.UserID)
	if err != nil {
		return err
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
		INSERT INTO proposals (network, base, action, subject, why, trial, proposed_by, pins, left_out)
		VALUES ($1, $2, $3, $4, $5, $6::json, NULLIF($7::bigint, 0), $8, $9) RETURNING id`,
		live.Network, live.Version, c.Action, c.Subject, sanitize(c.Why), nullJSON(basisText(c.Basis)), c.By.UserID, pq.Array(without(c.pins, leftOut)), ids)
	if err != nil {
		return err
	}
	if err := addNewRevisions(ctx, tx, c.By, next); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO proposal_entries (proposal_id, network, name, revision_id, position)
		SELECT $1, $2, name, id, n - 1 FROM unnest($3::text[], $4::bigint[]) WITH ORDINALITY AS new (name, id, n)`,
		id, live.Network,
		column(next.Parsers, func(p ruleset.Parser) string { return p.Name }), column(next.Parsers, func(p ruleset.Parser) int64 { return p.RevisionID }))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO proposal_entries (proposal_id, network, name, revision_id, after)
		SELECT $1, $2, name, id, after FROM unnest($3::text[], $4::bigint[], $5::text[]) AS new (name, id, after)`,
		id, live.Network,
		column(next.Retired, func(p ruleset.Retired) string { return p.Name }), column(next.Retired, func(p ruleset.Retired) int64 { return p.RevisionID }),
		column(next.Retired, func(p ruleset.Retired) string { return p.After }))
	if err != nil {
		return err
	}
	return addAudit(ctx, tx, c.By, "proposal.make", string(live.Network)+"/"+c.Subject, map[string]any{
		"proposal": id, "action": c.Action, "why": c.Why, "left_out": slices.Sorted(maps.Keys(leftOut)),
	})
}

// ApproveProposal makes what waits live, in its author's name, and returns the
// version. Its author has accepted what its trial found; the check is of the pins
// that there are now, of which leftOut are left out beside those that the author
// left out. Forbidden for the author, and when the user's role was lost; Conflict
// when it waits no longer, another version than its base is live, or a pin fails.
func (s *Store) ApproveProposal(ctx context.Context, by Actor, id int64, check Check) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		p, live, err := lockProposal(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := mayPromote(ctx, tx, by); err != nil {
			return err
		}
		if p.AuthorID == by.UserID {
			return domain.Errorf(domain.Forbidden, "Nobody approves what they proposed themselves.")
		}
		next, err := proposed(ctx, tx, p)
		if err != nil {
			return err
		}
		next.Builtins = live.Builtins
		c := Change{By: by, Subject: p.Subject, Why: p.Why, Check: p.check(check), pins: p.Pins}
		broken, err := checkChange(ctx, tx, live, next, c)
		if err != nil {
			return err
		}
		author := Actor{UserID: p.AuthorID, Name: p.Author}
		basis := p.Trial
		if string(basis) == "null" {
			basis = nil
		}
		if version, err = makeLive(ctx, tx, live, next, origin{by: author, why: p.Why, basis: basis}); err != nil {
			return err
		}
		if err := changePins(ctx, tx, version, c, p.Network, broken); err != nil {
			return err
		}
		if p.Action == promoteAction {
			if err := endShadow(ctx, tx, p.Network, p.Subject); err != nil {
				return err
			}
		}
		if err := decide(ctx, tx, by, p.ID, "approved", version); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, p.Action, string(p.Network)+"/"+p.Subject, map[string]any{
			"ruleset": version, "proposal": p.ID, "author": p.Author, "why": p.Why,
		})
	})
	return version, err
}

// check is what its author has consented to, with what the second person does.
func (p Proposal) check(c Check) Check {
	c.Consent = p.Consent(c.Consent.LeftOut)
	return c
}

// Consent is what the author has said to it, with the pins that somebody else
// leaves out, too.
func (p Proposal) Consent(leftOut map[string]bool) ruleset.Consent {
	all := maps.Clone(leftOut)
	if all == nil {
		all = map[string]bool{}
	}
	for _, id := range p.LeftOut {
		all[strconv.FormatInt(id, 10)] = true
	}
	return ruleset.Consent{AnyReason: true, LeftOut: all, NoEffect: true}
}

// WithdrawProposal ends what waits; Conflict when it waits no longer.
func (s *Store) WithdrawProposal(ctx context.Context, by Actor, id int64) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		p, _, err := lockProposal(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := decide(ctx, tx, by, id, "withdrawn", 0); err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "proposal.withdraw", string(p.Network)+"/"+p.Subject, map[string]any{"proposal": id})
	})
}

// lockProposal returns what waits, and the live ruleset, which stays so until
// the transaction ends.
func lockProposal(ctx context.Context, tx *sqlx.Tx, id int64) (Proposal, ruleset.Ruleset, error) {
	var p Proposal
	if err := tx.GetContext(ctx, &p, proposalQuery+`WHERE p.id = $1`, id); err != nil {
		return p, ruleset.Ruleset{}, err
	}
	live, err := lockLive(ctx, tx, p.Network)
	if err != nil {
		return p, live, err
	}
	err = tx.GetContext(ctx, &p.State, `SELECT state FROM proposals WHERE id = $1`, id)
	if err == nil && p.State != "waiting" {
		err = domain.Errorf(domain.Conflict, "This proposal waits no longer: it was %s.", p.State)
	}
	return p, live, err
}

func decide(ctx context.Context, tx *sqlx.Tx, by Actor, id int64, state string, version int) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE proposals SET state = $2, decided_by = NULLIF($3::bigint, 0), decided_at = now(), version = NULLIF($4::int, 0) WHERE id = $1`,
		id, state, by.UserID, version)
	return err
}
