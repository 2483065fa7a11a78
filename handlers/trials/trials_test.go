package trials_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// startTrial asks for a trial in full and returns its address.
func startTrial(t *testing.T, d *servicetest.Desk, change ...string) string {
	t.Helper()
	w := d.Post("/trials", servicetest.Candidate(change...)...)
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/trials/") {
		t.Fatalf("answers %d, to %q", w.Code, to)
	}
	return to
}

func runTrial(t *testing.T, d *servicetest.Desk) {
	t.Helper()
	claim, found := storetest.Claim(t, d.Store, store.JobFilter{Kind: store.JobTrial})
	read := func(e store.StoredEvent) facts.Facts { return d.Engine.ReadFacts(e.Network, e.Status, e.Raw) }
	if err := d.Store.RunTrialJob(t.Context(), claim, read, nil); !found || err != nil {
		t.Fatalf("found %t, %v", found, err)
	}
}

func TestTrialInFull(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	at := startTrial(t, d)
	waiting := htmltest.Page(t, d.Get(at), http.StatusOK)
	if text := htmltest.Text(waiting); !strings.Contains(text, "It begins within a second") || htmltest.Attribute(htmltest.ByID(waiting, "progress"), "hx-get") != at {
		t.Errorf("it waits: %s", text)
	}
	runTrial(t, d)
	done := htmltest.Page(t, d.Get(at), http.StatusOK)
	if got := servicetest.Buckets(done); len(got) != 6 || got[0] != 3 || got[5] != 1 {
		t.Errorf("buckets %v", got)
	}
	list := htmltest.Rows(htmltest.Section(t, htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK), "trials"))
	if len(list) != 1 || !slices.Equal(list[0][:3], []string{"Trial of quasar-misaligned", "done", "1"}) || list[0][5] != "3 newly explained" {
		t.Errorf("listed as %q", list)
	}
	for _, want := range []string{"Trial of quasar-misaligned", "By source", "By cluster", "What a customer would read", "on 5 stored errors of Facebook"} {
		if !strings.Contains(htmltest.Text(done), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	bench := htmltest.Page(t, d.Get(htmltest.Link(done, "Go on in the workbench")), http.StatusOK)
	if form := htmltest.Form(bench); form["condition"] != `code == "91"` || form["reason"] != "facebook.app-misconfigured" || form["name"] != "quasar-misaligned" {
		t.Errorf("the workbench has %q", form)
	}
}

// Every number of a trial leads to as many errors.
func TestTrialNumbersOpenTheirErrors(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	at := startTrial(t, d, "condition", `code in ["91", "2"]`)
	runTrial(t, d)
	followed := 0
	for _, a := range htmltest.Inside(htmltest.Page(t, d.Get(at), http.StatusOK), "a") {
		to := htmltest.Attribute(a, "href")
		if !strings.HasPrefix(to, at+"/events") {
			continue
		}
		list := htmltest.Page(t, d.Get(to), http.StatusOK)
		number := regexp.MustCompile(`^(All )?[0-9]+$`).FindString(htmltest.Text(a))
		number = strings.TrimPrefix(number, "All ")
		if want, err := strconv.Atoi(number); err == nil {
			followed++
			got := 0
			if tables := htmltest.Inside(list, "table"); len(tables) > 0 {
				got = len(htmltest.Rows(tables[0]))
			}
			if got != want || !strings.Contains(htmltest.Text(list), number+" error") {
				t.Errorf("%s: %d errors under %s, %s", htmltest.Text(a), got, to, htmltest.Text(byTag(list, "h1")))
			}
		}
	}
	if followed < 8 {
		t.Errorf("only %d numbers lead to their errors", followed)
	}
}

func TestTrialListAsCSV(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	at := startTrial(t, d)
	runTrial(t, d)
	lines := strings.Split(strings.TrimSpace(d.Get(at+"/events.csv?bucket=newly-explained").Body.String()), "\n")
	if len(lines) != 4 || !strings.HasSuffix(lines[0], ",message") || !strings.Contains(lines[1], ",newly-explained,,facebook.app-misconfigured,quasar-misaligned,The quasar") {
		t.Errorf("got %q", lines)
	}
	d.SignInAs(t, domain.PM)
	if text := d.Get(at + "/events.csv").Body.String(); strings.Contains(text, "quasar of") {
		t.Errorf("shows who may not see errors %q", text)
	}
}

func byTag(root *html.Node, name string) *html.Node { return htmltest.Inside(root, name)[0] }

func TestTrialListRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	at := startTrial(t, d)
	if w := d.Get(at + "/events"); w.Code != http.StatusSeeOther {
		t.Errorf("the list of a trial that waits answers %d", w.Code)
	}
	runTrial(t, d)
	for query, want := range map[string]int{
		"?bucket=x": 422, "?source=x": 422, "?cluster=-1": 422, "?day=x": 422, "?page=x": 422, "?parser=none": 200, "?source=99999": 200, "?day=2001-01-01": 200,
	} {
		if w := d.Get(at + "/events" + query); w.Code != want {
			t.Errorf("%s answers %d, want %d", query, w.Code, want)
		}
	}
	for _, none := range []string{"/trials/0", "/trials/x", "/trials/99999", "/trials/99999999999999999999"} {
		if w := d.Get(none); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", none, w.Code)
		}
	}
}

func TestTrialIsCancelledOnItsPage(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	at := startTrial(t, d)
	if w := d.Post(at + "/cancel"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != at {
		t.Fatalf("answers %d", w.Code)
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get(at), http.StatusOK)); !strings.Contains(text, "The trial was cancelled") {
		t.Errorf("it says %s", text)
	}
	poll := httptest.NewRequest(http.MethodGet, at, nil)
	poll.Header.Set("HX-Request", "true")
	if w := d.Send(poll); w.Header().Get("HX-Refresh") != "true" {
		t.Error("a page that polls is not told to load")
	}
}

func TestTrialHidesErrorsFromWhoMayNotSeeThem(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	at := startTrial(t, d)
	runTrial(t, d)
	d.SignInAs(t, domain.PM)
	for _, path := range []string{at, at + "/events?bucket=newly-explained"} {
		page := htmltest.Page(t, d.Get(path), http.StatusOK)
		if text := htmltest.Text(page); strings.Contains(text, "object 1") || !strings.Contains(text, "hidden from your role") || htmltest.Link(page, "Go on in the workbench") != "" {
			t.Errorf("%s says %s", path, text)
		}
	}
}
