package store_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// storeLives stores what happened to profiles, an hour apart each, in letters:
// e is disconnected with token-expired, r is disconnected with lost-role, u is
// disconnected unparsed, f is a failed call with rate-limited, + is reconnected
// and a blank is nothing.
func storeLives(t *testing.T, s *store.Store, network domain.Network, lives map[string]string) {
	t.Helper()
	changes := map[rune][]func(*store.NewEvent){
		'e': {on(network), storetest.Parsed("token-expired")},
		'r': {on(network), storetest.Parsed("lost-role")},
		'u': {on(network)},
		'f': {on(network), storetest.Parsed("rate-limited"), failed},
		'+': {on(network), reconnected},
	}
	source := storetest.Source(t, s)
	for profile, life := range lives {
		for hour, letter := range []rune(life) {
			if letter != ' ' {
				storetest.Add(t, s, source.ID, storetest.NewEvent(append(changes[letter], func(e *store.NewEvent) {
					e.ProfileID, e.OccurredAt = profile, start.Add(time.Duration(hour)*time.Hour)
				})...))
			}
		}
	}
}

func TestImpactsTellRepeatsAndTimesToReconnect(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	storeLives(t, s, domain.Facebook, map[string]string{
		"p1": "e+  e   +", // twice, cured after 1 and 4 hours
		"p2": "eef +",     // said twice while down: once cured, after 4 hours
		"p3": "e",         // not cured
		"p4": "ff r  +",
	})
	storeLives(t, s, domain.X, map[string]string{"p5": "u+"})
	all := store.ImpactFilter{From: start, To: start.Add(24 * time.Hour)}
	expired := store.Impact{Profiles: 3, Disconnected: 3, Repeated: 2, Spells: 4, Cured: 3, MedianCure: 4 * time.Hour}
	role := store.Impact{Profiles: 1, Disconnected: 1, Spells: 1, Cured: 1, MedianCure: 3 * time.Hour}
	limited := store.Impact{Profiles: 2}
	unparsed := store.Impact{Profiles: 1, Disconnected: 1, Spells: 1, Cured: 1, MedianCure: time.Hour}
	for name, c := range map[string]struct {
		change func(*store.ImpactFilter)
		want   map[string]store.Impact
	}{
		"all": {func(*store.ImpactFilter) {}, map[string]store.Impact{
			"facebook.token-expired": expired, "facebook.lost-role": role, "facebook.rate-limited": limited, "": unparsed}},
		"network": {func(f *store.ImpactFilter) { f.Network = domain.X }, map[string]store.Impact{"": unparsed}},
		"reasons": {func(f *store.ImpactFilter) { f.Reasons = []domain.ReasonID{"facebook.lost-role", ""} },
			map[string]store.Impact{"facebook.lost-role": role, "": unparsed}},
		"no reason":    {func(f *store.ImpactFilter) { f.Reasons = []domain.ReasonID{} }, map[string]store.Impact{}},
		"failed calls": {func(f *store.ImpactFilter) { f.Type = domain.Failed }, map[string]store.Impact{"facebook.rate-limited": limited}},
		"by network":   {func(f *store.ImpactFilter) { f.By, f.Network = store.ByNetwork, domain.X }, map[string]store.Impact{"x": unparsed}},
		"by category": {func(f *store.ImpactFilter) { f.By, f.Type = store.ByCategory, domain.Disconnected },
			map[string]store.Impact{"reconnect": expired, "access": role, "": unparsed}},
		"an hour": {func(f *store.ImpactFilter) { f.To = start.Add(time.Hour); f.Network = domain.Facebook }, map[string]store.Impact{
			"facebook.token-expired": {Profiles: 3, Disconnected: 3, Spells: 3, Cured: 2, MedianCure: 150 * time.Minute},
			"facebook.rate-limited":  {Profiles: 1}}},
	} {
		f := all
		c.change(&f)
		if got := must(s.Impacts(t.Context(), f))(t); !maps.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestImpactsHaveADeadline(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := s.Impacts(ctx, store.ImpactFilter{}); err == nil {
		t.Error("a deadline that has passed gives impacts")
	}
}

// A spell is one of the profile's whole life: it counts in the period in which it began,
// whatever was said later, and is cured however late.
func TestSpellsCountWhereTheyBegan(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	storeLives(t, s, domain.Facebook, map[string]string{
		"before": "e  e +", // began before the period, said again in it
		"inside": "  e  +",
		"behind": "  e      +",
		"ended":  "e + r",
		"edge":   "    e", // in the hour behind the period
	})
	f := store.ImpactFilter{From: start.Add(2 * time.Hour), To: start.Add(4 * time.Hour)}
	want := map[string]store.Impact{
		"facebook.token-expired": {Profiles: 3, Disconnected: 3, Spells: 2, Cured: 2, MedianCure: 5 * time.Hour},
	}
	if got := must(s.Impacts(t.Context(), f))(t); !maps.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
