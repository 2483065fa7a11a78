package demo

import (
	"log/slog"
	"net/url"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/service"
)

// The demo's look-ups have all results that a directory which works most of the time
// gives, and what waits for it is said so.
func TestDemoHasADirectory(t *testing.T) {
	t.Parallel()
	address, dir := storetest.URL(t), t.TempDir()
	s := storetest.Open(t, address)
	var query string
	for range 2 { // what is there stays
		var err error
		if query, err = Directory(t.Context(), s, dir); err != nil || query == "" {
			t.Fatalf("the directory is %q, %v", query, err)
		}
	}
	d := storetest.Directory(t, address, query)
	c := service.Config{BaseURL: &url.URL{Scheme: "http", Host: "localhost:1"}, SessionKeys: [][]byte{make([]byte, 32)}, QuarantineDays: 30, Directory: d}
	v, err := service.New(t.Context(), c, s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	f := filler{v, Config{DataDir: dir, Log: slog.New(slog.DiscardHandler)}}
	end := time.Now()
	if err := f.addEvents(t.Context(), relayName, newHistory(v.Catalog, historySeed, end)); err != nil {
		t.Fatal(err)
	}
	if err := f.addQuarantine(t.Context(), end); err != nil {
		t.Fatal(err)
	}
	reports, err := s.Lookups(t.Context(), end.AddDate(0, 0, -1), end.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var sum store.LookupReport
	for _, r := range reports {
		if r.Source == relayName && r.Found > 0 && (len(r.Samples) == 0 || r.Since.IsZero()) {
			t.Errorf("%+v", r)
		}
		sum.Found, sum.Unknown, sum.Unavailable = sum.Found+r.Found, sum.Unknown+r.Unknown, sum.Unavailable+r.Unavailable
	}
	if sum.Found == 0 || sum.Unknown == 0 || sum.Unavailable == 0 {
		t.Errorf("look-ups are %+v", reports)
	}
	waiting := 0
	list, err := s.Quarantine(t.Context(), store.QuarantineFilter{}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range list.Rows {
		if q.ReplayAt != nil {
			waiting++
		}
	}
	if waiting == 0 {
		t.Error("nothing waits for the directory")
	}
}

// What the history says was found is what the directory says.
func TestDemoDirectoryKnowsWhatItsHistoryFound(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	query, err := Directory(t.Context(), storetest.Open(t, address), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := storetest.Directory(t, address, query)
	found := 0
	for _, e := range newHistory(loadCatalog(t), historySeed, testEnd) {
		if e.Source != relayName {
			continue
		}
		found++
		p := d.Profiles(t.Context(), []string{e.ProfileID})[e.ProfileID].Profile
		if domain.Network(p.Network) != e.Network || e.ProfileName != "" && p.ProfileName != e.ProfileName || e.CredentialID != "" && p.CredentialID != e.CredentialID {
			t.Errorf("%+v is %+v in the directory", e, p)
		}
	}
	if found == 0 {
		t.Error("the relay reports nothing")
	}
}

func TestDemoDirectoryIsNotMadeBesideOtherEvents(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	storetest.Event(t, s)
	if query, err := Directory(t.Context(), s, t.TempDir()); err != nil || query != "" {
		t.Errorf("the directory is %q, %v", query, err)
	}
}
