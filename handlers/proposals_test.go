package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"wherefore/domain"
)

// newCouncil is a workbench on a network that asks for a second person.
func newCouncil(t *testing.T) *desk {
	t.Helper()
	d := newArchive(t)
	d.serve("GET /proposals/{id}", d.workbench().ShowProposal)
	d.serve("POST /proposals/{id}/approve", d.workbench().ApproveProposal)
	d.serve("POST /proposals/{id}/withdraw", d.workbench().WithdrawProposal)
	d.serve("GET /settings", d.dashboard.ShowSettings)
	d.serve("POST /settings/approval", d.dashboard.SetApproval)
	if w := d.post("/settings/approval", "network", "facebook", "needed", "yes"); w.Code != http.StatusSeeOther {
		t.Fatalf("switching answers %d", w.Code)
	}
	return d
}

func TestSecondPersonApproves(t *testing.T) {
	t.Parallel()
	d := newCouncil(t)
	if text := reads(byID(pageOf(t, d.get("/settings"), http.StatusOK), "approval")); !strings.Contains(text, "Facebook requires approval") {
		t.Errorf("settings say %s", text)
	}
	page := d.send("/parsers/promote", d.tried(t), "why", "seen in the field").Header().Get("Location")
	if !strings.HasPrefix(page, "/proposals/") || d.version(t) != 1 {
		t.Fatalf("promoting leads to %s, version %d", page, d.version(t))
	}
	text := reads(inside(pageOf(t, d.get(page), http.StatusOK), "main")[0])
	for _, want := range []string{"Promote quasar-misaligned", "quasar-misaligned was added, at place 1.", "Newly explained 3", "waits for somebody else"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
	pageOf(t, d.post(page+"/approve"), http.StatusForbidden)
	edited := d.send("/parsers/promote", d.tried(t, "condition", `code in ["91"]`), "why", "narrower").Header().Get("Location")
	d.signInAs(t, domain.Admin)
	if text := reads(pageOf(t, d.post(page+"/approve"), http.StatusConflict)); !strings.Contains(text, "replaced") {
		t.Errorf("approving what was edited says %s", text)
	}
	if w := d.post(edited + "/approve"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/reparses/") {
		t.Errorf("approving answers %d, to %s", w.Code, w.Header().Get("Location"))
	}
	if live := d.live(t); live.Version != 2 || live.Parsers[0].Author != "engineer" || live.Parsers[0].Condition != `code in ["91"]` {
		t.Errorf("live is version %d, %+v", live.Version, live.Parsers[0])
	}
	for _, path := range []string{"/proposals/99", "/proposals/x"} {
		pageOf(t, d.get(path), http.StatusNotFound)
		pageOf(t, d.post(path+"/approve"), http.StatusNotFound)
		pageOf(t, d.post(path+"/withdraw"), http.StatusNotFound)
	}
	pageOf(t, d.post("/settings/approval", "network", "myspace"), http.StatusUnprocessableEntity)
}

func TestProposalIsOvertaken(t *testing.T) {
	t.Parallel()
	d := newCouncil(t)
	mine := d.send("/parsers/promote", d.tried(t), "why", "seen in the field").Header().Get("Location")
	to := d.send("/rulesets/facebook/next", filled(pageOf(t, d.get("/rulesets/facebook/next?do=retire&parser=service-codes"), http.StatusOK)), "why", "too wide").
		Header().Get("Location")
	if !strings.HasPrefix(to, "/proposals/") {
		t.Fatalf("retiring leads to %s", to)
	}
	d.signInAs(t, domain.Admin)
	if w := d.post(to + "/approve"); w.Code != http.StatusSeeOther {
		t.Fatalf("approving answers %d", w.Code)
	}
	text := reads(pageOf(t, d.post(mine+"/approve"), http.StatusConflict))
	if !strings.Contains(text, "The ruleset changed since it was proposed") || !strings.Contains(text, "service-codes was removed.") {
		t.Errorf("the conflict says %s", text)
	}
	if w := d.post(mine + "/withdraw"); w.Code != http.StatusSeeOther || d.version(t) != 2 {
		t.Errorf("withdrawing answers %d, version %d", w.Code, d.version(t))
	}
	pageOf(t, d.post(mine+"/withdraw"), http.StatusConflict)
}
