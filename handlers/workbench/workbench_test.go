package workbench_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestWorkbenchStartsFromACluster(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	id := d.ClusterOf(t, events[0])
	for _, from := range []string{"cluster=" + id, "event=" + events[0]} {
		root := htmltest.Page(t, d.Get("/parsers/new?"+from), http.StatusOK)
		form := htmltest.Form(root)
		want := "code == \"91\" &&\ntype == \"Odd\" &&\nmessage.contains(\"The quasar of object\")"
		if form["condition"] != want || form["network"] != "facebook" || form["cluster"] != id || form["name"] != "the-quasar-of-object" {
			t.Errorf("%s: the form is %q", from, form)
		}
		if facts := htmltest.Text(htmltest.ByID(root, "sample-facts")); !strings.Contains(facts, "matches The condition holds on it.") || !strings.Contains(facts, "type Odd") {
			t.Errorf("%s: the sample says %s", from, facts)
		}
	}
	if form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?network=x"), http.StatusOK)); form["network"] != "x" || form["condition"] != "" {
		t.Errorf("from a network: %q", form)
	}
}

func TestWorkbenchOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	for path, want := range map[string]int{
		"/parsers/new?cluster=999": 404, "/parsers/new?cluster=x": 422, "/parsers/new?event=x": 404, "/parsers/new?network=myspace": 422,
		"/parsers/facebook.gone": 404, "/parsers/facebook": 404, "/parsers/%00": 404, "/parsers/x.session-password-changed": 404,
		"/parsers?network=myspace": 422, "/reparses/999999": 404, "/reparses/x": 404,
	} {
		htmltest.Page(t, d.Get(path), want)
	}
}

func TestTrialSortsStoredErrors(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	root := htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate()...), http.StatusOK)
	if got := servicetest.Buckets(root); !slices.Equal(got, []int{3, 1, 0, 0, 0, 1}) {
		t.Errorf("buckets %v", got)
	}
	text := htmltest.Text(htmltest.ByID(root, "trial"))
	for _, want := range []string{"on 5 stored errors of Facebook in the last 30 days", "Unparsed now 80%", "Unparsed after 20%", "code 91", "What a customer would read"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
}

func TestTrialShowsChangesShadowsAndFailures(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	root := htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate("condition", `code == "2"`)...), http.StatusOK)
	if got := servicetest.Buckets(root); !slices.Equal(got, []int{0, 0, 1, 0, 0, 4}) {
		t.Errorf("first in the ruleset: %v", got)
	}
	if rows := htmltest.Rows(htmltest.ByID(root, "changes")); len(rows) != 1 || !strings.Contains(rows[0][0], "platform-outage") || !strings.Contains(rows[0][1], "app-misconfigured") {
		t.Errorf("changes %q", rows)
	}
	live, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	last := live.Parsers[len(live.Parsers)-1].Name
	root = htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate("condition", `code == "2"`, "after", last)...), http.StatusOK)
	if got := servicetest.Buckets(root); !slices.Equal(got, []int{0, 0, 0, 1, 0, 4}) || !strings.Contains(htmltest.Text(root), "Overridden by") {
		t.Errorf("last in the ruleset: %v", got)
	}
	root = htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate("condition", `body.error.cod == 91`)...), http.StatusOK)
	text := htmltest.Text(htmltest.ByID(root, "trial"))
	if !strings.Contains(text, "body.error.cod is in 0 of 5 errors, but body.error.code in 4") || !strings.Contains(text, "The condition fails on 5 errors") {
		t.Errorf("a typing error is explained by %s", text)
	}
}

func TestTrialNamesWhatIsWrongAtItsField(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	for _, c := range []struct{ field, value, words string }{
		{"condition", "code == \"91\" &&\r\n  cod == 3", "Line 2, column 3: undeclared reference to 'cod'"},
		{"condition", "", "Write a condition."},
		{"condition", "code == \"\x00\"", "a character that can't be seen"},
		{"condition", strings.Repeat(`code == "1" || `, 8000) + "true", "the longest allowed has"},
		{"reason", "x.token-expired", "Choose a reason of Facebook."},
		{"reason", "facebook.gremlins", "Choose a reason of Facebook."},
		{"after", "gone", "no other parser"},
		{"period", "ever", "There is no period"},
	} {
		root := htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate(c.field, c.value)...), http.StatusUnprocessableEntity)
		at := htmltest.ByID(root, "field-"+c.field+"-error")
		if at == nil || !strings.Contains(htmltest.Text(at), c.words) {
			t.Errorf("%s %.40q: %v", c.field, c.value, at)
		}
		if form := htmltest.Form(root); c.field == "condition" && len(form["condition"]) != len(strings.ReplaceAll(c.value, "\r", "")) && !strings.Contains(c.value, "\x00") {
			t.Errorf("the form does not keep the condition: %.40q", form["condition"])
		}
	}
	htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate("network", "myspace")...), http.StatusUnprocessableEntity)
}

func TestTrialWhileTypingIsAPartOfThePage(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	typed := func(change ...string) *httptest.ResponseRecorder {
		r := servicetest.Form("/parsers/trial", servicetest.Candidate(change...)...)
		r.Header.Set("HX-Request", "true")
		return d.Send(r)
	}
	w := typed("name", "")
	if body := w.Body.String(); strings.Contains(body, "<main") || !strings.HasPrefix(body, `<section id="trial"`) || !slices.Contains(w.Result().Header["Vary"], "HX-Request") {
		t.Errorf("answers %.200s", body)
	}
	root := htmltest.Page(t, typed("condition", "cod"), http.StatusOK)
	if at := htmltest.ByID(root, "field-condition-error"); htmltest.Attribute(at, "hx-swap-oob") != "true" || !strings.Contains(htmltest.Text(at), "Line 1, column 1") {
		t.Errorf("the error says %s", htmltest.Text(at))
	}
}

func TestGoFunctionsCanOnlyBeLookedAt(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	for _, entry := range d.Catalog.Network(domain.Facebook).Parsers {
		root := htmltest.Page(t, d.Get("/parsers/facebook."+entry.Name), http.StatusOK)
		if form := htmltest.ByID(root, "workbench"); (form == nil) != (entry.Func != "") {
			t.Errorf("%s: form %v", entry.Name, form)
		}
	}
}

func TestTrialThatCanNotRun(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	w := d.Post("/trials", servicetest.Candidate("condition", `code ==`)...)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(htmltest.Text(htmltest.Page(t, w, w.Code)), "Line 1") {
		t.Errorf("answers %d", w.Code)
	}
}
