package rulesets_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestOrderThatBreaksAPinIsRefused(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewPinboard(t)
	d.Promote(t)
	form := d.Tried(t, "name", "thief", "condition", `code == "91"`, "reason", "facebook.bad-request", "after", "quasar-misaligned")
	if w := d.SendForm("/parsers/promote", form, "why", "to be moved"); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting answers %d: %s", w.Code, w.Body)
	}
	d.LoadRuleset(t)
	d.Pin(t, events[0], "quasar-misaligned", "must-match")
	form = htmltest.Form(htmltest.Page(t, d.Get("/rulesets/facebook/next?do=move&parser=thief&after="), http.StatusOK))
	for field := range form {
		if strings.HasPrefix(field, "accept ") {
			form[field] = "it is so"
		}
	}
	form["do"], form["parser"], form["after"] = "move", "thief", ""
	root := htmltest.Page(t, d.SendForm("/rulesets/facebook/next", form, "why", "first"), http.StatusConflict)
	if text := htmltest.Text(htmltest.Inside(root, "main")[0]); !strings.Contains(text, "thief explains the error before it") {
		t.Errorf("the conflict says %s", text)
	}
}

func TestSupportDisputesAnExplanation(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewPinboard(t)
	e, err := d.Store.Event(t.Context(), events[1])
	if err != nil {
		t.Fatal(err)
	}
	d.SignInAs(t, domain.Support)
	dispute, parser := "/events/"+events[1]+"/dispute", e.Verdict.Parser
	if form := htmltest.Form(htmltest.ByID(htmltest.Page(t, d.Get("/profiles/"+e.ProfileID), http.StatusOK), "dispute")); form["parser"] != parser {
		t.Errorf("the profile's form is %v", form)
	}
	page := d.Post(dispute, "parser", parser, "dispute", "the customer did nothing").Header().Get("Location")
	text := htmltest.Text(htmltest.Page(t, d.Get(page), http.StatusOK))
	if !strings.Contains(text, "Somebody says that "+parser+" is wrong about it: “the customer did nothing” support") || strings.Contains(text, "Pin it to a parser") {
		t.Errorf("the event says %s", text)
	}
	htmltest.Page(t, d.Post(dispute, "parser", parser, "dispute", " "), http.StatusUnprocessableEntity)
	long := strings.Repeat("no ", 700)
	if form := htmltest.Form(htmltest.Page(t, d.Post(dispute, "parser", parser, "dispute", long), http.StatusUnprocessableEntity)); form["dispute"] != strings.TrimSpace(long) {
		t.Errorf("what was written is lost: %v", form)
	}
	if text := htmltest.Text(htmltest.Page(t, d.Post(dispute, "parser", "another", "dispute", "no"), http.StatusConflict)); !strings.Contains(text, "The explanation is another one by now.") {
		t.Errorf("a stale page says %s", text)
	}
	htmltest.Page(t, d.Post("/events/"+events[0]+"/dispute", "dispute", "it is unparsed"), http.StatusConflict)
	htmltest.Page(t, d.Post("/events/gone/dispute", "dispute", "it is gone"), http.StatusNotFound)
	audit, err := d.Store.Audit(t.Context(), "", 1)
	if err != nil || audit.Rows[0].Action != "explanation.dispute" || audit.Rows[0].Actor != "support" {
		t.Errorf("audit %+v, %v", audit, err)
	}
	d.SignIn(t, "engineer")
	htmltest.Page(t, d.Post(dispute, "parser", parser, "dispute", "me too"), http.StatusConflict)
	parserPage := "/parsers/facebook." + parser
	list := htmltest.Page(t, d.Get("/parsers?network=x"), http.StatusOK)
	if tabs := htmltest.Text(htmltest.Inside(list, "nav")[1]); !strings.Contains(tabs, "Facebook 1") {
		t.Errorf("the tabs say %s", tabs)
	}
	list = htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)
	if htmltest.Link(list, "1 error") != parserPage+"#pins" {
		t.Errorf("the list leads to %q", htmltest.Link(list, "1 error"))
	}
	if pins := htmltest.Rows(htmltest.ByID(htmltest.Page(t, d.Get(parserPage), http.StatusOK), "pins")); len(pins) != 1 || pins[0][2] != "disputed" || pins[0][4] != "Accept Dismiss" {
		t.Errorf("pins %q", pins)
	}
	if w := d.Post("/pins/1/accept"); w.Code != http.StatusSeeOther {
		t.Errorf("accepting answers %d", w.Code)
	}
	if audit, err := d.Store.Audit(t.Context(), "", 1); err != nil || audit.Rows[0].Action != "pin.accept" || audit.Rows[0].Actor != "engineer" {
		t.Errorf("audit %+v, %v", audit, err)
	}
	list = htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)
	if htmltest.Link(list, "1 error") != "" || htmltest.Link(list, "Sample 1 of "+parser) != parserPage+"#pins" {
		t.Error("what was decided is still disputed, or does not show what it asks for")
	}
	if pins := htmltest.Rows(htmltest.ByID(htmltest.Page(t, d.Get(parserPage), http.StatusOK), "pins")); pins[0][2] != "it must not match and does" {
		t.Errorf("accepted it is %q", pins)
	}
	htmltest.Page(t, d.Post("/pins/1/dismiss"), http.StatusConflict)
	if w := d.Post("/pins/1/remove"); w.Code != http.StatusSeeOther {
		t.Errorf("removing answers %d", w.Code)
	}
	if text := htmltest.Text(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)); strings.Contains(text, "fails 1 pinned sample") {
		t.Error("a sample that was removed still fails")
	}
	d.Post(dispute, "parser", parser, "dispute", "still")
	pins, err := d.Store.Pins(t.Context(), domain.Facebook, parser)
	if err != nil || len(pins) != 1 || !pins[0].Disputed {
		t.Fatalf("pins %+v, %v", pins, err)
	}
	if w := d.Post(fmt.Sprintf("/pins/%d/dismiss", pins[0].ID)); w.Code != http.StatusSeeOther {
		t.Errorf("dismissing answers %d", w.Code)
	}
	if audit, err := d.Store.Audit(t.Context(), "", 1); err != nil || audit.Rows[0].Action != "pin.dismiss" {
		t.Errorf("audit %+v, %v", audit, err)
	}
	htmltest.Page(t, d.Post("/pins/9/dismiss"), http.StatusNotFound)
	htmltest.Page(t, d.Post("/pins/1/burn"), http.StatusUnprocessableEntity)
}
