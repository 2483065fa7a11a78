package profiles_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/handlers/profiles"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/views"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func named(id, name string) func(*store.NewEvent) {
	return func(e *store.NewEvent) { e.ProfileID, e.ProfileName = id, name }
}

func TestOneProfileFoundIsOpened(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	event := storetest.Event(t, s.Store, named("p-1", "Bakery"), func(e *store.NewEvent) {
		e.SourceEventID, e.OwnerID, e.CredentialID = "sent-1", "owner-1", "credential-1"
	})
	storetest.Event(t, s.Store, named("q/2", "Brewery"))
	for asked, want := range map[string]string{
		"p-1": "/profiles/p-1", " bakery ": "/profiles/p-1", event: "/profiles/p-1", "sent-1": "/profiles/p-1",
		"owner-1": "/profiles/p-1", "credential-1": "/profiles/p-1", "q/": "/profile?id=q%2F2",
	} {
		w := s.Get("/profiles?q=" + url.QueryEscape(asked))
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%q answers %d, to %s, want %s", asked, w.Code, w.Header().Get("Location"), want)
		}
	}
}

func TestProfilesFoundAreListed(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	for i := range profiles.ProfilesFound + 1 {
		storetest.Event(t, s.Store, storetest.Parsed("lost-role"), named(fmt.Sprintf("p-%03d", i), "=Bakery"))
	}
	storetest.Event(t, s.Store, named("q-1", "Cafe"))
	storetest.Event(t, s.Store, named("q-2", "Cafe"))
	page := s.Open(t, "/profiles?q=cafe")
	if htmltest.Total(page) != "2 profiles match “cafe”" || htmltest.RowCount(page) != 2 || htmltest.Link(page, "Cafe") != "/profiles/q-1" {
		t.Errorf("%q with %d rows", htmltest.Total(page), htmltest.RowCount(page))
	}
	page = s.Open(t, "/profiles?q=p-")
	if !strings.HasPrefix(htmltest.Total(page), "the first 50 of 51 that match “p-”; the CSV has all") || htmltest.RowCount(page) != profiles.ProfilesFound {
		t.Errorf("%q with %d rows", htmltest.Total(page), htmltest.RowCount(page))
	}
	if csv := s.Get(htmltest.Link(page, "Download CSV")).Body.String(); strings.Count(csv, ",'=Bakery,facebook,disconnected,") != profiles.ProfilesFound+1 {
		t.Errorf("as CSV: %s", csv)
	}
	if words := htmltest.Text(s.Open(t, "/profiles?q=nobody")); !strings.Contains(words, "No profiles match this filter") {
		t.Errorf("nothing found: %s", words)
	}
	if words := htmltest.Text(s.Open(t, "/profiles")); !strings.Contains(words, "Find the profile of a customer") {
		t.Errorf("nothing asked: %s", words)
	}
	for _, odd := range []string{"%00", "%ff%fe", "%E2%80%AE", "%25", "'", strings.Repeat("9", 5000)} {
		if w := s.Get("/profiles?q=" + odd); w.Code != http.StatusOK {
			t.Errorf("%.20q answers %d", odd, w.Code)
		}
	}
}

// A download of profiles has each one that is found once, however many there are
// and by however many things each is found.
func TestProfilesCSVHasAll(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	var events []store.NewEvent
	const many = 2*profiles.ProfilesAtOnce + 1
	for i := range many {
		events = append(events, storetest.NewEvent(named(fmt.Sprintf("shop-%d", i), "Shop"), func(e *store.NewEvent) { e.OwnerID = "shop" }))
	}
	storetest.Add(t, s.Store, storetest.Source(t, s.Store).ID, events...)
	if got := htmltest.Total(s.Open(t, "/profiles?q=shop")); got != "the first 50 of 2,001 that match “shop”; the CSV has all" {
		t.Errorf("the page says %q", got)
	}
	file, err := csv.NewReader(s.Get("/profiles.csv?q=shop").Body).ReadAll()
	ids := map[string]bool{}
	for _, row := range file {
		ids[row[0]] = true
		if row[8] != "owner" && row[8] != "found_by" {
			t.Fatalf("%s is found by %s, not by the first of all", row[0], row[8])
		}
	}
	if err != nil || len(file) != 1+many || len(ids) != 1+many {
		t.Errorf("%d rows of %d profiles, %v", len(file), len(ids), err)
	}
}

func TestProfileSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	say := s.Catalog.Words("facebook.user-changed-password", "en")
	at := func(hours int) func(*store.NewEvent) { return storetest.Ago(time.Duration(hours) * time.Hour) }
	storetest.Event(t, s.Store, named("p-1", "Bakery"), storetest.Parsed("user-changed-password"), at(50))
	storetest.Event(t, s.Store, named("p-1", "Bakery"), storetest.OfType(domain.Reconnected), at(45))
	storetest.Event(t, s.Store, named("p-1", "Bakery"), storetest.Parsed("rate-limited"), storetest.OfType(domain.Failed), at(40))
	id := storetest.Event(t, s.Store, named("p-1", "Bakery"), storetest.Parsed("user-changed-password"), at(3))
	page := s.Open(t, "/profiles/p-1")
	words := htmltest.Text(page)
	for _, want := range []string{
		"Bakery disconnected on Facebook, disconnected for 3 h", say.Title + " 3 h ago",
		"Will reconnecting help? Yes", "Caused by Customer", "Clears by itself? No", "Disconnected for it 2 times",
		say.Message + " 1. " + say.Steps[0], "4 events of all time",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if htmltest.Detail(page, "Do not say") != say.SupportAvoid || htmltest.Link(page, "See the event") != "/events/"+id {
		t.Errorf("support may not say %q", htmltest.Detail(page, "Do not say"))
	}
	if row := htmltest.Row(page, "1 day ago reconnected"); row != "1 day ago reconnected 5 h "+rowSource(row) {
		t.Errorf("the reconnection reads %q", row)
	}
	if to := htmltest.Link(page, "2 times"); htmltest.RowCount(s.Open(t, to)) != 2 {
		t.Errorf("2 times leads to %s", to)
	}
	if strings.Contains(words, "made for a test") {
		t.Error("the page shows a raw error")
	}
	csv := s.Get(htmltest.Link(page, "Download CSV")).Body.String()
	if strings.Count(csv, "\n") != 5 || !strings.Contains(csv, ",reconnected,,,") {
		t.Errorf("as CSV: %s", csv)
	}
}

// rowSource is a row's last word.
func rowSource(row string) string { return row[strings.LastIndex(row, " ")+1:] }

func TestReplyIsInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	storetest.Event(t, s.Store, named("p-1", ""), storetest.Parsed("token-expired"))
	for _, locale := range []string{"en", "fr", "es", "de", "pt", "ja", "xx", "pt_BR", "de_AT", "fr-CH, fr;q=0.9"} {
		page := s.Open(t, "/profiles/p-1?locale="+url.QueryEscape(locale))
		want := s.Catalog.Words("facebook.token-expired", locale)
		for _, p := range htmltest.Inside(page, "p") {
			if htmltest.Attribute(p, "id") == "reply-text" && (htmltest.Attribute(p, "lang") != want.Locale || !strings.Contains(htmltest.Text(p), want.Steps[0])) {
				t.Errorf("%q: the reply is %s: %s", locale, htmltest.Attribute(p, "lang"), htmltest.Text(p))
			}
		}
	}
}

func TestUnparsedAndHealthyProfilesBlameNobody(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	storetest.Event(t, s.Store, named("p-1", ""))
	storetest.Event(t, s.Store, named("p-2", ""), storetest.OfType(domain.Reconnected))
	if words := htmltest.Text(s.Open(t, "/profiles/p-1")); !strings.Contains(words, "Will reconnecting help? Not known") {
		t.Errorf("unparsed: %s", words)
	}
	if words := htmltest.Text(s.Open(t, "/profiles/p-2")); !strings.Contains(words, "Nothing is wrong") || strings.Contains(words, "Reply to the customer") {
		t.Errorf("reconnected: %s", words)
	}
}

func TestSiblingsShareACredentialOrAnOwner(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	for id, ids := range map[string][2]string{"p-1": {"o", "c"}, "p-2": {"o", "c"}, "p-3": {"o", "d"}, "p-4": {"n", "d"}} {
		storetest.Event(t, s.Store, named(id, "Shop "+id), func(e *store.NewEvent) { e.OwnerID, e.CredentialID = ids[0], ids[1] })
	}
	words := htmltest.Text(s.Open(t, "/profiles/p-1"))
	if !strings.Contains(words, "Siblings 2 of 2 disconnected") || !strings.Contains(words, "Shop p-2 Facebook · same credential") ||
		!strings.Contains(words, "Shop p-3 Facebook · same owner") || strings.Contains(words, "Shop p-4") {
		t.Errorf("it reads %s", words)
	}
}

func TestProfilesOfAnyIDHaveAPage(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	for _, id := range []string{".", "..", "/", "a/b", "a/../b", " ", "a b", "?x=1#y", "%2F", "שלום", "👩‍💻", "\u202e", strings.Repeat("W", 255)} {
		storetest.Event(t, s.Store, named(id, ""))
		page := s.Open(t, string(views.ProfileURL(id)))
		if words := htmltest.Text(page); !strings.Contains(words, "State since") {
			t.Errorf("%q: %s", id, words)
		}
	}
	for _, id := range []string{"nobody", "%00", "%ff", "..%2f", strings.Repeat("9", 5000)} {
		for _, path := range []string{"/profiles/" + id, "/profiles/" + id + "/timeline.csv"} {
			if w := s.Get(path); w.Code != http.StatusNotFound {
				t.Errorf("%.30s answers %d", path, w.Code)
			}
		}
	}
}

func TestTimelinePagesByKey(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	source := storetest.Source(t, s.Store)
	for i := range profiles.TimelinePerPage + 1 {
		storetest.Add(t, s.Store, source.ID, storetest.NewEvent(named("p-1", ""), storetest.Ago(time.Duration(i)*time.Minute)))
	}
	page := s.Open(t, "/profiles/p-1?locale=fr")
	older := htmltest.Link(page, "Older →")
	if htmltest.RowCount(page) != profiles.TimelinePerPage || !strings.Contains(older, "locale=fr") || !strings.HasSuffix(older, "#timeline") {
		t.Errorf("%d rows, older at %q", htmltest.RowCount(page), older)
	}
	page = s.Open(t, strings.TrimSuffix(older, "#timeline"))
	if htmltest.RowCount(page) != 1 || htmltest.Link(page, "← Newer") == "" {
		t.Errorf("%d rows on the last page", htmltest.RowCount(page))
	}
	if w := s.Get("/profiles/p-1?page=nowhere"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a made-up page answers %d", w.Code)
	}
}
