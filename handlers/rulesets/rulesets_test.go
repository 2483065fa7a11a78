package rulesets_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/handlers/trials"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestVersionsTellWhoWhatAndWhy(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	d.Promote(t)
	root := htmltest.Page(t, d.Get("/rulesets/facebook"), http.StatusOK)
	if got := htmltest.Rows(htmltest.Inside(root, "table")[0]); len(got) != 2 || got[0][0] != "2" || got[0][2] != "engineer" || got[0][5] != "live" {
		t.Errorf("versions %q", got)
	}
	root = htmltest.Page(t, d.Get("/rulesets/facebook/2"), http.StatusOK)
	text := htmltest.Text(htmltest.Inside(root, "main")[0])
	for _, want := range []string{"engineer", "seen in the field", "quasar-misaligned was added, at place 1.", `code == "91"`, "Newly explained 3", "how far stored errors"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get("/rulesets/facebook/1"), http.StatusOK)); !strings.Contains(text, "Roll back to it") || !strings.Contains(text, "made without a trial") {
		t.Errorf("version 1 says %s", text)
	}
	if csv := d.Get("/rulesets/facebook/versions.csv").Body.String(); !strings.Contains(csv, "2,true,") {
		t.Errorf("csv %s", csv)
	}
	for _, path := range []string{"/rulesets/myspace", "/rulesets/facebook/3", "/rulesets/facebook/0", "/rulesets/facebook/x", "/rulesets/myspace/1", "/rulesets/myspace/next"} {
		htmltest.Page(t, d.Get(path), http.StatusNotFound)
	}
	if !slices.Contains(htmltest.Links(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)), "/rulesets/facebook/2") {
		t.Error("the ruleset's page does not lead to its version")
	}
}

func TestRollBackMakesAnEqualVersion(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	old := d.Live(t)
	d.Promote(t)
	if code := d.ChangeRuleset(t, "do=restore&version=1", "it was wrong"); code != http.StatusSeeOther {
		t.Fatalf("answers %d", code)
	}
	now := d.Live(t)
	same := func(a, b ruleset.Parser) bool { return a.RevisionID == b.RevisionID }
	if now.Version != 3 || !slices.EqualFunc(now.Parsers, old.Parsers, same) {
		t.Errorf("version %d of %d parsers", now.Version, len(now.Parsers))
	}
	audit, err := d.Store.Audit(t.Context(), "", 1)
	if err != nil || audit.Rows[0].Action != "ruleset.restore" || !strings.Contains(string(audit.Rows[0].Details), "it was wrong") {
		t.Errorf("audit %+v, %v", audit, err)
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get("/rulesets/facebook/3"), http.StatusOK)); !strings.Contains(text, "quasar-misaligned was taken out") {
		t.Errorf("the new version says %s", text)
	}
	htmltest.Page(t, d.Get("/rulesets/facebook/next?do=restore&version=3"), http.StatusUnprocessableEntity)
	htmltest.Page(t, d.Get("/rulesets/facebook/next?do=restore&version=9"), http.StatusUnprocessableEntity)
}

func TestParserIsRetiredMovedAndBroughtBack(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	d.Promote(t)
	second := d.Live(t).Parsers[1].Name
	for _, step := range []struct{ query, first string }{
		{"do=move&parser=quasar-misaligned&after=" + second, second},
		{"do=move&parser=quasar-misaligned&after=", "quasar-misaligned"},
		{"do=retire&parser=quasar-misaligned", second},
		{"do=return&parser=quasar-misaligned", "quasar-misaligned"},
	} {
		if code := d.ChangeRuleset(t, step.query, "to try"); code != http.StatusSeeOther {
			t.Fatalf("%s answers %d", step.query, code)
		}
		if first := d.Live(t).Parsers[0].Name; first != step.first {
			t.Errorf("%s: the first is %s", step.query, first)
		}
		d.LoadRuleset(t)
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get("/rulesets/facebook/next?do=move&parser=quasar-misaligned"), http.StatusOK)); strings.Contains(text, "Say why") {
		t.Errorf("before a place is chosen it says %s", text)
	}
	for _, query := range []string{"do=retire&parser=x", "do=return&parser=x", "do=move&parser=x&after=", "do=dance", ""} {
		htmltest.Page(t, d.Get("/rulesets/facebook/next?"+query), http.StatusUnprocessableEntity)
	}
}

func TestChangeOfTheRulesetIsRefused(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	form := htmltest.Form(htmltest.Page(t, d.Get("/rulesets/facebook/next?do=retire&parser=service-codes"), http.StatusOK))
	htmltest.Page(t, d.SendForm("/rulesets/facebook/next", form, "why", " "), http.StatusUnprocessableEntity)
	d.Promote(t)
	root := htmltest.Page(t, d.SendForm("/rulesets/facebook/next", form, "why", "too wide"), http.StatusConflict)
	if text := htmltest.Text(htmltest.Inside(root, "main")[0]); !strings.Contains(text, "quasar-misaligned was added.") || !strings.Contains(text, "seen in the field") {
		t.Errorf("the conflict says %s", text)
	}
	htmltest.Page(t, d.Post("/rulesets/facebook/next", "do", "retire", "parser", "service-codes", "why", "no base"), http.StatusConflict)
	if v := d.Version(t); v != 2 {
		t.Fatalf("version %d", v)
	}
	if w := d.SendForm("/rulesets/facebook/next", htmltest.Form(root), "why", "too wide"); w.Code != http.StatusSeeOther {
		t.Errorf("on what is live now it answers %d", w.Code)
	}
}

// withRetired has a retired parser that took errors from another one, which is
// accepted in a field.
func withRetired(t *testing.T) (d *servicetest.Desk, field string) {
	t.Helper()
	d, _ = servicetest.NewWorkbench(t)
	form := d.Tried(t, "condition", `code == "2"`)
	field = "accept facebook.platform-outage facebook.app-misconfigured"
	if w := d.SendForm("/parsers/promote", form, field, "it is ours"); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting answers %d", w.Code)
	}
	d.LoadRuleset(t)
	if code := d.ChangeRuleset(t, "do=retire&parser=quasar-misaligned", "wrong"); code != http.StatusSeeOther {
		t.Fatalf("retiring answers %d", code)
	}
	d.LoadRuleset(t)
	return d, field
}

// Bringing a parser back that takes errors from another one has to be accepted
// pair by pair, also by a direct POST.
func TestChangeOfReasonByOrderIsAccepted(t *testing.T) {
	t.Parallel()
	d, field := withRetired(t)
	page := htmltest.Page(t, d.Get("/rulesets/facebook/next?do=return&parser=quasar-misaligned"), http.StatusOK)
	changed := htmltest.Rows(htmltest.Section(t, page, "changes-reason"))
	leads := func(a *html.Node) bool {
		return htmltest.Attribute(a, "href") == "#changes-reason" && htmltest.Text(a) == strconv.Itoa(len(changed))
	}
	if len(changed) == 0 || !slices.ContainsFunc(htmltest.Inside(page, "a"), leads) {
		t.Errorf("no number leads to the errors that change: %q", changed)
	}
	form := htmltest.Form(page)
	if _, asked := form[field]; !asked {
		t.Fatalf("the form does not ask: %q", form)
	}
	htmltest.Page(t, d.SendForm("/rulesets/facebook/next", form, "why", "right after all"), http.StatusConflict)
	if w := d.SendForm("/rulesets/facebook/next", form, field, "it is ours"); w.Code != http.StatusSeeOther {
		t.Errorf("accepted, it answers %d", w.Code)
	}
}

// The page of a change looks at the newest errors, the change itself at as many
// as a promotion does: what it would do to older ones has to be accepted, too.
func TestChangeOfTheRulesetIsTriedInFull(t *testing.T) {
	t.Parallel()
	d, field := withRetired(t)
	d.AddErrors(t, domain.Facebook, slices.Repeat([]string{"other words"}, trials.TypingLimit)...)
	page := htmltest.Page(t, d.Get("/rulesets/facebook/next?do=return&parser=quasar-misaligned"), http.StatusOK)
	form := htmltest.Form(page)
	if _, asked := form[field]; asked || !strings.Contains(htmltest.Text(htmltest.ByID(page, "trial")), "on the newest 3,000 stored errors") {
		t.Fatalf("the page looked at more: %s", htmltest.Text(htmltest.ByID(page, "trial")))
	}
	root := htmltest.Page(t, d.SendForm("/rulesets/facebook/next", form, "why", "right after all"), http.StatusConflict)
	if text := htmltest.Text(htmltest.Inside(root, "main")[0]); !strings.Contains(text, "facebook.platform-outage → facebook.app-misconfigured") || !strings.Contains(text, "on 3,005 stored errors") {
		t.Errorf("the conflict says %s", text)
	}
	if w := d.SendForm("/rulesets/facebook/next", htmltest.Form(root), "why", "right after all", field, "it is ours"); w.Code != http.StatusSeeOther {
		t.Errorf("accepted, it answers %d: %s", w.Code, w.Body)
	}
}
