package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/ruleset"
)

// MaxShadows is how many parsers of one network run in the shadow at most: each
// is asked about every error that arrives.
const MaxShadows = 20

// Shadow is a parser that is asked about arriving errors and answers nothing.
type Shadow struct {
	ID int64
	domain.ParserSpec
	After     string // the live parser that it would stand behind, "" for first
	Why       string
	Author    string
	StartedAt time.Time
	EndedAt   *time.Time // nil while it runs
}

const shadowQuery = `
	SELECT s.id, p.network, p.name, p.reason, p.condition, p.func, s.after, s.why, COALESCE(u.name, '') AS author, s.started_at, s.ended_at
	FROM shadows s JOIN parser_revisions p ON p.id = s.revision_id LEFT JOIN users u ON u.id = s.started_by `

// Shadow returns a shadow, running or not; NotFound if there is none.
func (s *Store) Shadow(ctx context.Context, id int64) (Shadow, error) {
	var shadow Shadow
	err := s.db.GetContext(ctx, &shadow, shadowQuery+`WHERE s.id = $1`, id)
	return shadow, translate(err)
}

// RunningShadows lists the shadows of a network ("": of all) that run, by name.
func (s *Store) RunningShadows(ctx context.Context, network domain.Network) ([]Shadow, error) {
	var shadows []Shadow
	err := s.db.SelectContext(ctx, &shadows, shadowQuery+`
		WHERE s.ended_at IS NULL AND ($1 = '' OR s.network = $1) ORDER BY s.network, s.name`, network)
	return shadows, translate(err)
}

// StartShadow runs a parser in the shadow, in place of one of its name that did,
// and returns its id. All replicas follow. Conflict when MaxShadows run already;
// Invalid when the reason is not one of the network's.
func (s *Store) StartShadow(ctx context.Context, by Actor, spec domain.ParserSpec, after, why string) (int64, error) {
	var id int64
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if _, err := lockLive(ctx, tx, spec.Network); err != nil {
			return err
		}
		if err := endShadow(ctx, tx, spec.Network, spec.Name); err != nil {
			return err
		}
		var running int
		err := tx.GetContext(ctx, &running, `SELECT count(*) FROM shadows WHERE network = $1 AND ended_at IS NULL`, spec.Network)
		if err != nil {
			return err
		}
		if running >= MaxShadows {
			return domain.Errorf(domain.Conflict, "%d parsers of %s run in the shadow already; end one first.", running, spec.Network.Name())
		}
		if err := addReason(ctx, tx, spec.Reason); err != nil {
			return err
		}
		p := ruleset.Parser{ParserSpec: spec}
		if err := addRevision(ctx, tx, by, &p); err != nil {
			return err
		}
		err = tx.GetContext(ctx, &id, `
			INSERT INTO shadows (network, name, revision_id, after, why, started_by)
			VALUES ($1, $2, $3, $4, $5, NULLIF($6::bigint, 0)) RETURNING id`,
			spec.Network, spec.Name, p.RevisionID, after, sanitize(why), by.UserID)
		if err != nil {
			return err
		}
		return tellShadow(ctx, tx, by, "shadow.start", spec.Network, spec.Name, map[string]any{
			"reason": spec.Reason, "condition": spec.Condition, "why": why,
		})
	})
	return id, err
}

// EndShadow ends a shadow and keeps what it counted. Ending one twice is fine;
// NotFound if there is none.
func (s *Store) EndShadow(ctx context.Context, by Actor, id int64) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var shadow struct {
			Network domain.Network
			Name    string
			Ended   bool
		}
		err := tx.GetContext(ctx, &shadow, `SELECT network, name, ended_at IS NOT NULL AS ended FROM shadows WHERE id = $1 FOR UPDATE`, id)
		if err != nil || shadow.Ended {
			return err
		}
		if err := endShadow(ctx, tx, shadow.Network, shadow.Name); err != nil {
			return err
		}
		return tellShadow(ctx, tx, by, "shadow.end", shadow.Network, shadow.Name, nil)
	})
}

// endShadow ends the running shadow of a name, if there is one: also that of a
// parser that goes live.
func endShadow(ctx context.Context, tx *sqlx.Tx, network domain.Network, name string) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE shadows SET ended_at = now() WHERE network = $1 AND name = $2 AND ended_at IS NULL`, network, name)
	return err
}

func tellShadow(ctx context.Context, tx *sqlx.Tx, by Actor, action string, n domain.Network, name string, details map[string]any) error {
	if err := addAudit(ctx, tx, by, action, string(n)+"/"+name, details); err != nil {
		return err
	}
	return notifyRuleset(ctx, tx, n)
}

// addShadowMatches keeps what the shadows said of arriving errors.
func addShadowMatches(ctx context.Context, tx *sqlx.Tx, rows []eventRow) error {
	type match struct {
		eventRow
		shadow int64
		wins   bool
	}
	var matches []match
	for _, r := range rows {
		for _, m := range r.Shadows {
			matches = append(matches, match{r, m.ID, m.Wins})
		}
	}
	if len(matches) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO shadow_matches (shadow_id, event_id, reason, parser, wins)
		SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::boolean[])`,
		column(matches, func(m match) int64 { return m.shadow }),
		column(matches, func(m match) string { return m.ID }),
		textColumn(matches, func(m match) domain.ReasonID { return m.Verdict.Reason }),
		textColumn(matches, func(m match) string { return m.Verdict.Parser }),
		column(matches, func(m match) bool { return m.wins }))
	return err
}

// ShadowCount is how often a shadow matched on a day what had one verdict.
type ShadowCount struct {
	Day    time.Time       // of arrival, in UTC
	Reason domain.ReasonID // that was given, "" for unparsed
	Parser string          // that gave it
	Wins   bool            // the shadow would have answered
	Events int
}

// ShadowCounts counts the matches of a shadow, the latest day first.
func (s *Store) ShadowCounts(ctx context.Context, id int64) ([]ShadowCount, error) {
	var counts []ShadowCount
	err := s.db.SelectContext(ctx, &counts, `
		SELECT date_trunc('day', uuid_time(event_id), 'UTC') AS day, reason, parser, wins, count(*) AS events
		FROM shadow_matches WHERE shadow_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 5 DESC, 2, 3, 4`, id)
	return counts, translate(err)
}

// ShadowEvents lists the newest errors that a shadow matched, of those that a
// live parser ("" for none) had answered; parser "*" is any.
func (s *Store) ShadowEvents(ctx context.Context, id int64, parser string, limit int) ([]EventSummary, error) {
	var ids []string
	err := s.db.SelectContext(ctx, &ids, `
		SELECT event_id FROM shadow_matches WHERE shadow_id = $1 AND ($2 = '*' OR parser = $2)
		ORDER BY event_id DESC LIMIT $3`, id, sanitize(parser), limit)
	if err != nil {
		return nil, translate(err)
	}
	return s.EventsByID(ctx, ids)
}
