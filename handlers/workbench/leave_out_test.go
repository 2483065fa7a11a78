package workbench_test

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
	"wherefore/web/htmltest"
)

// mainText is what the page of an answer says.
func mainText(t *testing.T, root *html.Node) string {
	t.Helper()
	return htmltest.Text(htmltest.Inside(root, "main")[0])
}

// ticks are the names of the boxes to tick in a page.
func ticks(root *html.Node, prefix string) []string {
	var names []string
	for _, in := range htmltest.Inside(root, "input") {
		if htmltest.Attribute(in, "type") == "checkbox" && strings.HasPrefix(htmltest.Attribute(in, "name"), prefix) {
			names = append(names, htmltest.Attribute(in, "name"))
		}
	}
	return names
}

// audited lists the newest actions of the audit log.
func (d *desk) audited(t *testing.T, n int) []store.AuditEntry {
	t.Helper()
	entries, err := d.Store.Audit(t.Context(), "", n)
	if err != nil {
		t.Fatal(err)
	}
	return entries.Rows
}

// A parser that is written for a cluster is held against the cluster's samples:
// each that it does not match is red in the trial, and left out by its name or not
// at all; and a parser that explains nothing needs one more word.
func TestParserThatExplainsNothingIsNotPromotedByMistake(t *testing.T) {
	t.Parallel()
	d, events := newWorkbench(t)
	cluster := d.ClusterOf(t, events[0])
	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?cluster="+cluster), http.StatusOK))
	form["reason"] = "facebook.app-misconfigured"
	root := htmltest.Page(t, d.send("/parsers/trial", form), http.StatusOK)
	pins := htmltest.Rows(htmltest.ByID(root, "pins"))
	if len(pins) != 3 || pins[0][2] != "holds" || len(ticks(root, views.LeaveOutField(""))) != 0 {
		t.Fatalf("the cluster's samples are %q", pins)
	}
	form = htmltest.Form(root)
	root = htmltest.Page(t, d.send("/parsers/trial", form, "condition", `code == "nothing"`), http.StatusOK)
	pins, out := htmltest.Rows(htmltest.ByID(root, "pins")), ticks(root, views.LeaveOutField(""))
	if len(pins) != 3 || pins[0][2] != "it must match and does not" || len(out) != 3 {
		t.Fatalf("changed, they are %q, to be left out %q", pins, out)
	}
	form = htmltest.Form(root)
	form["why"] = "by mistake"
	root = htmltest.Page(t, d.send("/parsers/promote", form), http.StatusConflict)
	if text := mainText(t, root); !strings.Contains(text, "A pinned sample fails") || !strings.Contains(text, "The quasar of object") {
		t.Errorf("the conflict says %s", text)
	}
	htmltest.Page(t, d.send("/parsers/promote", form, out[0], "yes", out[1], "yes"), http.StatusConflict)
	root = htmltest.Page(t, d.send("/parsers/promote", form, out[2], "yes"), http.StatusConflict)
	if text := mainText(t, root); !strings.Contains(text, "It changes no stored error") || !strings.Contains(text, "its condition holds on none") {
		t.Errorf("the conflict says %s", text)
	}
	if d.version(t) != 1 {
		t.Fatalf("version %d", d.version(t))
	}
	form = htmltest.Form(root) // with the boxes as they were ticked
	if w := d.send("/parsers/promote", form, views.NoEffectField, "yes"); w.Code != http.StatusSeeOther || d.version(t) != 2 {
		t.Fatalf("confirmed, it answers %d: %s", w.Code, w.Body)
	}
	named := 0
	for _, entry := range d.audited(t, 10) {
		if entry.Action == "pin.leave-out" && entry.Subject == "facebook/the-quasar-of-object" && entry.Actor == "engineer" {
			named++
		}
	}
	if pins, err := d.Store.Pins(t.Context(), domain.Facebook, ""); named != 3 || len(pins) != 0 || err != nil {
		t.Errorf("%d in the audit log, pinned are %+v, %v", named, pins, err)
	}
}

// What was once offered to be pinned is not forgotten when the cluster shows other
// samples by then.
func TestOfferedSamplesAreNotForgotten(t *testing.T) {
	t.Parallel()
	d, events := newWorkbench(t)
	cluster := d.ClusterOf(t, events[0])
	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?cluster="+cluster), http.StatusOK))
	other := d.AddErrors(t, domain.Facebook, "unlike all others")[0]
	form["reason"], form["why"], form[views.ToPinField(other)] = "facebook.app-misconfigured", "seen", "yes"
	form = htmltest.Form(htmltest.Page(t, d.send("/parsers/trial", form), http.StatusOK))
	root := htmltest.Page(t, d.send("/parsers/promote", form), http.StatusConflict)
	if out := ticks(root, views.LeaveOutField("")); len(out) != 1 || out[0] != views.LeaveOutField(other) {
		t.Errorf("to be left out are %q", out)
	}
}

// A retired parser keeps its samples, and whoever retires it has seen each.
func TestRetiredParserKeepsItsSamples(t *testing.T) {
	t.Parallel()
	d, events := newPinboard(t)
	d.promotes(t)
	d.pin(t, events[0], "quasar-misaligned", "must-match")
	root := htmltest.Page(t, d.Get("/rulesets/facebook/next?do=retire&parser=quasar-misaligned"), http.StatusOK)
	out := ticks(root, views.LeaveOutField(""))
	form := htmltest.Form(root)
	root = htmltest.Page(t, d.send("/rulesets/facebook/next", form, "why", "wrong"), http.StatusConflict)
	if text := mainText(t, root); len(out) != 1 || !strings.Contains(text, "its parser is not asked any more") || !strings.Contains(text, "is held again when the parser comes back") {
		t.Fatalf("to be left out are %q; the conflict says %s", out, text)
	}
	if w := d.send("/rulesets/facebook/next", form, out[0], "yes"); w.Code != http.StatusSeeOther {
		t.Fatalf("retiring answers %d", w.Code)
	}
	if pins, err := d.Store.Pins(t.Context(), domain.Facebook, "quasar-misaligned"); len(pins) != 1 || err != nil {
		t.Errorf("kept are %+v, %v", pins, err)
	}
	if entry := d.audited(t, 2)[1]; entry.Action != "pin.leave-out" {
		t.Errorf("the audit log says %+v", entry)
	}
	// A roll-back is asked, too, and brings the parser back without a question.
	d.loads(t)
	if code := d.do(t, "do=restore&version=2", "it was right"); code != http.StatusSeeOther {
		t.Fatalf("rolling back answers %d", code)
	}
	d.loads(t)
	if code := d.do(t, "do=restore&version=1", "it was wrong"); code != http.StatusConflict {
		t.Errorf("rolling back to where the sample does not hold answers %d", code)
	}
}

// An order that changes nothing is confirmed.
func TestMoveWithoutEffectIsConfirmed(t *testing.T) {
	t.Parallel()
	d, _ := newWorkbench(t)
	first := d.live(t).Parsers[0].Name
	query := "do=move&after=&parser=" + d.live(t).Parsers[1].Name
	if code := d.do(t, query, "tidier"); code != http.StatusConflict {
		t.Fatalf("answers %d", code)
	}
	form := htmltest.Form(htmltest.Page(t, d.Get("/rulesets/facebook/next?"+query), http.StatusOK))
	if w := d.send("/rulesets/facebook/next", form, "why", "tidier", views.NoEffectField, "yes"); w.Code != http.StatusSeeOther || d.live(t).Parsers[0].Name == first {
		t.Errorf("confirmed, it answers %d", w.Code)
	}
}

// Between a proposal and its approval somebody pins a sample that it breaks. The
// proposal's own samples are pinned when it is approved, not before.
func TestApprovalMeetsTheSamplesOfNow(t *testing.T) {
	t.Parallel()
	d, events := newPinboard(t)
	d.promotes(t)
	if err := d.Store.SetNeedsApproval(t.Context(), store.Actor{Name: "test"}, domain.Facebook, true); err != nil {
		t.Fatal(err)
	}
	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/facebook.quasar-misaligned"), http.StatusOK))
	form["cluster"], form["sample"] = d.ClusterOf(t, events[0]), ""
	form = htmltest.Form(htmltest.Page(t, d.send("/parsers/trial", form, "condition", `code == "91" && !message.contains("100007")`), http.StatusOK))
	left := ""
	for field := range form {
		if event, is := strings.CutPrefix(field, views.ToPinField("")); is && event == events[0] {
			left = views.LeaveOutField(event)
		}
	}
	w := d.send("/parsers/promote", form, "why", "narrower", views.NoEffectField, "yes", left, "yes")
	to := w.Header().Get("Location")
	if !strings.HasPrefix(to, "/proposals/") {
		t.Fatalf("answers %d, to %q: %s", w.Code, to, mainText(t, htmltest.Page(t, w, w.Code)))
	}
	if pins, err := d.Store.Pins(t.Context(), domain.Facebook, ""); len(pins) != 0 || err != nil {
		t.Errorf("before it is approved, pinned are %+v, %v", pins, err)
	}
	d.SignInAs(t, domain.Admin)
	d.pin(t, events[0], "quasar-misaligned", "must-match")
	root := htmltest.Page(t, d.Post(to+"/approve"), http.StatusConflict)
	out := ticks(root, views.LeaveOutField(""))
	if text := mainText(t, root); len(out) != 1 || !strings.Contains(text, "A pinned sample fails") || d.version(t) != 2 {
		t.Fatalf("to be left out are %q; the page says %s", out, text)
	}
	if w := d.Post(to+"/approve", out[0], "yes"); w.Code != http.StatusSeeOther || d.version(t) != 3 {
		t.Errorf("approving answers %d", w.Code)
	}
	pins, err := d.Store.Pins(t.Context(), domain.Facebook, "quasar-misaligned")
	if err != nil || len(pins) == 0 {
		t.Errorf("approved, pinned are %+v, %v", pins, err)
	}
	for _, pin := range pins {
		if pin.EventID == events[0] {
			t.Error("what was left out is pinned")
		}
	}
}

// A draft is kept by each form that comes, also without script, and is gone with
// its promotion.
func TestDraftsAreKeptAndOffered(t *testing.T) {
	t.Parallel()
	d, _ := newWorkbench(t)
	begun := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?network=facebook"), http.StatusOK))
	form := map[string]string{"draft": begun["draft"]}
	for fields := candidate(); len(fields) > 0; fields = fields[2:] {
		form[fields[0]] = fields[1]
	}
	htmltest.Page(t, d.send("/parsers/trial", form, "condition", `code == `), http.StatusUnprocessableEntity)
	page := htmltest.Page(t, d.Get("/parsers/new?network=facebook"), http.StatusOK)
	if offered := htmltest.Links(htmltest.ByID(page, "drafts")); len(offered) != 1 || offered[0] != "/parsers/new?draft="+begun["draft"] {
		t.Fatalf("offered are %q", offered)
	}
	back := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?draft="+begun["draft"]), http.StatusOK))
	if back["condition"] != "code ==" || back["why"] != "seen in the field" || back["name"] != "quasar-misaligned" || back["draft"] != begun["draft"] {
		t.Errorf("it comes back as %q", back)
	}
	if w := d.send("/parsers/drafts", back, "condition", `code == "91"`); w.Code != http.StatusNoContent {
		t.Errorf("keeping it answers %d", w.Code)
	}
	stranger := d.another(t, domain.Admin)
	htmltest.Page(t, stranger.Get("/parsers/new?draft="+begun["draft"]), http.StatusNotFound)
	if htmltest.ByID(htmltest.Page(t, stranger.Get("/parsers?network=facebook"), http.StatusOK), "drafts") != nil {
		t.Error("somebody else is offered it")
	}
	tried := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?draft="+begun["draft"]), http.StatusOK))
	if w := d.send("/parsers/promote", tried); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting it answers %d", w.Code)
	}
	if htmltest.ByID(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK), "drafts") != nil {
		t.Error("what was promoted is offered")
	}
	edit := htmltest.Form(htmltest.Page(t, d.Get("/parsers/facebook.service-codes"), http.StatusOK))
	d.send("/parsers/drafts", edit)
	list := htmltest.ByID(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK), "drafts")
	if !strings.Contains(htmltest.Text(list), "An edit of service-codes") {
		t.Errorf("offered is %s", htmltest.Text(list))
	}
	again := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?draft="+edit["draft"]), http.StatusOK))
	if again["editing"] != "service-codes" {
		t.Errorf("the edit comes back as %q", again)
	}
	discard := "/parsers/drafts/" + edit["draft"] + "/discard"
	if w := d.Post(discard); w.Code != http.StatusSeeOther {
		t.Errorf("discarding answers %d", w.Code)
	}
	htmltest.Page(t, d.Post(discard), http.StatusNotFound)
}
