package store_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// program is what a program of a catalogue version brings along for facebook.
func program(version int, specs ...domain.ParserSpec) store.Catalog {
	digest := ""
	for _, s := range specs {
		digest += s.Name + " "
	}
	return store.Catalog{
		Version: domain.CatalogVersion{Number: version, Digest: digest},
		Reasons: []domain.ReasonID{domain.Reason(domain.Facebook, "token-expired")},
		Parsers: map[domain.Network][]domain.ParserSpec{domain.Facebook: specs},
	}
}

func TestOlderProgramsTakeNothingAway(t *testing.T) {
	t.Parallel()
	database := storetest.URL(t)
	s, db := storetest.Open(t, database), storetest.DB(t, database)
	a, b := spec("a", "token-expired"), spec("b", "rate-limited")
	old, newer, other := program(1, a), program(2, a, b), program(2, b)
	for i, step := range []struct {
		program  store.Catalog
		standing domain.Standing
		live     []string
	}{
		{old, domain.StandingNewer, []string{"[a]"}},
		{old, domain.StandingLive, []string{"[a]"}},
		{newer, domain.StandingNewer, []string{"[a]", "[b]"}},
		{old, domain.StandingOlder, []string{"[a]", "[b]"}},
		{other, domain.StandingDiffers, []string{"[a]", "[b]"}},
		{newer, domain.StandingLive, []string{"[a]", "[b]"}},
		{program(3, b), domain.StandingNewer, []string{"[b]"}},
		{newer, domain.StandingOlder, []string{"[b]"}},
	} {
		if got := must(s.SyncCatalog(t.Context(), step.program))(t); got != step.standing {
			t.Errorf("step %d: it stands %q", i, got)
		}
		if got := names(t, s); !slices.Equal(got, step.live) {
			t.Errorf("step %d: live are %v", i, got)
		}
	}
	if v := must(s.LiveVersions(t.Context()))(t)[domain.Facebook]; v != 3 {
		t.Errorf("version %d", v)
	}
	// Reasons, too, stay as the newer program wrote them.
	if _, err := db.ExecContext(t.Context(), `UPDATE reasons SET category = 'app' WHERE id = 'facebook.token-expired'`); err != nil {
		t.Fatal(err)
	}
	must(s.SyncCatalog(t.Context(), old))(t)
	var category string
	if err := db.QueryRowContext(t.Context(), `SELECT category FROM reasons WHERE id = 'facebook.token-expired'`).Scan(&category); err != nil || category != "app" {
		t.Errorf("category %q, %v", category, err)
	}
}

// Whatever programs start in whatever order, the live built-in parsers are those
// of the newest one that was started so far, and a version is made only when
// they change.
func TestNewestProgramWins(t *testing.T) {
	t.Parallel()
	programs := []store.Catalog{
		program(1, spec("a", "token-expired")),
		program(2, spec("b", "rate-limited"), spec("a", "token-expired")),
		program(3, spec("c", "bad-request")),
	}
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		if runs++; runs > 20 {
			return // each takes a database of its own
		}
		s := storetest.New(t)
		newest, made := -1, 0
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, 2), 1, 6).Draw(rt, "starts") {
			must(s.SyncCatalog(t.Context(), programs[i]))(t)
			if i > newest {
				newest, made = i, made+1
			}
			var want []string
			for _, p := range programs[newest].Parsers[domain.Facebook] {
				want = append(want, "["+p.Name+"]")
			}
			if got := names(t, s); !slices.Equal(got, want) || must(s.LiveVersions(t.Context()))(t)[domain.Facebook] != made {
				rt.Fatalf("live are %v, want %v as version %d", got, want, made)
			}
		}
	})
}
