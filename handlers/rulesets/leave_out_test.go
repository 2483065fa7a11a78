package rulesets_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// A retired parser keeps its samples, and whoever retires it has seen each.
func TestRetiredParserKeepsItsSamples(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewPinboard(t)
	d.Promote(t)
	d.Pin(t, events[0], "quasar-misaligned", "must-match")
	root := htmltest.Page(t, d.Get("/rulesets/facebook/next?do=retire&parser=quasar-misaligned"), http.StatusOK)
	out := servicetest.Ticks(root, views.LeaveOutField(""))
	form := htmltest.Form(root)
	root = htmltest.Page(t, d.SendForm("/rulesets/facebook/next", form, "why", "wrong"), http.StatusConflict)
	if text := servicetest.MainText(t, root); len(out) != 1 || !strings.Contains(text, "its parser is not asked any more") || !strings.Contains(text, "is held again when the parser comes back") {
		t.Fatalf("to be left out are %q; the conflict says %s", out, text)
	}
	if w := d.SendForm("/rulesets/facebook/next", form, out[0], "yes"); w.Code != http.StatusSeeOther {
		t.Fatalf("retiring answers %d", w.Code)
	}
	if pins, err := d.Store.Pins(t.Context(), domain.Facebook, "quasar-misaligned"); len(pins) != 1 || err != nil {
		t.Errorf("kept are %+v, %v", pins, err)
	}
	if entry := d.Audited(t, 2)[1]; entry.Action != "pin.leave-out" {
		t.Errorf("the audit log says %+v", entry)
	}
	// A roll-back is asked, too, and brings the parser back without a question.
	d.LoadRuleset(t)
	if code := d.ChangeRuleset(t, "do=restore&version=2", "it was right"); code != http.StatusSeeOther {
		t.Fatalf("rolling back answers %d", code)
	}
	d.LoadRuleset(t)
	if code := d.ChangeRuleset(t, "do=restore&version=1", "it was wrong"); code != http.StatusConflict {
		t.Errorf("rolling back to where the sample does not hold answers %d", code)
	}
}

// An order that changes nothing is confirmed.
func TestMoveWithoutEffectIsConfirmed(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	first := d.Live(t).Parsers[0].Name
	query := "do=move&after=&parser=" + d.Live(t).Parsers[1].Name
	if code := d.ChangeRuleset(t, query, "tidier"); code != http.StatusConflict {
		t.Fatalf("answers %d", code)
	}
	form := htmltest.Form(htmltest.Page(t, d.Get("/rulesets/facebook/next?"+query), http.StatusOK))
	if w := d.SendForm("/rulesets/facebook/next", form, "why", "tidier", views.NoEffectField, "yes"); w.Code != http.StatusSeeOther || d.Live(t).Parsers[0].Name == first {
		t.Errorf("confirmed, it answers %d", w.Code)
	}
}

// Between a proposal and its approval somebody pins a sample that it breaks. The
// proposal's own samples are pinned when it is approved, not before.
func TestApprovalMeetsTheSamplesOfNow(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewPinboard(t)
	d.Promote(t)
	if err := d.Store.SetNeedsApproval(t.Context(), store.Actor{Name: "test"}, domain.Facebook, true); err != nil {
		t.Fatal(err)
	}
	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/facebook.quasar-misaligned"), http.StatusOK))
	form["cluster"], form["sample"] = d.ClusterOf(t, events[0]), ""
	form = htmltest.Form(htmltest.Page(t, d.SendForm("/parsers/trial", form, "condition", `code == "91" && !message.contains("100007")`), http.StatusOK))
	left := ""
	for field := range form {
		if event, is := strings.CutPrefix(field, views.ToPinField("")); is && event == events[0] {
			left = views.LeaveOutField(event)
		}
	}
	w := d.SendForm("/parsers/promote", form, "why", "narrower", views.NoEffectField, "yes", left, "yes")
	to := w.Header().Get("Location")
	if !strings.HasPrefix(to, "/proposals/") {
		t.Fatalf("answers %d, to %q: %s", w.Code, to, servicetest.MainText(t, htmltest.Page(t, w, w.Code)))
	}
	if pins, err := d.Store.Pins(t.Context(), domain.Facebook, ""); len(pins) != 0 || err != nil {
		t.Errorf("before it is approved, pinned are %+v, %v", pins, err)
	}
	d.SignInAs(t, domain.Admin)
	d.Pin(t, events[0], "quasar-misaligned", "must-match")
	root := htmltest.Page(t, d.Post(to+"/approve"), http.StatusConflict)
	out := servicetest.Ticks(root, views.LeaveOutField(""))
	if text := servicetest.MainText(t, root); len(out) != 1 || !strings.Contains(text, "A pinned sample fails") || d.Version(t) != 2 {
		t.Fatalf("to be left out are %q; the page says %s", out, text)
	}
	if w := d.Post(to+"/approve", out[0], "yes"); w.Code != http.StatusSeeOther || d.Version(t) != 3 {
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
