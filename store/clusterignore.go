package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
	"wherefore/domain/anomaly"
)

// Ignoring holds the conditions that open an ignored cluster again. Without any, only
// a person can open it.
type Ignoring struct {
	Until    time.Time
	Events   int // so many errors have come since it was ignored
	Profiles int // so many different profiles have had one since
	// Escalates: more errors come within 24 hours than anomaly.EscalationAbove allows
	// after the worst of the seven days before it was ignored.
	Escalates bool
}

// IgnoreCluster ignores a cluster until one of the conditions holds.
func (s *Store) IgnoreCluster(ctx context.Context, by Actor, id domain.ClusterID, until Ignoring, why string) error {
	switch {
	case until.Events < 0 || until.Events > 1e9:
		return domain.InvalidField("events", "Give a number of errors, from 1 on.")
	case until.Profiles < 0 || until.Profiles > 1e9:
		return domain.InvalidField("profiles", "Give a number of profiles, from 1 on.")
	case !until.Until.IsZero() && until.Until.Before(time.Now()):
		return domain.InvalidField("until", "This time has passed.")
	}
	return s.editCluster(ctx, by, id, "cluster.ignore", why, func(tx *sqlx.Tx, c editedCluster) (map[string]any, error) {
		above, err := escalationAbove(ctx, tx, id, until)
		if err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE clusters SET state = 'ignored', ignored_at = now(), ignored_until = $2,
			    ignored_to_events = NULLIF($3::bigint, 0), ignored_to_profiles = NULLIF($4::bigint, 0),
			    ignored_above = $5
			WHERE id = $1`, id, nullTime(until.Until), until.Events, until.Profiles, above)
		return until.details(), err
	})
}

// escalationAbove is the number of errors in 24 hours above which a cluster escalates,
// nil when that is no condition.
func escalationAbove(ctx context.Context, tx *sqlx.Tx, id domain.ClusterID, until Ignoring) (*int, error) {
	if !until.Escalates {
		return nil, nil
	}
	var worstDay int
	err := tx.GetContext(ctx, &worstDay, `
		SELECT COALESCE(max(n), 0) FROM (
		    SELECT count(*) AS n FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
		    WHERE s.cluster_id = $1 AND e.reason IS NULL AND e.shape_hash IS NOT NULL
		        AND e.occurred_at > now() - interval '7 days'
		    GROUP BY floor(extract(epoch FROM now() - e.occurred_at) / 86400)
		) AS days`, id)
	above := anomaly.EscalationAbove(worstDay)
	return &above, err
}

// details are the conditions as the audit log stores them.
func (i Ignoring) details() map[string]any {
	details := map[string]any{}
	if !i.Until.IsZero() {
		details["until"] = i.Until.UTC().Format(time.RFC3339)
	}
	if i.Events > 0 {
		details["until_events"] = i.Events
	}
	if i.Profiles > 0 {
		details["until_profiles"] = i.Profiles
	}
	if i.Escalates {
		details["until_it_escalates"] = true
	}
	return details
}

// ReopenCluster opens an ignored cluster again. It fails with Conflict if the cluster
// is not ignored.
func (s *Store) ReopenCluster(ctx context.Context, by Actor, id domain.ClusterID, why string) error {
	return s.editCluster(ctx, by, id, "cluster.reopen", why, func(tx *sqlx.Tx, c editedCluster) (map[string]any, error) {
		if c.State != "ignored" {
			return nil, domain.Errorf(domain.Conflict, "Cluster %d is not ignored.", id)
		}
		return map[string]any{}, setOpen(ctx, tx, id)
	})
}

func setOpen(ctx context.Context, tx *sqlx.Tx, id domain.ClusterID) error {
	_, err := tx.ExecContext(ctx, `UPDATE clusters SET state = 'open', `+notIgnored+` WHERE id = $1`, id)
	return err
}

// ReopenGrown opens the ignored clusters again of which a condition holds, and returns
// their ids.
func (s *Store) ReopenGrown(ctx context.Context) ([]domain.ClusterID, error) {
	var ids []domain.ClusterID
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var grown []struct {
			ID  domain.ClusterID
			Why string
		}
		err := tx.SelectContext(ctx, &grown, `
			SELECT id, why FROM (
			    SELECT c.id, CASE
			        WHEN c.ignored_until <= now() THEN 'its time has come'
			        WHEN n.events >= c.ignored_to_events THEN n.events || ' errors since it was ignored'
			        WHEN n.profiles >= c.ignored_to_profiles THEN n.profiles || ' profiles since it was ignored'
			        WHEN n.day > c.ignored_above THEN n.day || ' errors in 24 hours, where ' || c.ignored_above || ' are usual at most'
			    END AS why
			    FROM (SELECT * FROM clusters WHERE state = 'ignored' FOR NO KEY UPDATE SKIP LOCKED) AS c CROSS JOIN LATERAL (
			        SELECT count(*) AS events, count(DISTINCT e.profile_id) AS profiles,
			            count(*) FILTER (WHERE e.occurred_at > now() - interval '1 day') AS day
			        FROM shapes s JOIN events e ON e.network = s.network AND e.shape_hash = s.hash
			        WHERE s.cluster_id = c.id AND e.reason IS NULL AND e.shape_hash IS NOT NULL
			            AND e.id >= uuid_from_time(c.ignored_at)
			    ) AS n
			) AS ignored WHERE why IS NOT NULL ORDER BY id`)
		ids = nil
		for _, g := range grown {
			if err == nil {
				err = setOpen(ctx, tx, g.ID)
			}
			if err == nil {
				err = addAudit(ctx, tx, Actor{Name: "grouping"}, "cluster.reopen", clusterSubject(g.ID), map[string]any{"why": g.Why})
			}
			ids = append(ids, g.ID)
		}
		return err
	})
	return ids, err
}

// Ignored holds the conditions of an ignored cluster.
type Ignored struct {
	Ignoring
	Above int // more errors than this in a day open it again; 0 for no limit
}

// IgnoredCluster returns the conditions that open an ignored cluster again.
func (s *Store) IgnoredCluster(ctx context.Context, id domain.ClusterID) (Ignored, error) {
	var r struct {
		Until            sql.NullTime
		Events, Profiles int
		Above            int
	}
	err := s.db.GetContext(ctx, &r, `
		SELECT ignored_until AS until, COALESCE(ignored_to_events, 0) AS events,
		    COALESCE(ignored_to_profiles, 0) AS profiles, COALESCE(ignored_above, 0) AS above
		FROM clusters WHERE id = $1`, id)
	i := Ignoring{Until: r.Until.Time, Events: r.Events, Profiles: r.Profiles, Escalates: r.Above > 0}
	return Ignored{i, r.Above}, translate(err)
}
