package workbench_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestPinsAreHeldAgainstEveryPromotion(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewPinboard(t)
	d.Promote(t)
	d.Pin(t, events[0], "quasar-misaligned", "must-match")
	d.Pin(t, events[1], "quasar-misaligned", "must-not-match")
	page := htmltest.Page(t, d.Get("/parsers/facebook.quasar-misaligned"), http.StatusOK)
	if pins := htmltest.Rows(htmltest.ByID(page, "pins")); len(pins) != 2 || pins[0][0] != "must not match" || pins[0][2] != "holds" || pins[1][2] != "holds" {
		t.Fatalf("pins %q", pins)
	}
	narrower := htmltest.Form(htmltest.Page(t, d.SendForm("/parsers/trial", htmltest.Form(page), "condition", `code == "91" && message.contains("object 100001")`), http.StatusOK))
	root := htmltest.Page(t, d.SendForm("/parsers/promote", narrower, "why", "narrower"), http.StatusConflict)
	if text := htmltest.Text(htmltest.Inside(root, "main")[0]); !strings.Contains(text, "A pinned sample fails") || !strings.Contains(text, "Sample 1 of quasar-misaligned: it must match and does not.") {
		t.Errorf("the conflict says %s", text)
	}
	form := d.Tried(t, "name", "catch-all", "condition", `code in ["91", "2"]`)
	for field := range form {
		if strings.HasPrefix(field, "accept ") {
			form[field] = "it is so"
		}
	}
	root = htmltest.Page(t, d.SendForm("/parsers/promote", form, "reason", "facebook.app-misconfigured"), http.StatusSeeOther)
	if root == nil || d.Version(t) != 3 {
		t.Fatalf("version %d", d.Version(t)) // the same reason by another parser breaks nothing
	}
	d.LoadRuleset(t)
	if code := d.ChangeRuleset(t, "do=retire&parser=catch-all", "too wide"); code != http.StatusSeeOther {
		t.Errorf("retiring answers %d", code)
	}
	if w := d.Post("/pins/1/remove"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/parsers/facebook.quasar-misaligned#pins" {
		t.Errorf("removing answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
}

func TestSampleIsPinnedFromTheWorkbench(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewPinboard(t)
	form := servicetest.Candidate("sample", events[0], "pin", "must-match")
	root := htmltest.Page(t, d.Post("/parsers/pin", form...), http.StatusOK)
	if pins := htmltest.Rows(htmltest.ByID(root, "pins")); len(pins) != 1 || pins[0][2] != "holds" || htmltest.Form(root)["condition"] != `code == "91"` {
		t.Errorf("pins %q", pins)
	}
	htmltest.Page(t, d.Post("/parsers/pin", servicetest.Candidate("sample", events[0], "pin", "often")...), http.StatusUnprocessableEntity)
	htmltest.Page(t, d.Post("/parsers/pin", servicetest.Candidate("sample", "gone", "pin", "known-gap")...), http.StatusUnprocessableEntity)
	htmltest.Page(t, d.Post("/parsers/pin", servicetest.Candidate("sample", events[0], "pin", "known-gap", "name", "Not a name")...), http.StatusUnprocessableEntity)
	htmltest.Page(t, d.Post("/parsers/pin", servicetest.Candidate("sample", events[0], "pin", "known-gap", "network", "x")...), http.StatusUnprocessableEntity)
}
