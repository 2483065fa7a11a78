package workbench_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/views"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// A parser that is written for a cluster is held against the cluster's samples:
// each that it does not match is red in the trial, and left out by its name or not
// at all; and a parser that explains nothing needs one more word.
func TestParserThatExplainsNothingIsNotPromotedByMistake(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	cluster := d.ClusterOf(t, events[0])
	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?cluster="+cluster), http.StatusOK))
	form["reason"] = "facebook.app-misconfigured"
	root := htmltest.Page(t, d.SendForm("/parsers/trial", form), http.StatusOK)
	pins := htmltest.Rows(htmltest.ByID(root, "pins"))
	if len(pins) != 3 || pins[0][2] != "holds" || len(servicetest.Ticks(root, views.LeaveOutField(""))) != 0 {
		t.Fatalf("the cluster's samples are %q", pins)
	}
	form = htmltest.Form(root)
	root = htmltest.Page(t, d.SendForm("/parsers/trial", form, "condition", `code == "nothing"`), http.StatusOK)
	pins, out := htmltest.Rows(htmltest.ByID(root, "pins")), servicetest.Ticks(root, views.LeaveOutField(""))
	if len(pins) != 3 || pins[0][2] != "it must match and does not" || len(out) != 3 {
		t.Fatalf("changed, they are %q, to be left out %q", pins, out)
	}
	form = htmltest.Form(root)
	form["why"] = "by mistake"
	root = htmltest.Page(t, d.SendForm("/parsers/promote", form), http.StatusConflict)
	if text := servicetest.MainText(t, root); !strings.Contains(text, "A pinned sample fails") || !strings.Contains(text, "The quasar of object") {
		t.Errorf("the conflict says %s", text)
	}
	htmltest.Page(t, d.SendForm("/parsers/promote", form, out[0], "yes", out[1], "yes"), http.StatusConflict)
	root = htmltest.Page(t, d.SendForm("/parsers/promote", form, out[2], "yes"), http.StatusConflict)
	if text := servicetest.MainText(t, root); !strings.Contains(text, "It changes no stored error") || !strings.Contains(text, "its condition holds on none") {
		t.Errorf("the conflict says %s", text)
	}
	if d.Version(t) != 1 {
		t.Fatalf("version %d", d.Version(t))
	}
	form = htmltest.Form(root) // with the boxes as they were ticked
	if w := d.SendForm("/parsers/promote", form, views.NoEffectField, "yes"); w.Code != http.StatusSeeOther || d.Version(t) != 2 {
		t.Fatalf("confirmed, it answers %d: %s", w.Code, w.Body)
	}
	named := 0
	for _, entry := range d.Audited(t, 10) {
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
	d, events := servicetest.NewWorkbench(t)
	cluster := d.ClusterOf(t, events[0])
	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?cluster="+cluster), http.StatusOK))
	other := d.AddErrors(t, domain.Facebook, "unlike all others")[0]
	form["reason"], form["why"], form[views.ToPinField(other)] = "facebook.app-misconfigured", "seen", "yes"
	form = htmltest.Form(htmltest.Page(t, d.SendForm("/parsers/trial", form), http.StatusOK))
	root := htmltest.Page(t, d.SendForm("/parsers/promote", form), http.StatusConflict)
	if out := servicetest.Ticks(root, views.LeaveOutField("")); len(out) != 1 || out[0] != views.LeaveOutField(other) {
		t.Errorf("to be left out are %q", out)
	}
}

// A draft is kept by each form that comes, also without script, and is gone with
// its promotion.
func TestDraftsAreKeptAndOffered(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	begun := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?network=facebook"), http.StatusOK))
	form := map[string]string{"draft": begun["draft"]}
	for fields := servicetest.Candidate(); len(fields) > 0; fields = fields[2:] {
		form[fields[0]] = fields[1]
	}
	htmltest.Page(t, d.SendForm("/parsers/trial", form, "condition", `code == `), http.StatusUnprocessableEntity)
	page := htmltest.Page(t, d.Get("/parsers/new?network=facebook"), http.StatusOK)
	if offered := htmltest.Links(htmltest.ByID(page, "drafts")); len(offered) != 1 || offered[0] != "/parsers/new?draft="+begun["draft"] {
		t.Fatalf("offered are %q", offered)
	}
	back := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?draft="+begun["draft"]), http.StatusOK))
	if back["condition"] != "code ==" || back["why"] != "seen in the field" || back["name"] != "quasar-misaligned" || back["draft"] != begun["draft"] {
		t.Errorf("it comes back as %q", back)
	}
	if w := d.SendForm("/parsers/drafts", back, "condition", `code == "91"`); w.Code != http.StatusNoContent {
		t.Errorf("keeping it answers %d", w.Code)
	}
	stranger := d.Another(t, domain.Admin)
	htmltest.Page(t, stranger.Get("/parsers/new?draft="+begun["draft"]), http.StatusNotFound)
	if htmltest.ByID(htmltest.Page(t, stranger.Get("/parsers?network=facebook"), http.StatusOK), "drafts") != nil {
		t.Error("somebody else is offered it")
	}
	tried := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?draft="+begun["draft"]), http.StatusOK))
	if w := d.SendForm("/parsers/promote", tried); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting it answers %d", w.Code)
	}
	if htmltest.ByID(htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK), "drafts") != nil {
		t.Error("what was promoted is offered")
	}
	edit := htmltest.Form(htmltest.Page(t, d.Get("/parsers/facebook.service-codes"), http.StatusOK))
	d.SendForm("/parsers/drafts", edit)
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
