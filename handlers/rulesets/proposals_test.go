package rulesets_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// newCouncil is a workbench on a network that asks for a second person, and the desk
// of an admin.
func newCouncil(t *testing.T) (d, admin *servicetest.Desk) {
	t.Helper()
	d, _ = servicetest.NewWorkbench(t)
	admin = d.Another(t, domain.Admin)
	if w := admin.Post("/settings/approval", "network", "facebook", "needed", "yes"); w.Code != http.StatusSeeOther {
		t.Fatalf("switching answers %d", w.Code)
	}
	return d, admin
}

func TestSecondPersonApproves(t *testing.T) {
	t.Parallel()
	d, admin := newCouncil(t)
	if text := htmltest.Text(htmltest.ByID(htmltest.Page(t, admin.Get("/settings"), http.StatusOK), "approval")); !strings.Contains(text, "Facebook requires approval") {
		t.Errorf("settings say %s", text)
	}
	page := d.SendForm("/parsers/promote", d.Tried(t), "why", "seen in the field").Header().Get("Location")
	if !strings.HasPrefix(page, "/proposals/") || d.Version(t) != 1 {
		t.Fatalf("promoting leads to %s, version %d", page, d.Version(t))
	}
	text := htmltest.Text(htmltest.Inside(htmltest.Page(t, d.Get(page), http.StatusOK), "main")[0])
	for _, want := range []string{"Promote quasar-misaligned", "quasar-misaligned was added, at place 1.", "Newly explained 3", "waits for somebody else"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
	htmltest.Page(t, d.Post(page+"/approve"), http.StatusForbidden)
	edited := d.SendForm("/parsers/promote", d.Tried(t, "condition", `code in ["91"]`), "why", "narrower").Header().Get("Location")
	d = admin
	if text := htmltest.Text(htmltest.Page(t, d.Post(page+"/approve"), http.StatusConflict)); !strings.Contains(text, "replaced") {
		t.Errorf("approving what was edited says %s", text)
	}
	if w := d.Post(edited + "/approve"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/reparses/") {
		t.Errorf("approving answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
	if live := d.Live(t); live.Version != 2 || live.Parsers[0].Author != "engineer" || live.Parsers[0].Condition != `code in ["91"]` {
		t.Errorf("live is version %d, %+v", live.Version, live.Parsers[0])
	}
	for _, path := range []string{"/proposals/99", "/proposals/x"} {
		htmltest.Page(t, d.Get(path), http.StatusNotFound)
		htmltest.Page(t, d.Post(path+"/approve"), http.StatusNotFound)
		htmltest.Page(t, d.Post(path+"/withdraw"), http.StatusNotFound)
	}
	htmltest.Page(t, d.Post("/settings/approval", "network", "myspace"), http.StatusUnprocessableEntity)
}

func TestProposalIsOvertaken(t *testing.T) {
	t.Parallel()
	d, admin := newCouncil(t)
	mine := d.SendForm("/parsers/promote", d.Tried(t), "why", "seen in the field").Header().Get("Location")
	to := d.SendForm("/rulesets/facebook/next", htmltest.Form(htmltest.Page(t, d.Get("/rulesets/facebook/next?do=retire&parser=service-codes"), http.StatusOK)), "why", "too wide").
		Header().Get("Location")
	if !strings.HasPrefix(to, "/proposals/") {
		t.Fatalf("retiring leads to %s", to)
	}
	d = admin
	if w := d.Post(to + "/approve"); w.Code != http.StatusSeeOther {
		t.Fatalf("approving answers %d", w.Code)
	}
	text := htmltest.Text(htmltest.Page(t, d.Post(mine+"/approve"), http.StatusConflict))
	if !strings.Contains(text, "The ruleset changed since it was proposed") || !strings.Contains(text, "service-codes was removed.") {
		t.Errorf("the conflict says %s", text)
	}
	if w := d.Post(mine + "/withdraw"); w.Code != http.StatusSeeOther || d.Version(t) != 2 {
		t.Errorf("withdrawing answers %d, version %d", w.Code, d.Version(t))
	}
	htmltest.Page(t, d.Post(mine+"/withdraw"), http.StatusConflict)
}
