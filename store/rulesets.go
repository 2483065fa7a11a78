package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/ruleset"
)

// LiveRuleset returns the ruleset that is live on a network.
func (s *Store) LiveRuleset(ctx context.Context, network domain.Network) (ruleset.Ruleset, error) {
	r := ruleset.Ruleset{Network: network}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var err error
		r, err = liveRuleset(ctx, tx, network)
		return err
	})
	return r, err
}

// RulesetVersion returns a version that is or was live; NotFound if there is none.
func (s *Store) RulesetVersion(ctx context.Context, network domain.Network, version int) (ruleset.Ruleset, error) {
	r := ruleset.Ruleset{Network: network, Version: version}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &r.Builtins,
			`SELECT builtins FROM ruleset_versions WHERE network = $1 AND version = $2`, network, version)
		if err == nil {
			err = readParsers(ctx, tx, &r)
		}
		return err
	})
	return r, err
}

// readParsers reads the parsers of a version.
func readParsers(ctx context.Context, tx *sqlx.Tx, r *ruleset.Ruleset) error {
	var err error
	if r.Parsers, err = entries(ctx, tx, r.Network, r.Version); err != nil {
		return err
	}
	r.Retired = nil
	return tx.SelectContext(ctx, &r.Retired, `
		SELECT p.network, p.name, p.reason, p.condition, p.func, p.id AS revision_id, r.after,
		    p.origin = 'builtin' AS builtin, COALESCE(u.name, '') AS author, p.created_at AS written_at
		FROM ruleset_retired r
		JOIN parser_revisions p ON p.id = r.revision_id
		LEFT JOIN users u ON u.id = p.created_by
		WHERE r.network = $1 AND r.version = $2
		ORDER BY r.name`, r.Network, r.Version)
}

func liveRuleset(ctx context.Context, tx *sqlx.Tx, network domain.Network) (ruleset.Ruleset, error) {
	r := ruleset.Ruleset{Network: network}
	err := tx.QueryRowxContext(ctx, `
		SELECT COALESCE(max(version), 0), COALESCE(max(builtins), '') FROM ruleset_versions WHERE network = $1 AND live`, network).
		Scan(&r.Version, &r.Builtins)
	if err == nil {
		err = readParsers(ctx, tx, &r)
	}
	return r, err
}

func entries(ctx context.Context, tx *sqlx.Tx, network domain.Network, version int) ([]ruleset.Parser, error) {
	var parsers []ruleset.Parser
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
	Trial     json.RawMessage // the Basis as it is stored
}

// Basis is what the version is based on, nil for nothing.
func (v Version) Basis() *ruleset.Basis { return readBasis(v.Trial) }

// RulesetVersions lists a network's versions, the newest first.
func (s *Store) RulesetVersions(ctx context.Context, network domain.Network) ([]Version, error) {
	var versions []Version
	err := s.db.SelectContext(ctx, &versions, `
		SELECT v.version, v.live, COALESCE(u.name, '') AS author, v.why, v.created_at, COALESCE(v.trial, 'null') AS trial
		FROM ruleset_versions v LEFT JOIN users u ON u.id = v.created_by
		WHERE v.network = $1 ORDER BY v.version DESC`, network)
	return versions, translate(err)
}

// Released is a ruleset version with its network.
type Released struct {
	Network domain.Network
	Version
}

// ReleasedVersions lists the versions that became live between two times, on a
// network ("": on all), the newest first. The first version of a network
// changed nothing, so it is left out.
func (s *Store) ReleasedVersions(ctx context.Context, network domain.Network, from, to time.Time) ([]Released, error) {
	var released []Released
	err := s.db.SelectContext(ctx, &released, `
		SELECT v.network, v.version, v.live, COALESCE(u.name, '') AS author, v.why, v.created_at, COALESCE(v.trial, 'null') AS trial
		FROM ruleset_versions v LEFT JOIN users u ON u.id = v.created_by
		WHERE v.version > 1 AND ($1 = '' OR v.network = $1) AND v.created_at >= $2 AND v.created_at < $3
		ORDER BY v.created_at DESC, v.network, v.version DESC`, network, from, to)
	return released, translate(err)
}
