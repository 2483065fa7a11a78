package workbench_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

// opened is the form of a new parser, as the page of the first event shows it.
func opened(t *testing.T, d *servicetest.Desk, event string) map[string]string {
	t.Helper()
	return htmltest.Form(htmltest.Page(t, d.Get("/parsers/new?event="+event), http.StatusOK))
}

// edited presses a button of a form, after changes, and returns the form that
// comes back.
func edited(t *testing.T, d *servicetest.Desk, form map[string]string, change ...string) map[string]string {
	t.Helper()
	return htmltest.Form(htmltest.Page(t, d.SendForm("/parsers/form", maps.Clone(form), change...), http.StatusOK))
}

// typing posts a form as htmx does.
func typing(d *servicetest.Desk, path string, form map[string]string, change ...string) *httptest.ResponseRecorder {
	var fields []string
	for name, value := range form {
		fields = append(fields, name, value)
	}
	r := servicetest.Form(path, append(fields, change...)...)
	r.Header.Set("HX-Request", "true")
	return d.Send(r)
}

// rowsIn are the rows of a form: fact, test and value of each.
func rowsIn(form map[string]string) []string {
	var rows []string
	for _, n := range []string{"1", "2", "3", "4", "5"} {
		if _, there := form["fact-"+n]; there {
			rows = append(rows, strings.TrimSpace(form["fact-"+n]+" "+form["test-"+n]+" "+form["value-"+n]))
		}
	}
	return rows
}

func TestRowsAndExpressionFollowEachOther(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	form := opened(t, d, events[0])
	want := []string{"code is 91", "type is Odd", "message contains The quasar of object"}
	if got := rowsIn(form); !slices.Equal(got, want) {
		t.Fatalf("the page begins with %q", got)
	}

	form = edited(t, d, form, "test-1", "is-one-of", "value-1", "91, 92")
	if !strings.HasPrefix(form["condition"], "code in [\"91\", \"92\"] &&\n") {
		t.Errorf("changed rows are the expression %s", form["condition"])
	}
	form = edited(t, d, form, "condition", `"92" == code || body.error.type != "Odd"`)
	if got := rowsIn(form); !slices.Equal(got, []string{"code is 92", "body.error.type is-not Odd"}) || form["join"] != "any" {
		t.Errorf("a changed expression is the rows %q, %s", got, form["join"])
	}
	form = edited(t, d, form, "why", "more")
	if form["condition"] != `"92" == code || body.error.type != "Odd"` {
		t.Errorf("what nobody changed became %s", form["condition"])
	}
	form = edited(t, d, form, "condition", `code == "1"`, "value-1", "93")
	if got := rowsIn(form); !slices.Equal(got, []string{"code is 1"}) {
		t.Errorf("of two changes the expression does not win: %q", got)
	}
}

func TestRowsComeAndGoWithoutScript(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	form := edited(t, d, opened(t, d, events[0]), "do", "add-row")
	if got := rowsIn(form); len(got) != 4 || got[3] != "is" {
		t.Fatalf("with one more row: %q", got)
	}
	form = edited(t, d, form, "fact-4", "status", "value-4", "400")
	if !strings.HasSuffix(form["condition"], "&&\nstatus == 400") {
		t.Errorf("the fourth row is missing from %s", form["condition"])
	}
	form = edited(t, d, form, "do", "remove-row 2")
	if got := rowsIn(form); len(got) != 3 || strings.Contains(form["condition"], "type") {
		t.Errorf("with one row less: %q, %s", got, form["condition"])
	}
	for _, do := range []string{"remove-row 9", "remove-row x", "fly"} {
		if again := edited(t, d, form, "do", do); again["condition"] != form["condition"] || len(rowsIn(again)) != 3 {
			t.Errorf("%s changes something", do)
		}
	}
	for range 3 {
		form = edited(t, d, form, "do", "remove-row 1")
	}
	if got := rowsIn(form); len(got) != 1 || got[0] != "is" || form["condition"] != "" {
		t.Errorf("without rows: %q, %s", got, form["condition"])
	}
}

// offered are the conditions that the facts of a page ask for.
func offered(root *html.Node) []string {
	var asks []string
	for _, button := range htmltest.Inside(htmltest.ByID(root, "sample-facts"), "button") {
		if htmltest.Attribute(button, "name") == "ask" {
			asks = append(asks, htmltest.Attribute(button, "value"))
		}
	}
	return asks
}

func TestEachFactOfASampleCanBeAskedFor(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	outageEvent := events[4]
	root := htmltest.Page(t, d.Get("/parsers/new?event="+outageEvent), http.StatusOK)
	asks := offered(root)
	for _, want := range []string{
		`format == "json"`, `code == "2"`, `subcode == ""`, `type == "OAuthException"`, `body.error.is_transient == true`, `body.error.code == 2`,
	} {
		if !slices.Contains(asks, want) {
			t.Errorf("%s is not offered among %q", want, asks)
		}
	}
	form := htmltest.Form(root)
	for _, ask := range asks {
		next := edited(t, d, form, "condition", "", "ask", ask)
		if next["condition"] != ask || len(rowsIn(next)) != 1 {
			t.Errorf("asking for %s makes %q", ask, next["condition"])
		}
	}
	form = edited(t, d, form, "condition", `code == "2"`, "ask", `body.error.is_transient == true`)
	if form["condition"] != "code == \"2\" &&\nbody.error.is_transient == true" {
		t.Errorf("together they are %s", form["condition"])
	}
	if again := edited(t, d, form, "ask", `code == "2"`); again["condition"] != form["condition"] {
		t.Errorf("asked for twice: %s", again["condition"])
	}
	for _, odd := range []string{"", "true", `code == "1" && type == "a"`, "\x00", strings.Repeat("(", 9000)} {
		htmltest.Page(t, d.SendForm("/parsers/form", maps.Clone(form), "ask", odd), http.StatusUnprocessableEntity)
	}
}

func TestWhatRowsCannotSay(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	form := opened(t, d, events[0])
	for condition, words := range map[string]string{
		`!(code == "1")`: "can only be written as an expression", `code = 1`: "as soon as the expression can be read",
	} {
		root := htmltest.Page(t, d.SendForm("/parsers/form", maps.Clone(form), "condition", condition), http.StatusOK)
		rows := htmltest.ByID(root, "condition-rows")
		if !strings.Contains(htmltest.Text(rows), words) || len(rowsIn(htmltest.Form(root))) != 0 || htmltest.ByID(root, "rows-mark") != nil {
			t.Errorf("%s: the rows read %s", condition, htmltest.Text(rows))
		}
		if htmltest.Form(root)["condition"] != condition {
			t.Errorf("%s became %s", condition, htmltest.Form(root)["condition"])
		}
	}
	for _, c := range []struct{ field, value, words string }{
		{"fact-1", "cod", "There is no fact of this name"}, {"fact-1", "status", "a whole number"}, {"test-1", "sounds like", "no such test"},
	} {
		change := []string{c.field, c.value}
		if c.value == "status" {
			change = append(change, "value-1", "many")
		}
		root := htmltest.Page(t, d.SendForm("/parsers/trial", maps.Clone(form), change...), http.StatusUnprocessableEntity)
		if words := htmltest.Text(htmltest.ByID(root, "row-error-1")); !strings.Contains(words, c.words) {
			t.Errorf("%s %s: the row says %q", c.field, c.value, words)
		}
		if htmltest.Form(root)[c.field] != c.value && c.field != "test-1" {
			t.Errorf("%s is not kept", c.field)
		}
	}
}

func TestErrorsShowTheirPlace(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	root := htmltest.Page(t, d.SendForm("/parsers/form", opened(t, d, events[0]), "condition", "code == \"1\" &&\r\n\tcod == \"2\" && "+strings.Repeat("x", 100)), http.StatusOK)
	places := htmltest.Inside(htmltest.ByID(root, "condition-carets"), "pre")
	if len(places) != 2 {
		t.Fatalf("%d places", len(places))
	}
	if got, want := places[0].FirstChild.Data, " cod == \"2\" && "+strings.Repeat("x", 26)+"\n ^"; got != want {
		t.Errorf("the first is shown as\n%s\nand not\n%s", got, want)
	}
}

// While someone types, only the other part of the editor is replaced.
func TestOnlyWhatNobodyTypesInFollows(t *testing.T) {
	t.Parallel()
	d, events := servicetest.NewWorkbench(t)
	form := opened(t, d, events[0])
	for _, c := range []struct {
		change []string
		yes    []string
		no     []string
	}{
		{[]string{"value-1", "92"}, []string{"expression", "rows-mark", "row-error-1"}, []string{"condition-rows"}},
		{[]string{"condition", `code == "4"`}, []string{"condition-rows", "field-condition-error"}, []string{"expression"}},
		{[]string{"condition", `code == `}, []string{"field-condition-error", "condition-carets"}, []string{"expression", "condition-rows", "rows-mark"}},
		{[]string{"reason", "facebook.rate-limited"}, []string{"reason-entry", "sample-holds"}, []string{"expression", "condition-rows", "sample-facts"}},
		{[]string{"sample", events[1]}, []string{"sample-facts"}, nil},
	} {
		root := htmltest.Page(t, typing(d, "/parsers/trial", form, c.change...), http.StatusOK)
		for _, id := range c.yes {
			if htmltest.Attribute(htmltest.ByID(root, id), "hx-swap-oob") != "true" {
				t.Errorf("%q: %s does not follow", c.change, id)
			}
		}
		for _, id := range c.no {
			if htmltest.ByID(root, id) != nil {
				t.Errorf("%q: %s is replaced", c.change, id)
			}
		}
	}
	w := typing(d, "/parsers/form", form, "do", "add-row")
	if !strings.HasPrefix(w.Body.String(), `<div id="editor"`) || w.Header().Get("HX-Trigger-After-Settle") != "edited" {
		t.Errorf("a button answers %.100s", w.Body)
	}
}

// A reason that the network was not known to report is shown with all its words,
// and is a reason like others after the promotion.
func TestPromotionOfANewReason(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	const found = "facebook.account-deleted"
	if _, known := d.Catalog.Reason(found); known {
		t.Fatal("the catalogue has it")
	}
	said := d.Catalog.Words(found, catalog.English)
	root := htmltest.Page(t, d.Post("/parsers/trial", servicetest.Candidate("reason", found)...), http.StatusOK)
	entry := htmltest.Text(htmltest.ByID(root, "reason-entry"))
	for _, want := range []string{said.Title, said.Message, said.Steps[0], said.Prevent, said.SupportSay, said.SupportAvoid, "access"} {
		if !strings.Contains(entry, want) {
			t.Errorf("the entry does not say %q", want)
		}
	}
	if w := d.SendForm("/parsers/promote", htmltest.Form(root)); w.Code != http.StatusSeeOther {
		t.Fatalf("answers %d", w.Code)
	}
	live, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil || live.Parsers[0].Reason != found {
		t.Errorf("the first parser yields %s: %v", live.Parsers[0].Reason, err)
	}
}
