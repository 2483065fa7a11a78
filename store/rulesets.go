package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// Ruleset is one version of a network's ordered parsers. Version 0 is the
// empty ruleset of a network that has none yet.
type Ruleset struct {
	Network domain.Network
	Version int
	Parsers []Parser
}

// Parser is a parser in its place in a ruleset.
type Parser struct {
	domain.ParserSpec
	RevisionID int64
	Position   int // 0 is tried first
	Builtin    bool
	Author     string // "" for a built-in one
	WrittenAt  time.Time
}

// LiveRuleset returns the ruleset that is live on a network.
func (s *Store) LiveRuleset(ctx context.Context, network domain.Network) (Ruleset, error) {
	r := Ruleset{Network: network}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var err error
		r, err = liveRuleset(ctx, tx, network)
		return err
	})
	return r, err
}

// RulesetVersion returns a version that is or was live; NotFound if there is none.
func (s *Store) RulesetVersion(ctx context.Context, network domain.Network, version int) (Ruleset, error) {
	r := Ruleset{Network: network, Version: version}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var there int
		err := tx.GetContext(ctx, &there,
			`SELECT 1 FROM ruleset_versions WHERE network = $1 AND version = $2`, network, version)
		if err == nil {
			r.Parsers, err = entries(ctx, tx, network, version)
		}
		return err
	})
	return r, err
}

func liveRuleset(ctx context.Context, tx *sqlx.Tx, network domain.Network) (Ruleset, error) {
	r := Ruleset{Network: network}
	err := tx.GetContext(ctx, &r.Version, `
		SELECT COALESCE(max(version), 0) FROM ruleset_versions WHERE network = $1 AND live`, network)
	if err == nil {
		r.Parsers, err = entries(ctx, tx, network, r.Version)
	}
	return r, err
}

func entries(ctx context.Context, tx *sqlx.Tx, network domain.Network, version int) ([]Parser, error) {
	var parsers []Parser
	err := tx.SelectContext(ctx, &parsers, `
		SELECT p.network, p.name, p.reason, p.condition, p.func, p.id AS revision_id, e.position,
		    p.origin = 'builtin' AS builtin, COALESCE(u.name, '') AS author, p.created_at AS written_at
		FROM ruleset_entries e
		JOIN parser_revisions p ON p.id = e.revision_id
		LEFT JOIN users u ON u.id = p.created_by
		WHERE e.network = $1 AND e.version = $2
		ORDER BY e.position`, network, version)
	return parsers, err
}

// LiveVersions returns the version of the live ruleset of each network that
// has one: what a replica asks for now and then, in case it missed a note.
func (s *Store) LiveVersions(ctx context.Context) (map[domain.Network]int, error) {
	var rows []struct {
		Network domain.Network
		Version int
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT network, version FROM ruleset_versions WHERE live`)
	versions := make(map[domain.Network]int, len(rows))
	for _, r := range rows {
		versions[r.Network] = r.Version
	}
	return versions, translate(err)
}

// Version tells of a ruleset version who made it and why.
type Version struct {
	Version   int
	Live      bool
	Author    string // "" when the service took over new built-in parsers
	Why       string
	CreatedAt time.Time
	Trial     json.RawMessage // what the decision was based on, null without one
}

// RulesetVersions lists a network's versions, the newest first.
func (s *Store) RulesetVersions(ctx context.Context, network domain.Network) ([]Version, error) {
	var versions []Version
	err := s.db.SelectContext(ctx, &versions, `
		SELECT v.version, v.live, COALESCE(u.name, '') AS author, v.why, v.created_at, COALESCE(v.trial, 'null') AS trial
		FROM ruleset_versions v LEFT JOIN users u ON u.id = v.created_by
		WHERE v.network = $1 ORDER BY v.version DESC`, network)
	return versions, translate(err)
}

// SyncBuiltins makes a network's built-in parsers live, in their order after
// the parsers that were promoted, and keeps the promoted ones in their places.
// It returns the version that is live then: a new one only if the built-in
// parsers differ from those of the live version. Replicas that start at once
// make one version. Stored events that can change are queued for parsing.
func (s *Store) SyncBuiltins(ctx context.Context, network domain.Network, specs []domain.ParserSpec) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, network)
		if err != nil {
			return err
		}
		version = live.Version
		next := withBuiltins(live, specs)
		if slices.EqualFunc(live.Parsers, next, func(a, b Parser) bool { return a.RevisionID == b.RevisionID }) {
			return nil
		}
		version, err = makeLive(ctx, tx, live, next, release{why: "new built-in parsers"})
		return err
	})
	return version, err
}

// lockLive keeps others from making a version of the network until the
// transaction ends, and returns the live one.
func lockLive(ctx context.Context, tx *sqlx.Tx, network domain.Network) (Ruleset, error) {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('ruleset'), hashtext($1))`, network)
	if err != nil {
		return Ruleset{}, err
	}
	return liveRuleset(ctx, tx, network)
}

func sameParser(a, b domain.ParserSpec) bool {
	a.Origin, b.Origin = domain.Origin{}, domain.Origin{}
	return a == b
}

// withBuiltins replaces the built-in parsers of a ruleset. Promoted parsers
// come first, but one that was placed behind a built-in parser stays behind
// it; a promoted parser whose name is now a built-in one's wins over it.
func withBuiltins(live Ruleset, specs []domain.ParserSpec) []Parser {
	behind := make(map[string][]Parser) // by the built-in parser before it, "" for none
	promoted := make(map[string]bool)
	last := ""
	for _, p := range live.Parsers {
		if p.Builtin {
			if slices.ContainsFunc(specs, func(s domain.ParserSpec) bool { return s.Name == p.Name }) {
				last = p.Name
			}
			continue
		}
		behind[last] = append(behind[last], p)
		promoted[p.Name] = true
	}
	next := behind[""]
	for _, spec := range specs {
		if !promoted[spec.Name] {
			next = append(next, builtin(live, spec))
		}
		next = append(next, behind[spec.Name]...)
	}
	return next
}

// builtin returns the revision of a built-in parser that is live already, or a new one.
func builtin(live Ruleset, spec domain.ParserSpec) Parser {
	i := slices.IndexFunc(live.Parsers, func(p Parser) bool { return p.Builtin && sameParser(p.ParserSpec, spec) })
	if i >= 0 {
		return live.Parsers[i]
	}
	return Parser{ParserSpec: spec, Builtin: true}
}

// Promotion makes a candidate part of a network's next ruleset version.
type Promotion struct {
	Network     domain.Network
	BaseVersion int // the version that the trial was made on
	Spec        domain.ParserSpec
	Position    int // counted without the parser of the same name that Spec replaces, if any
	Why         string
	Trial       json.RawMessage // kept with the version; may be nil
}

// PromoteParser makes the next version live, in one transaction with its
// record in the audit log, the job that parses stored events again, and the
// note to all replicas. It returns the new version. Conflict when the live
// version is no longer BaseVersion; Invalid when the reason is not one of the
// network's or the position is out of range.
func (s *Store) PromoteParser(ctx context.Context, by Actor, p Promotion) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, p.Network)
		if err != nil {
			return err
		}
		next, err := withCandidate(live, p)
		if err != nil {
			return err
		}
		version, err = makeLive(ctx, tx, live, next, release{by: by, why: p.Why, trial: p.Trial})
		if err != nil {
			return err
		}
		return addAudit(ctx, tx, by, "parser.promote", string(p.Network)+"/"+p.Spec.Name, map[string]any{
			"ruleset": version, "reason": p.Spec.Reason, "condition": p.Spec.Condition, "position": p.Position, "why": p.Why,
		})
	})
	return version, err
}

func withCandidate(live Ruleset, p Promotion) ([]Parser, error) {
	if live.Version != p.BaseVersion {
		return nil, &domain.Error{Kind: domain.Conflict, Field: "base_version",
			Words: "the ruleset has changed since the trial; run the trial again"}
	}
	if p.Spec.Network != p.Network || p.Spec.Reason.Network() != p.Network {
		return nil, domain.InvalidField("reason", "must be a reason of %s", p.Network)
	}
	next := slices.DeleteFunc(slices.Clone(live.Parsers), func(q Parser) bool { return q.Name == p.Spec.Name })
	if p.Position < 0 || p.Position > len(next) {
		return nil, domain.InvalidField("position", "must be between 0 and %d", len(next))
	}
	return slices.Insert(next, p.Position, Parser{ParserSpec: p.Spec}), nil
}

// release tells how a version came about.
type release struct {
	by    Actor
	why   string
	trial json.RawMessage
}

// makeLive writes a version and makes it the live one of its network.
func makeLive(ctx context.Context, tx *sqlx.Tx, live Ruleset, parsers []Parser, r release) (int, error) {
	next := Ruleset{Network: live.Network, Version: live.Version + 1, Parsers: parsers}
	_, err := tx.ExecContext(ctx, `UPDATE ruleset_versions SET live = false WHERE network = $1 AND live`, next.Network)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO ruleset_versions (network, version, live, created_by, why, trial)
		VALUES ($1, $2, true, NULLIF($3::bigint, 0), $4, $5::json)`,
		next.Network, next.Version, r.by.UserID, storable(r.why), nullJSON(r.trial))
	if err != nil {
		return 0, err
	}
	if err := addRevisions(ctx, tx, r.by, next.Parsers); err != nil {
		return 0, err
	}
	if err := addEntries(ctx, tx, next); err != nil {
		return 0, err
	}
	if err := queueReparse(ctx, tx, next, affected(live.Parsers, next.Parsers)); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, rulesetTopic+string(next.Network))
	return next.Version, err
}

// addRevisions writes the parsers that are not yet, and notes their ids.
func addRevisions(ctx context.Context, tx *sqlx.Tx, by Actor, parsers []Parser) error {
	for i := range parsers {
		p := &parsers[i]
		if p.RevisionID != 0 {
			continue
		}
		origin, author := "dashboard", by.UserID
		if p.Builtin {
			origin, author = "builtin", 0
		}
		err := tx.GetContext(ctx, &p.RevisionID, `
			INSERT INTO parser_revisions (network, name, reason, condition, func, origin, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7::bigint, 0)) RETURNING id`,
			p.Network, p.Name, p.Reason, p.Condition, p.Func, origin, author)
		if err != nil {
			return err
		}
	}
	return nil
}

func addEntries(ctx context.Context, tx *sqlx.Tx, r Ruleset) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO ruleset_entries (network, version, position, revision_id, name)
		SELECT $1, $2, n - 1, id, name FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS new (id, name, n)`,
		r.Network, r.Version,
		column(r.Parsers, func(p Parser) int64 { return p.RevisionID }),
		column(r.Parsers, func(p Parser) string { return p.Name }))
	return err
}

// affected names the parsers of the old ruleset whose events may get another
// verdict by the new one: all from the first place on at which the two differ.
// What an earlier, unchanged parser decided stays decided.
func affected(before, now []Parser) []string {
	same := 0
	for same < min(len(before), len(now)) && sameParser(before[same].ParserSpec, now[same].ParserSpec) {
		same++
	}
	var names []string
	for _, p := range before[same:] {
		names = append(names, p.Name)
	}
	slices.SortFunc(names, cmp.Compare)
	return names
}

func nullJSON(text json.RawMessage) any {
	if len(text) == 0 {
		return nil
	}
	return string(text)
}
