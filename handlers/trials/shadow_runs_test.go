package trials_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain/explain"
	"wherefore/domain/parse"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// arrives lets errors of facebook arrive, the shadows being asked.
func arrives(t *testing.T, d *servicetest.Desk, errors ...string) {
	t.Helper()
	running, err := d.Store.RunningShadows(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var shadows []explain.Shadow
	for _, s := range running {
		p, err := parse.NewParser(s.ParserSpec)
		if err != nil {
			t.Fatal(err)
		}
		shadows = append(shadows, explain.Shadow{ID: s.ID, Parser: p, After: s.After})
	}
	d.Engine.SwapShadows("facebook", shadows)
	var events []store.NewEvent
	for _, raw := range errors {
		events = append(events, storetest.NewEvent(func(e *store.NewEvent) {
			e.Raw, e.Status = []byte(raw), 0
			x := d.Engine.Explain(e.Network, 0, e.Raw)
			e.Facts, e.Verdict = x.Facts, x.Verdict
			e.Shadows = d.Engine.ShadowMatches(e.Network, e.Facts, e.Verdict)
		}))
	}
	storetest.Add(t, d.Store, storetest.Source(t, d.Store).ID, events...)
}

func TestCandidateRunsInTheShadow(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	w := d.Post("/parsers/shadow", servicetest.Candidate("condition", `code in ["2", "91"]`)...)
	page := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(page, "/shadows/") || d.Version(t) != 1 {
		t.Fatalf("answers %d, to %s: %s", w.Code, page, w.Body)
	}
	arrives(t, d, servicetest.Quasar(1), servicetest.Quasar(2), servicetest.Outage, "other words")
	root := htmltest.Page(t, d.Get(page), http.StatusOK)
	text := htmltest.Text(htmltest.Inside(root, "main")[0])
	for _, want := range []string{"3 matches", "seen in the field", "It matched 3 errors"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
	verdicts := htmltest.Rows(htmltest.ByID(root, "verdicts"))
	if len(verdicts) != 2 || verdicts[0][0] != "explained them" || verdicts[0][3] != "2" || verdicts[1][0] != "said something else" {
		t.Errorf("verdicts %q", verdicts)
	}
	for _, link := range htmltest.Links(htmltest.ByID(root, "verdicts")) {
		if strings.Contains(link, "parser=-") {
			if got := htmltest.Rows(htmltest.ByID(htmltest.Page(t, d.Get(strings.TrimSuffix(link, "#events")), http.StatusOK), "events")); len(got) != 2 {
				t.Errorf("%s lists %q", link, got)
			}
		}
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)); !strings.Contains(text, "In the shadow") {
		t.Error("the ruleset's page does not tell of it")
	}

	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?shadow="+strings.TrimPrefix(page, "/shadows/")), http.StatusOK))
	if form["condition"] != `code in ["2", "91"]` || form["name"] != "quasar-misaligned" || form["reason"] != "facebook.app-misconfigured" {
		t.Errorf("the workbench begins with %q", form)
	}
	form = htmltest.Form(htmltest.Page(t, d.SendForm("/parsers/trial", form), http.StatusOK))
	form["accept facebook.platform-outage facebook.app-misconfigured"] = "it is ours"
	if w := d.SendForm("/parsers/promote", form, "why", "the shadow was right"); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting answers %d: %s", w.Code, w.Body)
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get(page), http.StatusOK)); !strings.Contains(text, "ended") {
		t.Errorf("after its promotion the shadow is %s", text)
	}
}

func TestShadowsThatCannotBe(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	for _, change := range [][]string{
		{"reason", "x.token-expired"}, {"condition", "code =="}, {"name", ""}, {"why", ""}, {"after", "gone"},
	} {
		htmltest.Page(t, d.Post("/parsers/shadow", servicetest.Candidate(change...)...), http.StatusUnprocessableEntity)
	}
	for _, path := range []string{"/shadows/9", "/shadows/x", "/parsers/new?shadow=9"} {
		htmltest.Page(t, d.Get(path), http.StatusNotFound)
	}
	htmltest.Page(t, d.Get("/parsers/new?shadow=x"), http.StatusUnprocessableEntity)
	htmltest.Page(t, d.Post("/shadows/9/end"), http.StatusNotFound)
	to := d.Post("/parsers/shadow", servicetest.Candidate()...).Header().Get("Location")
	if w := d.Post(to + "/end"); w.Code != http.StatusSeeOther {
		t.Errorf("ending answers %d", w.Code)
	}
}
