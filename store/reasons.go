package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
)

// LatestReason is why a profile is as it is.
type LatestReason struct {
	Profile    domain.Profile // without what names it, and without its errors
	EventID    string
	Type       domain.EventType // one without an error: nothing is wrong
	OccurredAt time.Time
	Verdict    domain.Verdict   // without evidence
	ClusterID  domain.ClusterID // of an unparsed error, else 0
	Worked     domain.Worked    // after a disconnection
}

// Trouble is what the event tells of the profile.
func (r LatestReason) Trouble() domain.Trouble {
	t := domain.Trouble{
		Profile: r.Profile.ID, Network: r.Profile.Network, Reason: r.Verdict.Reason,
		Disconnected: r.Profile.State == domain.StateDisconnected, At: r.OccurredAt, Worked: r.Worked,
	}
	if p := r.Profile; !t.Disconnected && !p.WorkedAt.Before(r.OccurredAt) {
		t.Worked = domain.Worked{At: p.WorkedAt, Profile: p.ID}
	}
	return t
}

// LatestReason returns why a profile is as it is: the verdict of the event
// that domain.Profile.ReasonEventID names. NotFound if the profile was never
// heard of.
func (s *Store) LatestReason(ctx context.Context, profileID string) (LatestReason, error) {
	found, err := s.LatestReasons(ctx, []string{profileID})
	if err != nil {
		return LatestReason{}, err
	}
	reason, ok := found[profileID]
	if !ok {
		return LatestReason{}, notFound("profile", profileID)
	}
	return reason, nil
}

// LatestReasons is LatestReason for many profiles, by id. A profile never
// heard of is absent.
func (s *Store) LatestReasons(ctx context.Context, profileIDs []string) (map[string]LatestReason, error) {
	var rows []struct {
		domain.Profile
		reasonEvent
	}
	err := s.quick.SelectContext(ctx, &rows, latestReasons, pq.Array(sanitizeAll(profileIDs)))
	reasons := make(map[string]LatestReason, len(rows))
	for _, r := range rows {
		reasons[r.ID] = r.of(r.Profile)
	}
	return reasons, translate(err)
}

// latestReasons finds profiles with the event that domain.Profile.ReasonEventID names. It
// looks each profile's events up by itself: joined in one go, the planner may read whole
// partitions.
var latestReasons = `
	SELECT id, network, state, since, COALESCE(state_event_id::text, '') AS state_event_id,
	    COALESCE(worked_at, '0001-01-01 00:00Z') AS worked_at, ` + reasonEventColumns + `
	FROM profiles p
	LEFT JOIN LATERAL (` + lostOf(`p.state = 'disconnected'`) + `) AS lost ON true
	LEFT JOIN LATERAL (` + reasonEvents + `
	    WHERE e.id = CASE
	        WHEN p.state = 'disconnected' THEN COALESCE(lost.lost_id, p.state_event_id)
	        WHEN (p.error_at, p.error_event_id)
	            > (COALESCE(p.state_at, '-infinity'), COALESCE(p.state_event_id, '00000000-0000-0000-0000-000000000000')) THEN p.error_event_id
	        ELSE p.last_event_id END) AS e ON true
	WHERE p.id = ANY($1)`

// reasonEvent is what a LatestReason has of its event.
type reasonEvent struct {
	EventID    string // "" for none
	Type       domain.EventType
	OccurredAt time.Time
	Reason     domain.ReasonID
	Parser     string
	Ruleset    int
	ClusterID  domain.ClusterID
	SeenAt     *time.Time // as worked_at
	SeenBy     *string    // as worked_profile_id
}

// reasonEvents is SQL for events e with the columns that reasonEventColumns read.
const (
	reasonEvents = `
	SELECT e.id AS event_id, e.type, e.occurred_at, e.reason, e.parser, e.ruleset, e.worked_at AS seen_at, e.worked_profile_id AS seen_by,
	    CASE WHEN e.reason IS NULL THEN s.cluster_id END AS cluster_id
	FROM events e LEFT JOIN shapes s ON s.network = e.network AND s.hash = e.shape_hash`

	reasonEventColumns = `COALESCE(event_id::text, '') AS event_id, COALESCE(type, '') AS type,
	    COALESCE(occurred_at, '0001-01-01 00:00Z') AS occurred_at, COALESCE(reason, '') AS reason, COALESCE(parser, '') AS parser,
	    COALESCE(ruleset, 0) AS ruleset, COALESCE(cluster_id, 0) AS cluster_id, seen_at, seen_by`
)

func (e reasonEvent) of(p domain.Profile) LatestReason {
	return LatestReason{
		Profile: p, EventID: e.EventID, Type: e.Type, OccurredAt: e.OccurredAt, ClusterID: e.ClusterID,
		Verdict: domain.Verdict{Reason: e.Reason, Parser: e.Parser, Ruleset: e.Ruleset},
		Worked:  worked{e.SeenAt, e.SeenBy}.seen(),
	}
}

// ReasonThen returns what an event with an error made of its profile when it
// occurred: of one that disconnected it, by what the connection was lost until
// then; else its own verdict.
func (s *Store) ReasonThen(ctx context.Context, e Event) (LatestReason, error) {
	profile, id := domain.Profile{ID: e.ProfileID, Network: e.Network, State: domain.StateConnected}, e.ID
	if e.Type == domain.Disconnected {
		lost, err := s.lostByThen(ctx, e)
		if err != nil {
			return LatestReason{}, err
		}
		profile.State, profile.StateEventID = domain.StateDisconnected, e.ID
		id = profile.ReasonEventID(lost)
	}
	var found reasonEvent
	err := s.quick.GetContext(ctx, &found, `SELECT `+reasonEventColumns+` FROM (`+reasonEvents+` WHERE e.id = $1) AS e`, id)
	return found.of(profile), translate(err)
}
