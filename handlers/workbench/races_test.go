package workbench_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"wherefore/domain"
	"wherefore/views"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// Of two engineers who promote at once one does, and the other's page comes back
// with what came between and with what would happen now.
func TestTwoEngineersPromoteAtOnce(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	desks := []*servicetest.Desk{d, d.Another(t, domain.Admin)}
	for round := range 4 {
		var answers [2]*httptest.ResponseRecorder
		var both sync.WaitGroup
		var forms [2]map[string]string // both are filled in before one is sent
		for i, own := range desks {
			forms[i] = own.Tried(t, "name", fmt.Sprintf("mine-%d-%d", round, i), "condition", fmt.Sprintf(`code == "9%d%d"`, round, i))
		}
		for i, own := range desks {
			both.Go(func() {
				answers[i] = own.SendForm("/parsers/promote", forms[i], "why", fmt.Sprint("as seen by ", i), views.NoEffectField, "yes")
			})
		}
		both.Wait()
		won := slices.IndexFunc(answers[:], func(w *httptest.ResponseRecorder) bool { return w.Code == http.StatusSeeOther })
		if won < 0 || d.Version(t) != round+2 {
			t.Fatalf("round %d: %d and %d, version %d", round, answers[0].Code, answers[1].Code, d.Version(t))
		}
		root := htmltest.Page(t, answers[1-won], http.StatusConflict)
		text := htmltest.Text(htmltest.Inside(root, "main")[0])
		for _, want := range []string{"The ruleset changed since the trial", fmt.Sprintf("mine-%d-%d was added.", round, won), fmt.Sprint("as seen by ", won)} {
			if !strings.Contains(text, want) {
				t.Errorf("round %d: the conflict does not say %q: %s", round, want, text)
			}
		}
		if len(servicetest.Buckets(root)) != 6 || htmltest.Form(root)["name"] != fmt.Sprintf("mine-%d-%d", round, 1-won) {
			t.Errorf("round %d: the page comes back without its trial or its form", round)
		}
	}
	promoted := 0
	audit, err := d.Store.Audit(t.Context(), "", 100)
	for _, entry := range audit.Rows {
		if entry.Action == "parser.promote" {
			promoted++
		}
	}
	if err != nil || promoted != 4 {
		t.Errorf("the audit log has %d promotions, %v", promoted, err)
	}
}

// What was once said stays said: a promotion and its roll-back each leave the
// verdict that they replaced.
func TestOldVerdictsStayInTheHistoryOfTheEvent(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	event := d.AddErrors(t, domain.Facebook, servicetest.Quasar(9))[0]
	d.Promote(t)
	d.Reparse(t)
	history := func() [][]string {
		return htmltest.Rows(htmltest.ByID(htmltest.Page(t, d.Get("/events/"+event), http.StatusOK), "history"))
	}
	if got := history(); len(got) != 1 || !slices.Equal(got[0][:3], []string{"unparsed", "none", "1"}) {
		t.Errorf("promoted, the history is %q", got)
	}
	if code := d.ChangeRuleset(t, "do=restore&version=1", "it was wrong"); code != http.StatusSeeOther {
		t.Fatalf("rolling back answers %d", code)
	}
	d.LoadRuleset(t)
	d.Reparse(t)
	if got := history(); len(got) != 2 || !slices.Equal(got[1][:3], []string{"app-misconfigured", "quasar-misaligned", "2"}) {
		t.Errorf("rolled back, the history is %q", got)
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get("/events/"+event), http.StatusOK)); !strings.Contains(text, "No parser explains this error.") {
		t.Errorf("rolled back, the event says %s", text)
	}
}
