package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
)

// newPinboard is an archive in which events can be pinned and disputed.
func newPinboard(t *testing.T) (*desk, []string) {
	t.Helper()
	d := newArchive(t)
	d.serve("GET /events/{id}", d.dashboard.ShowEvent)
	d.serve("POST /events/{id}/pin", d.dashboard.PinEvent)
	d.serve("POST /events/{id}/dispute", d.dashboard.DisputeEvent)
	d.serve("POST /parsers/pin", d.workbench().PinSample)
	d.serve("POST /pins/{id}/{do}", d.workbench().DecidePin)
	return d, d.takes(t, domain.Facebook, quasar(7), outage)
}

func (d *desk) pin(t *testing.T, event, parser, kind string) {
	t.Helper()
	if w := d.post("/events/"+event+"/pin", "parser", parser, "kind", kind, "why", "as seen"); w.Code != http.StatusSeeOther {
		t.Fatalf("pinning answers %d: %s", w.Code, w.Body)
	}
}

func TestPinsAreHeldAgainstEveryPromotion(t *testing.T) {
	t.Parallel()
	d, events := newPinboard(t)
	d.promotes(t)
	d.pin(t, events[0], "quasar-misaligned", "must-match")
	d.pin(t, events[1], "quasar-misaligned", "must-not-match")
	page := pageOf(t, d.get("/parsers/facebook.quasar-misaligned"), http.StatusOK)
	if pins := rows(byID(page, "pins")); len(pins) != 2 || pins[0][0] != "must not match" || pins[0][2] != "holds" || pins[1][2] != "holds" {
		t.Fatalf("pins %q", pins)
	}
	narrower := filled(pageOf(t, d.send("/parsers/trial", filled(page), "condition", `code == "91" && message.contains("object 100001")`), http.StatusOK))
	root := pageOf(t, d.send("/parsers/promote", narrower, "why", "narrower"), http.StatusConflict)
	if text := reads(inside(root, "main")[0]); !strings.Contains(text, "A pinned sample fails") || !strings.Contains(text, "Sample 1 of quasar-misaligned: it must match and does not.") {
		t.Errorf("the conflict says %s", text)
	}
	form := d.tried(t, "name", "catch-all", "condition", `code in ["91", "2"]`)
	for field := range form {
		if strings.HasPrefix(field, "accept ") {
			form[field] = "it is so"
		}
	}
	root = pageOf(t, d.send("/parsers/promote", form, "reason", "facebook.app-misconfigured"), http.StatusSeeOther)
	if root == nil || d.version(t) != 3 {
		t.Fatalf("version %d", d.version(t)) // the same reason by another parser breaks nothing
	}
	d.loads(t)
	if code := d.do(t, "do=retire&parser=catch-all", "too wide"); code != http.StatusSeeOther {
		t.Errorf("retiring answers %d", code)
	}
	if w := d.post("/pins/1/remove"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/parsers/facebook.quasar-misaligned#pins" {
		t.Errorf("removing answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
}

func TestOrderThatBreaksAPinIsRefused(t *testing.T) {
	t.Parallel()
	d, events := newPinboard(t)
	d.promotes(t)
	form := d.tried(t, "name", "thief", "condition", `code == "91"`, "reason", "facebook.bad-request", "after", "quasar-misaligned")
	if w := d.send("/parsers/promote", form, "why", "to be moved"); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting answers %d: %s", w.Code, w.Body)
	}
	d.loads(t)
	d.pin(t, events[0], "quasar-misaligned", "must-match")
	form = filled(pageOf(t, d.get("/rulesets/facebook/next?do=move&parser=thief&after="), http.StatusOK))
	for field := range form {
		if strings.HasPrefix(field, "accept ") {
			form[field] = "it is so"
		}
	}
	form["do"], form["parser"], form["after"] = "move", "thief", ""
	root := pageOf(t, d.send("/rulesets/facebook/next", form, "why", "first"), http.StatusConflict)
	if text := reads(inside(root, "main")[0]); !strings.Contains(text, "thief explains the error before it") {
		t.Errorf("the conflict says %s", text)
	}
}

func TestSampleIsPinnedFromTheWorkbench(t *testing.T) {
	t.Parallel()
	d, events := newPinboard(t)
	form := candidate("sample", events[0], "pin", "must-match")
	root := pageOf(t, d.post("/parsers/pin", form...), http.StatusOK)
	if pins := rows(byID(root, "pins")); len(pins) != 1 || pins[0][2] != "holds" || filled(root)["condition"] != `code == "91"` {
		t.Errorf("pins %q", pins)
	}
	pageOf(t, d.post("/parsers/pin", candidate("sample", events[0], "pin", "often")...), http.StatusUnprocessableEntity)
	pageOf(t, d.post("/parsers/pin", candidate("sample", "gone", "pin", "known-gap")...), http.StatusUnprocessableEntity)
	pageOf(t, d.post("/parsers/pin", candidate("sample", events[0], "pin", "known-gap", "name", "Not a name")...), http.StatusUnprocessableEntity)
	pageOf(t, d.post("/parsers/pin", candidate("sample", events[0], "pin", "known-gap", "network", "x")...), http.StatusUnprocessableEntity)
}

func TestSupportDisputesAnExplanation(t *testing.T) {
	t.Parallel()
	d, events := newPinboard(t)
	e, err := d.store.Event(t.Context(), events[1])
	if err != nil {
		t.Fatal(err)
	}
	d.serve("GET /profiles/{id}", d.dashboard.ShowProfile)
	d.signInAs(t, domain.Support)
	dispute, parser := "/events/"+events[1]+"/dispute", e.Verdict.Parser
	if form := filled(byID(pageOf(t, d.get("/profiles/"+e.ProfileID), http.StatusOK), "dispute")); form["parser"] != parser {
		t.Errorf("the profile's form is %v", form)
	}
	page := d.post(dispute, "parser", parser, "dispute", "the customer did nothing").Header().Get("Location")
	text := reads(pageOf(t, d.get(page), http.StatusOK))
	if !strings.Contains(text, "Somebody says that "+parser+" is wrong about it: “the customer did nothing” support") || strings.Contains(text, "Pin it to a parser") {
		t.Errorf("the event says %s", text)
	}
	pageOf(t, d.post(dispute, "parser", parser, "dispute", " "), http.StatusUnprocessableEntity)
	long := strings.Repeat("no ", 700)
	if form := filled(pageOf(t, d.post(dispute, "parser", parser, "dispute", long), http.StatusUnprocessableEntity)); form["dispute"] != strings.TrimSpace(long) {
		t.Errorf("what was written is lost: %v", form)
	}
	if text := reads(pageOf(t, d.post(dispute, "parser", "another", "dispute", "no"), http.StatusConflict)); !strings.Contains(text, "The explanation is another one by now.") {
		t.Errorf("a stale page says %s", text)
	}
	pageOf(t, d.post("/events/"+events[0]+"/dispute", "dispute", "it is unparsed"), http.StatusConflict)
	pageOf(t, d.post("/events/gone/dispute", "dispute", "it is gone"), http.StatusNotFound)
	audit, err := d.store.Audit(t.Context(), "", 1)
	if err != nil || audit.Rows[0].Action != "explanation.dispute" || audit.Rows[0].Actor != "support" {
		t.Errorf("audit %+v, %v", audit, err)
	}
	d.signIn(t, "engineer")
	pageOf(t, d.post(dispute, "parser", parser, "dispute", "me too"), http.StatusConflict)
	parserPage := "/parsers/facebook." + parser
	list := pageOf(t, d.get("/parsers?network=x"), http.StatusOK)
	if tabs := reads(inside(list, "nav")[1]); !strings.Contains(tabs, "Facebook 1") {
		t.Errorf("the tabs say %s", tabs)
	}
	list = pageOf(t, d.get("/parsers?network=facebook"), http.StatusOK)
	if leadsTo(list, "1 error") != parserPage+"#pins" {
		t.Errorf("the list leads to %q", leadsTo(list, "1 error"))
	}
	if pins := rows(byID(pageOf(t, d.get(parserPage), http.StatusOK), "pins")); len(pins) != 1 || pins[0][2] != "disputed" || pins[0][4] != "Accept Dismiss" {
		t.Errorf("pins %q", pins)
	}
	if w := d.post("/pins/1/accept"); w.Code != http.StatusSeeOther {
		t.Errorf("accepting answers %d", w.Code)
	}
	if audit, err := d.store.Audit(t.Context(), "", 1); err != nil || audit.Rows[0].Action != "pin.accept" || audit.Rows[0].Actor != "engineer" {
		t.Errorf("audit %+v, %v", audit, err)
	}
	list = pageOf(t, d.get("/parsers?network=facebook"), http.StatusOK)
	if leadsTo(list, "1 error") != "" || leadsTo(list, "Sample 1 of "+parser) != parserPage+"#pins" {
		t.Error("what was decided is still disputed, or does not show what it asks for")
	}
	if pins := rows(byID(pageOf(t, d.get(parserPage), http.StatusOK), "pins")); pins[0][2] != "it must not match and does" {
		t.Errorf("accepted it is %q", pins)
	}
	pageOf(t, d.post("/pins/1/dismiss"), http.StatusConflict)
	if w := d.post("/pins/1/remove"); w.Code != http.StatusSeeOther {
		t.Errorf("removing answers %d", w.Code)
	}
	if text := reads(pageOf(t, d.get("/parsers?network=facebook"), http.StatusOK)); strings.Contains(text, "fails 1 pinned sample") {
		t.Error("a sample that was removed still fails")
	}
	d.post(dispute, "parser", parser, "dispute", "still")
	pins, err := d.store.Pins(t.Context(), domain.Facebook, parser)
	if err != nil || len(pins) != 1 || !pins[0].Proposed {
		t.Fatalf("pins %+v, %v", pins, err)
	}
	if w := d.post(fmt.Sprintf("/pins/%d/dismiss", pins[0].ID)); w.Code != http.StatusSeeOther {
		t.Errorf("dismissing answers %d", w.Code)
	}
	if audit, err := d.store.Audit(t.Context(), "", 1); err != nil || audit.Rows[0].Action != "pin.dismiss" {
		t.Errorf("audit %+v, %v", audit, err)
	}
	pageOf(t, d.post("/pins/9/dismiss"), http.StatusNotFound)
	pageOf(t, d.post("/pins/1/burn"), http.StatusUnprocessableEntity)
}
