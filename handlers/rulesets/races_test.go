package rulesets_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"wherefore/domain"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// The same of two who change the order.
func TestTwoEngineersRetireAtOnce(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	desks := []*servicetest.Desk{d, d.Another(t, domain.Admin)}
	parsers := []string{d.Live(t).Parsers[0].Name, d.Live(t).Parsers[1].Name}
	var answers [2]*httptest.ResponseRecorder
	var both sync.WaitGroup
	var forms [2]map[string]string // both are filled in before one is sent
	for i, own := range desks {
		forms[i] = htmltest.Form(htmltest.Page(t, own.Get("/rulesets/facebook/next?do=retire&parser="+parsers[i]), http.StatusOK))
	}
	for i, own := range desks {
		both.Go(func() { answers[i] = own.SendForm("/rulesets/facebook/next", forms[i], "why", "too wide") })
	}
	both.Wait()
	won := slices.IndexFunc(answers[:], func(w *httptest.ResponseRecorder) bool { return w.Code == http.StatusSeeOther })
	if won < 0 || d.Version(t) != 2 {
		t.Fatalf("%d and %d, version %d", answers[0].Code, answers[1].Code, d.Version(t))
	}
	text := htmltest.Text(htmltest.Inside(htmltest.Page(t, answers[1-won], http.StatusConflict), "main")[0])
	if !strings.Contains(text, "The ruleset changed since you saw it") || !strings.Contains(text, parsers[won]+" was removed.") {
		t.Errorf("the conflict says %s", text)
	}
}
