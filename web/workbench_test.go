package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// newReason is one of a cause that facebook's catalogue file does not have.
const newReason = "facebook.account-deleted"

// unexplained is a service that was sent errors that no parser knows, and the
// address of its database. Nobody has found newReason in it.
func unexplained(t *testing.T) (service *process, database string) {
	t.Helper()
	database = storetest.URL(t)
	if _, err := storetest.DB(t, database).ExecContext(t.Context(), `DELETE FROM reasons WHERE id = $1`, newReason); err != nil {
		t.Fatal(err)
	}
	service = &process{url: serveHere(t, "DATABASE_URL="+database, "WHEREFORE_ADMIN_PASSWORD=correct horse", "WHEREFORE_TOKEN="+testToken)}
	if answer := service.call(t, "POST", "/api/v1/events", unknownErrors()); !strings.Contains(answer, `"accepted":6`) {
		t.Fatalf("posting answers %s", answer)
	}
	return service, database
}

// conditionIs waits for the workbench's expression.
func conditionIs(t *testing.T, tab context.Context, condition string) {
	t.Helper()
	webtest.Do(t, tab, chromedp.WaitReady(chromedp.CSS("[name=condition]")))
	webtest.UntilTrue(t, tab, fmt.Sprintf(`document.querySelector("[name=condition]").value === %q`, condition))
}

func TestParserWrittenByClickingOnly(t *testing.T) {
	t.Parallel()
	service, _ := unexplained(t)
	tab := webtest.SignInAt(t, service.url+"/clusters", "admin", "correct horse")
	webtest.Click(t, tab, "tbody th a")
	webtest.Click(t, tab, "a[href^='/parsers/new']")
	webtest.Do(t, tab, chromedp.WaitReady(chromedp.CSS("[name=condition]")))
	webtest.UntilTrue(t, tab, `document.readyState === "complete"`) // before, buttons work as they do without script
	conditionIs(t, tab, "code == \"987001\" &&\ntype == \"OddException\" &&\nmessage.contains(\"The quasar of object\")")
	for _, left := range []string{"type == \"OddException\" &&\nmessage.contains(\"The quasar of object\")", `message.contains("The quasar of object")`, ""} {
		webtest.Click(t, tab, "[aria-label='Remove row 1']")
		conditionIs(t, tab, left)
	}
	webtest.Click(t, tab, `.offer[title^="body.error.code "]`)
	webtest.Click(t, tab, `.offer[title^="type "]`) // at once: neither click is lost
	conditionIs(t, tab, "body.error.code == 987001 &&\ntype == \"OddException\"")
	webtest.Click(t, tab, "[value='"+newReason+"']")
	webtest.See(t, tab, "div[@id='reason-entry']", "A new reason: "+newReason)
	webtest.See(t, tab, "section[@id='newly-explained']", "5 errors")
	promotes(t, tab)
	webtest.See(t, tab, "h1", "Ruleset 2 of Facebook is live")
	webtest.See(t, tab, "div[@id='progress']", "Stored errors are parsed again")

	if reason, _ := verdictOn(t, service, "p3"); reason != newReason {
		t.Errorf("the API answers %q", reason)
	}
	if answer := service.reason(t, "p3"); strings.Contains(answer, `"title":""`) {
		t.Errorf("without words: %s", answer)
	}
	webtest.Do(t, tab, chromedp.Navigate(service.url+"/reasons/"+newReason))
	webtest.See(t, tab, "header", "5 errors in 30 days")
}

// tabTo presses Tab until an element has the focus, and fails when an element on
// the way does not show that it has it.
func tabTo(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	for range 120 {
		webtest.Do(t, tab, chromedp.KeyEvent(kb.Tab))
		where := webtest.Read(t, tab, chromedp.Evaluate[struct {
			There   bool
			Visible bool
			Element string
		}](fmt.Sprintf(`(() => {
			const e = document.activeElement, s = getComputedStyle(e);
			return {There: e.matches(%q), Visible: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2, Element: e.outerHTML.slice(0, 200)};
		})()`, selector)))
		if !where.Visible {
			t.Fatalf("the focus does not show on %s", where.Element)
		}
		if where.There {
			return
		}
	}
	t.Fatalf("Tab does not lead to %s", selector)
}

func types(t *testing.T, tab context.Context, text string) {
	t.Helper()
	webtest.Do(t, tab, chromedp.KeyEvent(text, pressed))
}

// pressed makes a key one that a page can keep from typing, as those of a
// keyboard are.
func pressed(key *input.DispatchKeyEventParams) {
	if key.Type == kb.KeyDown {
		key.Type = kb.KeyRawDown
	}
}

// tryAgain has the trial run and exchanged while somebody types.
func tryAgain(t *testing.T, tab context.Context, typed string) {
	t.Helper()
	webtest.Do(t, tab, chromedp.Evaluate[chromedp.Void](`document.getElementById("trial").classList.add("before"); htmx.trigger(document.body, "edited")`))
	types(t, tab, typed)
	webtest.UntilTrue(t, tab, `!document.getElementById("trial").classList.contains("before")`)
}

func TestParserWrittenByKeyboardOnly(t *testing.T) {
	t.Parallel()
	service, _ := unexplained(t)
	tab := webtest.SignInAt(t, service.url+"/parsers/new?network=facebook", "admin", "correct horse")
	tabTo(t, tab, "[name=fact-1]")
	types(t, tab, "code")
	tabTo(t, tab, "[name=test-1]")
	types(t, tab, "is one") // as lists are chosen from by their letters
	tabTo(t, tab, "[name=value-1]")
	types(t, tab, "987001, 987002")
	conditionIs(t, tab, `code in ["987001", "987002"]`)
	tabTo(t, tab, "[value=add-row]")
	types(t, tab, kb.Enter)
	webtest.UntilTrue(t, tab, `document.activeElement.name === "fact-2"`)
	types(t, tab, "body.error.type")
	tabTo(t, tab, "[name=value-2]")
	types(t, tab, "Odd")
	conditionIs(t, tab, "code in [\"987001\", \"987002\"] &&\nbody.error.type == \"Odd\"")
	webtest.See(t, tab, "div[@id='sample-facts']", "The condition does not hold on it")

	tabTo(t, tab, "[name=condition]")
	types(t, tab, kb.End+"Exception")                                         // at the caret, which a fresh field has at its beginning
	webtest.See(t, tab, "p[@id='field-condition-error']", "Line 2, column 1") // where the next comparison should not begin
	webtest.See(t, tab, "div[@id='condition-carets']", "^")
	for range "Exception" {
		types(t, tab, kb.Backspace)
	}
	webtest.See(t, tab, "p[@id='field-condition-error'][not(text())]", "")
	types(t, tab, kb.ArrowDown+kb.End+kb.Backspace+`Exception"`)
	webtest.UntilTrue(t, tab, `document.querySelector("[name=value-2]").value === "OddException"`)

	tabTo(t, tab, "[data-narrows]")
	types(t, tab, "app-misconf"+kb.Enter+" ")
	webtest.See(t, tab, "section[@id='newly-explained']", "5 errors")
	tabTo(t, tab, "[name=name]")
	types(t, tab, "quasar-misaligned")
	tabTo(t, tab, "#newly-explained a")
	tryAgain(t, tab, "")
	webtest.UntilTrue(t, tab, `document.activeElement.id === "trial"`)
	tabTo(t, tab, "[name=why]")
	types(t, tab, "seen in")
	tryAgain(t, tab, " the field")
	types(t, tab, ", twice")
	webtest.UntilTrue(t, tab, `document.querySelector("[name=why]").value === "seen in the field, twice"`)
	settles(t, tab)
	tabTo(t, tab, "[formaction='/parsers/promote']")
	types(t, tab, kb.Enter)
	webtest.See(t, tab, "h1", "Ruleset 2 of Facebook is live")
	webtest.See(t, tab, "div[@id='progress']", "Stored errors are parsed again")
	if reason, _ := verdictOn(t, service, "p3"); reason != "facebook.app-misconfigured" {
		t.Errorf("the API answers %q", reason)
	}
}

// Two engineers are at one network: who comes second sees what changed, keeps
// what was written, and can promote it on what is live now.
func TestSecondEngineerIsStoppedByAConflict(t *testing.T) {
	t.Parallel()
	service, database := unexplained(t)
	mustSay(t, database, "another horse", "user", "add", "bea", "engineer")
	workbench := service.url + "/parsers/new?network=facebook"
	ann, bea := webtest.SignInAt(t, workbench, "admin", "correct horse"), webtest.SignInAt(t, workbench, "bea", "another horse")
	write := func(tab context.Context, name, condition string) {
		choose(t, tab, "condition", condition)
		webtest.Click(t, tab, "[value='facebook.app-misconfigured']")
		choose(t, tab, "name", name)
		webtest.See(t, tab, "section[@id='newly-explained']", "errors")
		webtest.Do(t, tab, chromedp.SetValue(chromedp.CSS("[name=why]"), "for "+name))
	}
	write(ann, "first-come", `code == "987001"`)
	const wider = `type == "OddException" || message.contains("another thing")`
	write(bea, "too-late", wider)
	promotes(t, ann)
	webtest.See(t, ann, "h1", "Ruleset 2 of Facebook is live")

	promotes(t, bea)
	webtest.See(t, bea, "div[@role='alert']", "The ruleset changed since the trial")
	webtest.See(t, bea, "div[@role='alert']", "Ruleset 2, by admin: for first-come")
	webtest.See(t, bea, "div[@role='alert']", "first-come was added")
	conditionIs(t, bea, wider)
	webtest.UntilTrue(t, bea, `document.querySelector("[name=why]").value === "for too-late"`)
	promotes(t, bea)
	webtest.See(t, bea, "h1", "Ruleset 3 of Facebook is live")
}
