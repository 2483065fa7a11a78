package reports_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// wordsOf returns what the catalogue says of a reason in English, so that the
// tests of pages hold whatever it says.
func wordsOf(t *testing.T, id domain.ReasonID) catalog.Words {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Words(id, catalog.English)
}

func TestCatalogCountsErrorsAndParsers(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.PM)
	for range 3 {
		storetest.Event(t, s.Store, storetest.Parsed("lost-role"))
	}
	title := wordsOf(t, "facebook.lost-role").Title
	page := s.Open(t, "/reasons?network=facebook&category=access&side=")
	row := htmltest.Row(page, title)
	if !strings.HasSuffix(row, "lost-role access yes, after the steps an admin of the account 3 3") {
		t.Errorf("the row reads %q", row)
	}
	if to := htmltest.Link(page, title); to != "/reasons/facebook.lost-role" {
		t.Errorf("it leads to %q", to)
	}
	if htmltest.Text(htmltest.Inside(page, "main")[0]) == "" || strings.Contains(htmltest.Text(page), "token-expired") {
		t.Error("reasons of another category are listed")
	}
	if words := htmltest.Text(s.Open(t, "/reasons?network=facebook&category=access&side=us")); !strings.Contains(words, "No reasons match this filter") {
		t.Errorf("a filter that nothing matches shows %q", words)
	}
	csv := s.Get("/reasons.csv?category=access&network=facebook").Body.String()
	if !strings.Contains(csv, "\nfacebook.lost-role,facebook,lost-role,access,"+title+",after-steps,admin,false,3,3\n") {
		t.Errorf("as CSV: %s", csv)
	}
}

func TestReasonSaysAllThatIsKnown(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Engineer)
	storetest.Event(t, s.Store, func(e *store.NewEvent) {
		e.Verdict = domain.Verdict{Reason: "facebook.user-changed-password", Parser: "session-password-changed", Ruleset: 1}
	})
	page := s.Open(t, "/reasons/facebook.user-changed-password")
	words, said := htmltest.Text(page), wordsOf(t, "facebook.user-changed-password")
	for _, want := range []string{
		"1 error in 30 days", said.Title, said.Message, said.Steps[0], said.Prevent, said.SupportSay, said.SupportAvoid,
		"Reconnecting helps yes", "Who can cure it the customer", "Clears by itself no", "Subcode 460 of code 190", "Must match, 1, status 400",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if to := htmltest.Link(page, "session-password-changed"); to != "/parsers/facebook.session-password-changed" {
		t.Errorf("its parser leads to %q", to)
	}
	if row := htmltest.Row(page, "1 session-password-changed"); !strings.HasSuffix(row, "built in 1") {
		t.Errorf("the parser's row reads %q", row)
	}
	if to := htmltest.Link(page, "1"); !strings.HasPrefix(to, "/disconnections?from=") || !strings.HasSuffix(to, "&reason=facebook.user-changed-password&to="+to[len(to)-24:]) {
		t.Errorf("its errors are at %q", to)
	}
}

// A reason that only a promoted parser knows is listed, counted and explained
// like those of the catalogue's files.
func TestReasonFoundOnTheDashboard(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	const found = "facebook.account-deleted" // not in facebook's file, but in every test's database
	storetest.Event(t, s.Store, storetest.Parsed("account-deleted"))
	said := wordsOf(t, found)
	if said.Title == "" {
		t.Fatal("there are no words")
	}
	if row := htmltest.Row(s.Open(t, "/reasons?network=facebook"), said.Title); !strings.HasSuffix(row, "0 1") {
		t.Errorf("its row reads %q", row)
	}
	words := htmltest.Text(s.Open(t, "/reasons/"+found))
	for _, want := range []string{said.Title, said.Message, said.SupportSay, "1 error in 30 days", "no note about it yet"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Samples are what networks answer, which a product manager does not see.
func TestReasonHidesSamplesFromProductManagers(t *testing.T) {
	t.Parallel()
	page := servicetest.SignedIn(t, domain.PM).Open(t, "/reasons/facebook.user-changed-password")
	if words := htmltest.Text(page); strings.Contains(words, "Must match,") || htmltest.Link(page, "session-password-changed") != "" {
		t.Errorf("a product manager reads %q", words)
	}
}

func TestReasonInAnUnknownLanguageIsEnglish(t *testing.T) {
	t.Parallel()
	words := htmltest.Text(servicetest.SignedIn(t, domain.Support).Open(t, "/reasons/facebook.lost-role?locale=xx"))
	if !strings.Contains(words, wordsOf(t, "facebook.lost-role").Steps[0]) || strings.Contains(words, "no translation") {
		t.Errorf("it reads %q", words)
	}
}

func TestUnknownReasonsAreNotFound(t *testing.T) {
	t.Parallel()
	s := servicetest.SignedIn(t, domain.Support)
	for _, id := range []string{"facebook.nothing", "nowhere.token-expired", "facebook", "%00", "%ff.%fe", strings.Repeat("a", 4000)} {
		if w := s.Get("/reasons/" + id); w.Code != http.StatusNotFound {
			t.Errorf("%.20q answers %d", id, w.Code)
		}
	}
}
