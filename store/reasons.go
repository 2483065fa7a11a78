package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"wherefore/domain"
)

// LatestReason is why a profile is as it is.
type LatestReason struct {
	Profile    domain.Profile
	EventID    string
	Type       domain.EventType // one without an error: nothing is wrong
	OccurredAt time.Time
	Verdict    domain.Verdict   // without evidence
	ClusterID  domain.ClusterID // of an unparsed error, else 0
	Worked     domain.Worked    // after a disconnection
	ends       bool             // the event tells that the connection is lost, unless the profile worked after it
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
	profiles, err := s.KnownProfiles(ctx, profileIDs)
	if err != nil {
		return nil, err
	}
	events := make(map[string]string, len(profiles))
	for id, p := range profiles {
		events[id] = p.ReasonEventID(lastError(p))
	}
	byEvent, err := s.reasonEvents(ctx, slices.Collect(maps.Values(events)))
	if err != nil {
		return nil, err
	}
	if err := s.addLostBy(ctx, profiles, events, byEvent); err != nil {
		return nil, err
	}
	reasons := make(map[string]LatestReason, len(profiles))
	for id, p := range profiles {
		reason := byEvent[events[id]]
		reason.Profile = p
		reasons[id] = reason
	}
	return reasons, nil
}

// lastError is the newest error of a profile, if the profile has not worked since: what
// its connection was lost by, if that is an error of the kind.
func lastError(p domain.Profile) string {
	if p.WorkedAt.Before(p.ErrorAt) {
		return p.ErrorEventID
	}
	return ""
}

// addLostBy looks up what the disconnected profiles were lost by of which the last
// error does not tell it, and puts it into their events.
func (s *Store) addLostBy(ctx context.Context, profiles map[string]domain.Profile, events map[string]string, byEvent map[string]LatestReason) error {
	var open []string
	for id, p := range profiles {
		if e := byEvent[events[id]]; p.State == domain.StateDisconnected && (lastError(p) == "" || !e.ends) {
			open = append(open, id)
		}
	}
	lost, err := s.lostBy(ctx, open, nil)
	if err != nil {
		return err
	}
	var more []string
	for _, id := range open {
		p := profiles[id]
		events[id] = p.ReasonEventID(lost[id])
		if _, ok := byEvent[events[id]]; !ok {
			more = append(more, events[id])
		}
	}
	if len(more) == 0 {
		return nil
	}
	found, err := s.reasonEvents(ctx, more)
	maps.Copy(byEvent, found)
	return err
}

// ReasonThen returns what an event with an error made of its profile when it
// occurred: of one that disconnected it, by what the connection was lost until
// then; else its own verdict.
func (s *Store) ReasonThen(ctx context.Context, e Event) (LatestReason, error) {
	profile, id := domain.Profile{ID: e.ProfileID, Network: e.Network, State: domain.StateConnected}, e.ID
	if e.Type == domain.Disconnected {
		lost, err := s.lostBy(ctx, []string{e.ProfileID}, &e)
		if err != nil {
			return LatestReason{}, err
		}
		profile.State, profile.StateEventID = domain.StateDisconnected, e.ID
		id = profile.ReasonEventID(lost[e.ProfileID])
	}
	found, err := s.reasonEvents(ctx, []string{id})
	reason := found[id]
	reason.Profile = profile
	return reason, err
}

// reasonEvents looks events up by their ids in a query of its own: joined to
// profiles, the planner may read whole partitions.
func (s *Store) reasonEvents(ctx context.Context, ids []string) (map[string]LatestReason, error) {
	var rows []struct {
		ID         string
		Type       domain.EventType
		OccurredAt time.Time
		Reason     domain.ReasonID
		Parser     string
		Ruleset    int
		ClusterID  domain.ClusterID
		Ends       bool
		worked
	}
	err := s.quick.SelectContext(ctx, &rows, `
		SELECT e.id, e.type, e.occurred_at, COALESCE(e.reason, '') AS reason, e.parser, e.ruleset,
		    CASE WHEN e.reason IS NULL THEN COALESCE(s.cluster_id, 0) ELSE 0 END AS cluster_id, `+workedColumns+`,
		    COALESCE(`+ends+`, false) AS ends
		FROM events e LEFT JOIN shapes s ON s.network = e.network AND s.hash = e.shape_hash LEFT JOIN reasons r ON r.id = e.reason
		WHERE e.id = ANY($1::uuid[])`, pq.Array(ids))
	reasons := make(map[string]LatestReason, len(rows))
	for _, r := range rows {
		reasons[r.ID] = LatestReason{EventID: r.ID, Type: r.Type, OccurredAt: r.OccurredAt, ClusterID: r.ClusterID, Worked: r.worked.seen(), ends: r.Ends,
			Verdict: domain.Verdict{Reason: r.Reason, Parser: r.Parser, Ruleset: r.Ruleset}}
	}
	return reasons, translate(err)
}
