package workbench_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/parse"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// What can't be a parser is refused at its field wherever it is sent, and
// nothing of it is written.
func TestWhatCannotBeAParserIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	before, err := d.Store.Audit(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/parsers/trial", "/parsers/promote", "/parsers/shadow"} {
		for _, c := range []struct{ field, value, words string }{
			{"condition", strings.Repeat(`code == "1" || `, 100<<10/15) + "true", "the longest allowed has"},
			{"condition", `body.all(a, body.all(b, body.all(c, body.all(d, a == b))))`, "may cost up to"},
			{"condition", `message.matches("(((a{30}){10}b){5}c){2}")`, "invalid matches argument"},
			{"condition", strings.Repeat("!(", 4000) + "true" + strings.Repeat(")", 4000), "recursion"},
			{"reason", "x.token-expired", "Choose a reason of Facebook."},
			{"reason", "facebook.gremlins", "Choose a reason of Facebook."},
		} {
			form := servicetest.Candidate("sample", events[0], "base", "1", c.field, c.value)
			root := htmltest.Page(t, d.Post(path, form...), http.StatusUnprocessableEntity)
			if at := htmltest.ByID(root, "field-"+c.field+"-error"); at == nil || !strings.Contains(htmltest.Text(at), c.words) {
				t.Errorf("%s, %s %.30q: %v", path, c.field, c.value, at)
			}
		}
	}
	long := strings.Repeat(`code == "1" || `, 100<<10/15) + "true"
	if form := htmltest.Form(htmltest.Page(t, d.Post("/parsers/form", servicetest.Candidate("condition", long, "do", "add-row")...), http.StatusOK)); form["condition"] != long {
		t.Error("what was written is lost when its form is changed")
	}
	shadows, err := d.Store.RunningShadows(t.Context(), "")
	after, auditErr := d.Store.Audit(t.Context(), "", 100)
	if err != nil || auditErr != nil || len(shadows) > 0 || len(after.Rows) != len(before.Rows) || d.Version(t) != 1 {
		t.Errorf("something was written: %d shadows, %d entries of the audit log, version %d", len(shadows), len(after.Rows)-len(before.Rows), d.Version(t))
	}
}

// A form with a field that can't be used comes back as it was filled in, and nothing
// of it is done.
func TestFormsWithFieldsThatCannotBeUsedComeBack(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	for _, path := range []string{"/parsers/form", "/parsers/trial", "/parsers/promote", "/parsers/shadow", "/parsers/pin", "/trials"} {
		for _, c := range []struct{ field, value, words string }{
			{"nosuch", "1", "This form has no field “nosuch”"},
			{"base", "x", "“x” can't be used"},
			{"join", "some", "“some” can't be used"},
		} {
			root := htmltest.Page(t, d.Post(path, servicetest.Candidate("sample", events[0], "why", "seen", c.field, c.value)...), http.StatusUnprocessableEntity)
			form := htmltest.Form(root)
			if form["condition"] != `code == "91"` || form["name"] != "quasar-misaligned" || form["why"] != "seen" || !strings.Contains(htmltest.Text(root), c.words) {
				t.Errorf("%s with %s=%s comes back with %q", path, c.field, c.value, form)
			}
		}
	}
	for _, network := range []string{"", "nosuch"} {
		htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate("network", network)...), http.StatusUnprocessableEntity)
	}
	live, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	next := []string{"do", "retire", "parser", live.Parsers[0].Name, "base", "1", "why", "it is wrong"}
	root := htmltest.Page(t, d.Post("/rulesets/facebook/next", append(next, "nosuch", "1")...), http.StatusUnprocessableEntity)
	if form := htmltest.Form(root); form["why"] != "it is wrong" || !strings.Contains(htmltest.Text(root), "This form has no field “nosuch”") {
		t.Errorf("the change of a ruleset comes back with %q", form)
	}
	if shadows, err := d.Store.RunningShadows(t.Context(), ""); err != nil || len(shadows) > 0 || d.Version(t) != 1 {
		t.Errorf("%d shadows run at version %d, %v", len(shadows), d.Version(t), err)
	}
}

// A condition that reaches its cost limit on some errors is told of, and explains
// none of them: neither in its trial nor when it is live.
func TestConditionThatFailsOnSomeErrorsNeverMatchesThem(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	const condition = `code == "91" && body.error.list.exists(x, x > 1 && x > 2 && x > 3)`
	endless := `{"error":{"code":91,"type":"Odd","message":"long","list":[` + strings.Repeat("1,", 300_000) + `9]}}`
	short := `{"error":{"code":91,"type":"Odd","message":"short","list":[9]}}`
	stored := d.AddErrors(t, domain.Facebook, endless, short)
	root := htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate("condition", condition)...), http.StatusOK)
	if got := servicetest.Buckets(root); got[0] != 1 {
		t.Errorf("buckets %v", got)
	}
	// Three errors of the code have no list, and of one it is too long.
	if text := htmltest.Text(htmltest.ByID(root, "trial")); !strings.Contains(text, "The condition fails on 4 errors") {
		t.Errorf("the trial says %s", text)
	}
	if w := d.SendForm("/parsers/promote", htmltest.Form(root), "why", "seen in the field"); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting answers %d: %s", w.Code, w.Body)
	}
	d.LoadRuleset(t)
	d.Reparse(t)
	for i, want := range []domain.ReasonID{"", "facebook.app-misconfigured"} {
		e, err := d.Store.Event(t.Context(), stored[i])
		if err != nil || e.Verdict.Reason != want {
			t.Errorf("stored error %d is %q, %v", i, e.Verdict.Reason, err)
		}
		if arriving := d.Engine.Explain(domain.Facebook, 0, e.Raw).Verdict; arriving.Reason != want {
			t.Errorf("arriving error %d is %q", i, arriving.Reason)
		}
	}
	if _, err := parse.Compile(condition); err != nil {
		t.Errorf("the condition was meant to fail late, not early: %v", err)
	}
}
