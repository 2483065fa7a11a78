package workbench_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

const outage = `{"error":{"message":"An unexpected error has occurred. Please retry your request later.","type":"OAuthException","code":2,"is_transient":true}}`

// desk is the dashboard as an engineer has it before her.
type desk struct{ *servicetest.Site }

func newDesk(t *testing.T) *desk {
	t.Helper()
	return &desk{servicetest.SignedIn(t, domain.Engineer)}
}

func quasar(n int) string {
	return fmt.Sprintf(`{"error":{"code":91,"type":"Odd","message":"The quasar of object %d is misaligned"}}`, 100000+n)
}

// newWorkbench is a desk with three errors of one unknown kind, one of another,
// and one that is explained; it returns the ids of their events.
func newWorkbench(t *testing.T) (*desk, []string) {
	t.Helper()
	d := newDesk(t)
	return d, d.AddErrors(t, domain.Facebook, quasar(1), quasar(2), quasar(3), "other words", outage)
}

// candidate is a form that explains the unknown kind.
func candidate(change ...string) []string {
	form := map[string]string{
		"network": "facebook", "name": "quasar-misaligned", "condition": `code == "91"`, "reason": "facebook.app-misconfigured",
		"after": "", "why": "seen in the field", "period": "30d",
	}
	for i := 0; i < len(change); i += 2 {
		form[change[i]] = change[i+1]
	}
	var fields []string
	for name, value := range form {
		fields = append(fields, name, value)
	}
	return fields
}

func (d *desk) send(path string, form map[string]string, change ...string) *httptest.ResponseRecorder {
	var fields []string
	for i := 0; i < len(change); i += 2 {
		form[change[i]] = change[i+1]
	}
	for name, value := range form {
		fields = append(fields, name, value)
	}
	return d.Post(path, fields...)
}

// tried runs a trial and returns the form that it comes back with.
func (d *desk) tried(t *testing.T, change ...string) map[string]string {
	t.Helper()
	return htmltest.Form(htmltest.Page(t, d.Post("/parsers/trial", candidate(change...)...), http.StatusOK))
}

func (d *desk) version(t *testing.T) int {
	t.Helper()
	live, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	return live.Version
}

// buckets are the numbers of a trial, in the order of the page.
func buckets(root *html.Node) []int {
	var numbers []int
	for _, li := range htmltest.Inside(htmltest.ByID(root, "trial-result"), "li") {
		for _, span := range htmltest.Inside(li, "span") {
			if htmltest.Attribute(span, "class") == "shares-number" {
				n, _ := strconv.Atoi(htmltest.Text(span))
				numbers = append(numbers, n)
			}
		}
	}
	return numbers
}

func TestWorkbenchStartsFromACluster(t *testing.T) {
	t.Parallel()
	d, events := newWorkbench(t)
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
	d, _ := newWorkbench(t)
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
	d, _ := newWorkbench(t)
	root := htmltest.Page(t, d.Post("/parsers/trial", candidate()...), http.StatusOK)
	if got := buckets(root); !slices.Equal(got, []int{3, 1, 0, 0, 0, 1}) {
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
	d, _ := newWorkbench(t)
	root := htmltest.Page(t, d.Post("/parsers/trial", candidate("condition", `code == "2"`)...), http.StatusOK)
	if got := buckets(root); !slices.Equal(got, []int{0, 0, 1, 0, 0, 4}) {
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
	root = htmltest.Page(t, d.Post("/parsers/trial", candidate("condition", `code == "2"`, "after", last)...), http.StatusOK)
	if got := buckets(root); !slices.Equal(got, []int{0, 0, 0, 1, 0, 4}) || !strings.Contains(htmltest.Text(root), "Overridden by") {
		t.Errorf("last in the ruleset: %v", got)
	}
	root = htmltest.Page(t, d.Post("/parsers/trial", candidate("condition", `body.error.cod == 91`)...), http.StatusOK)
	text := htmltest.Text(htmltest.ByID(root, "trial"))
	if !strings.Contains(text, "body.error.cod is in 0 of 5 errors, but body.error.code in 4") || !strings.Contains(text, "The condition fails on 5 errors") {
		t.Errorf("a typing error is explained by %s", text)
	}
}

func TestTrialNamesWhatIsWrongAtItsField(t *testing.T) {
	t.Parallel()
	d, _ := newWorkbench(t)
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
		root := htmltest.Page(t, d.Post("/parsers/trial", candidate(c.field, c.value)...), http.StatusUnprocessableEntity)
		at := htmltest.ByID(root, "field-"+c.field+"-error")
		if at == nil || !strings.Contains(htmltest.Text(at), c.words) {
			t.Errorf("%s %.40q: %v", c.field, c.value, at)
		}
		if form := htmltest.Form(root); c.field == "condition" && len(form["condition"]) != len(strings.ReplaceAll(c.value, "\r", "")) && !strings.Contains(c.value, "\x00") {
			t.Errorf("the form does not keep the condition: %.40q", form["condition"])
		}
	}
	htmltest.Page(t, d.Post("/parsers/trial", candidate("network", "myspace")...), http.StatusUnprocessableEntity)
}

func TestTrialWhileTypingIsAPartOfThePage(t *testing.T) {
	t.Parallel()
	d, _ := newWorkbench(t)
	typed := func(change ...string) *httptest.ResponseRecorder {
		r := servicetest.Form("/parsers/trial", candidate(change...)...)
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

func TestParsersPageShowsTheRulesetInOrder(t *testing.T) {
	t.Parallel()
	d, _ := newWorkbench(t)
	root := htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)
	live, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	table := htmltest.Rows(htmltest.Inside(root, "table")[0])
	if len(table) != len(live.Parsers) || table[0][1] != live.Parsers[0].Name {
		t.Fatalf("%d rows, first %q", len(table), table[0])
	}
	matched := slices.IndexFunc(table, func(row []string) bool { return row[4] == "1" })
	if matched < 0 || table[matched][5] != "20%" || table[matched][7] != "built-in" {
		t.Errorf("no parser has the one match")
	}
	want := fmt.Sprintf("/disconnections?network=facebook&parser=%s&period=7d", table[matched][1])
	if all := htmltest.Links(htmltest.Inside(root, "table")[0]); !slices.Contains(all, want) || !slices.Contains(all, "/parsers/facebook."+table[matched][1]) {
		t.Errorf("no link to %s", want)
	}
	if file, err := csv.NewReader(d.Get("/parsers.csv?network=facebook").Body).ReadAll(); err != nil || len(file) != len(table)+1 {
		t.Errorf("the file has %d rows, %v", len(file), err)
	}
}

func TestGoFunctionsCanOnlyBeLookedAt(t *testing.T) {
	t.Parallel()
	d, _ := newWorkbench(t)
	for _, entry := range d.Catalog.Network(domain.Facebook).Parsers {
		root := htmltest.Page(t, d.Get("/parsers/facebook."+entry.Name), http.StatusOK)
		if form := htmltest.ByID(root, "workbench"); (form == nil) != (entry.Func != "") {
			t.Errorf("%s: form %v", entry.Name, form)
		}
	}
}
