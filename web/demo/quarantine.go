package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/store"
)

// unusableItems are what sources sent and could not be used, some of it often.
// In an item § stands for a number that counts up.
var unusableItems = []struct {
	source, item string
	ago          time.Duration // of the first
	every        time.Duration
	times        int
}{
	{"publisher", `{"id": "pub-§", "profile_id": "new-shop-§", "type": "failed", "http_status": 400, "error": {"error": {"message": "Invalid parameter", "code": 100}}}`, 50 * time.Hour, 5 * time.Hour, 9},
	{"publisher", `{"id": "pub-cut-§", "profile_id": "p-1001", "network": "facebook", "error": {"error": {"mess`, 26 * time.Hour, time.Hour, 2},
	{"inbox", `{"id": "inbox-§", "network": "instagram", "error": {"error": {"message": "Unsupported get request", "code": 100}}}`, 6 * 24 * time.Hour, 7 * time.Hour, 14},
	{"analytics", `{"id": "insight-§", "profile_id": "orkut-§", "network": "orkut", "error": "Service has ended"}`, 6 * 24 * time.Hour, 30 * time.Hour, 4},
	{relayName, `{"id": "relay-§", "profile_id": "r-§", "operation": "forward-post", "error": {"message": "Post was not forwarded"}}`, 20 * time.Hour, 3 * time.Hour, 6},
	{"token-refresher", `{"id": "", "profile_id": "p-1002", "network": "facebook", "error": "token § is void"}`, 3 * time.Hour, time.Minute, 3},
}

// Sources of the demo that are not heard of: one for some days, and one never.
const (
	demoSilent = "legacy-scheduler"
	demoMute   = "ads-reporter"
)

// addQuarantine adds what could not be used, open and ended in every way,
// and sources that are silent.
func (v filler) addQuarantine(ctx context.Context, end time.Time) error {
	there, err := v.Store.Quarantine(ctx, store.QuarantineFilter{Ended: store.AnyEnding}, "", 1)
	if err != nil || len(there.Rows) > 0 {
		return err
	}
	if err := v.addSilence(ctx, end); err != nil {
		return err
	}
	if err := v.addEndings(ctx, end); err != nil {
		return err
	}
	for _, u := range newArrivals(end) {
		if _, err := v.addUnusable(ctx, u.source, u.item, u.at); err != nil {
			return err
		}
	}
	return nil
}

// arrival is one of unusableItems on its way.
type arrival struct {
	source, item string
	at           time.Time
}

// newArrivals are all of unusableItems in the order in which they came.
func newArrivals(end time.Time) []arrival {
	var arrivals []arrival
	for _, u := range unusableItems {
		for i := range u.times {
			at := end.Add(-u.ago + time.Duration(i)*u.every)
			arrivals = append(arrivals, arrival{u.source, numbered(u.item, 4100+i), at})
		}
	}
	slices.SortFunc(arrivals, func(a, b arrival) int { return a.at.Compare(b.at) })
	return arrivals
}

// addSilence adds a source that was last heard of nine days ago, and one
// that never sent anything.
func (v filler) addSilence(ctx context.Context, end time.Time) error {
	if _, err := v.Store.AddSource(ctx, demoMute); err != nil {
		return err
	}
	for i := range 40 {
		at := end.AddDate(0, 0, -9).Add(-time.Duration(i) * 5 * time.Hour)
		if err := v.addReconnection(ctx, demoSilent, fmt.Sprint("old-", i), fmt.Sprint("p-", 1000+i), at); err != nil {
			return err
		}
	}
	return nil
}

// addEndings adds an entry for each way in which one ends.
func (v filler) addEndings(ctx context.Context, end time.Time) error {
	const item = `{"id": "late-§", "type": "reconnected", "profile_id": "shop-late-§"}`
	replayed, err := v.addUnusable(ctx, "publisher", numbered(item, 1), end.Add(-30*time.Hour))
	if err != nil {
		return err
	}
	discarded, err := v.addUnusable(ctx, "inbox", `{"id": "probe", "profile_id": "probe", "error": "hello?"}`, end.Add(-80*time.Hour))
	if err != nil {
		return err
	}
	for _, old := range []struct {
		item string
		ago  int // days
	}{{numbered(item, 2), 4}, {`{"id": "forgotten", "profile_id": "forgotten", "error": "lost"}`, 45}} {
		if _, err := v.addUnusable(ctx, "publisher", old.item, end.AddDate(0, 0, -old.ago)); err != nil {
			return err
		}
	}
	// The profile becomes known, and the other event is sent again with its network.
	if err := v.addReconnection(ctx, "inbox", "late-known", "shop-late-1", end.Add(-29*time.Hour)); err != nil {
		return err
	}
	if err := v.addReconnection(ctx, "publisher", "late-2", "shop-late-2", end.AddDate(0, 0, -3)); err != nil {
		return err
	}
	by := store.Actor{Name: "demo"}
	if _, err := v.Store.ReplayEntry(ctx, by, replayed, v.API().Reread); err != nil {
		return err
	}
	if err := v.Store.DiscardEntry(ctx, by, discarded); err != nil {
		return err
	}
	_, _, err = v.Store.ExpireEntries(ctx, end.AddDate(0, 0, -30), 1000)
	return err
}

// addUnusable stores an item as if it had come at a time, and returns its entry.
func (v filler) addUnusable(ctx context.Context, name, item string, at time.Time) (int64, error) {
	source, err := v.Store.AddSource(ctx, name)
	if err != nil {
		return 0, err
	}
	readings, err := v.API().Reread(ctx, []store.Quarantined{{Raw: []byte(item), ReceivedAt: at}})
	if err != nil {
		return 0, err
	}
	if readings[0].Event != nil {
		return 0, fmt.Errorf("the demo's item can be used: %s", item)
	}
	u := readings[0].Unusable
	u.Raw, u.ReceivedAt = []byte(item), at
	if _, err := v.Store.AddEvents(ctx, source.ID, nil, []store.Unusable{u}); err != nil {
		return 0, err
	}
	newest, err := v.Store.Quarantine(ctx, store.QuarantineFilter{SourceID: source.ID}, "", 1)
	if err != nil {
		return 0, err
	}
	return newest.Rows[0].ID, nil
}

func (v filler) addReconnection(ctx context.Context, name, id, profile string, at time.Time) error {
	source, err := v.Store.AddSource(ctx, name)
	if err != nil {
		return err
	}
	known, err := v.Store.KnownProfiles(ctx, []string{profile})
	if err != nil {
		return err
	}
	network := domain.Instagram
	if p, ok := known[profile]; ok {
		network = p.Network
	}
	_, err = v.Store.AddEvents(ctx, source.ID, []store.NewEvent{{ArrivedAt: at, Event: domain.Event{
		SourceEventID: id, Type: domain.Reconnected, ProfileID: profile, Network: network, OccurredAt: at,
	}}}, nil)
	return err
}

// numbered writes a number for each § of an item.
func numbered(item string, n int) string {
	return strings.ReplaceAll(item, "§", fmt.Sprint(n))
}
