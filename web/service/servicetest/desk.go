package servicetest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
)

// Outage is an error of Facebook that a built-in parser explains.
const Outage = `{"error":{"message":"An unexpected error has occurred. Please retry your request later.","type":"OAuthException","code":2,"is_transient":true}}`

// Desk is a site at which an engineer works on the parsers of Facebook.
type Desk struct{ *Site }

// NewDesk serves a fresh database to an engineer.
func NewDesk(t testing.TB) *Desk {
	t.Helper()
	return &Desk{SignedIn(t, domain.Engineer)}
}

// Quasar is an error that no parser explains; all of them are of one kind.
func Quasar(n int) string {
	return fmt.Sprintf(`{"error":{"code":91,"type":"Odd","message":"The quasar of object %d is misaligned"}}`, 100000+n)
}

// NewWorkbench is a desk with three errors of one unknown kind, one of another,
// and one that is explained; it returns the ids of their events.
func NewWorkbench(t testing.TB) (*Desk, []string) {
	t.Helper()
	d := NewDesk(t)
	return d, d.AddErrors(t, domain.Facebook, Quasar(1), Quasar(2), Quasar(3), "other words", Outage)
}

// Candidate is a form that explains the unknown kind.
func Candidate(change ...string) []string {
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

// SendForm sends the form of a page, with changes.
func (d *Desk) SendForm(path string, form map[string]string, change ...string) *httptest.ResponseRecorder {
	var fields []string
	for i := 0; i < len(change); i += 2 {
		form[change[i]] = change[i+1]
	}
	for name, value := range form {
		fields = append(fields, name, value)
	}
	return d.Post(path, fields...)
}

// Tried runs a trial and returns the form that it comes back with.
func (d *Desk) Tried(t testing.TB, change ...string) map[string]string {
	t.Helper()
	return htmltest.Form(htmltest.Page(t, d.Post("/parsers/trial", Candidate(change...)...), http.StatusOK))
}

// Version is the live version.
func (d *Desk) Version(t testing.TB) int {
	t.Helper()
	return d.Live(t).Version
}

// Buckets are the numbers of a trial, in the order of the page.
func Buckets(root *html.Node) []int {
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

// ChangeRuleset opens the page of a change and sends its form.
func (d *Desk) ChangeRuleset(t testing.TB, query, why string) int {
	t.Helper()
	form := htmltest.Form(htmltest.Page(t, d.Get("/rulesets/facebook/next?"+query), http.StatusOK))
	return d.SendForm("/rulesets/facebook/next", form, "why", why).Code
}

// Live is the live ruleset.
func (d *Desk) Live(t testing.TB) ruleset.Ruleset {
	t.Helper()
	r, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Promote makes the unknown kind explained, as version 2.
func (d *Desk) Promote(t testing.TB) {
	t.Helper()
	if w := d.SendForm("/parsers/promote", d.Tried(t)); w.Code != http.StatusSeeOther {
		t.Fatalf("promoting answers %d: %s", w.Code, w.Body)
	}
	d.LoadRuleset(t)
}

// LoadRuleset takes the live ruleset over, as a replica does.
func (d *Desk) LoadRuleset(t testing.TB) {
	t.Helper()
	ruleset, errs := d.Live(t).Compile()
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	d.Engine.Swap(ruleset)
}

// Another is the desk of somebody else at the same dashboard.
func (d *Desk) Another(t testing.TB, role domain.Role) *Desk {
	t.Helper()
	own := &Desk{d.Browser()}
	own.SignInAs(t, role)
	return own
}

// Reparse does the jobs that wait, as a replica does.
func (d *Desk) Reparse(t testing.TB) {
	t.Helper()
	for {
		claim, found := storetest.Claim(t, d.Store, store.JobFilter{Kind: store.JobReparse})
		if !found {
			return
		}
		_, err := d.Store.ReparseStep(t.Context(), claim, 1000, func(job store.Reparse, events []store.StoredEvent) ([]store.Decision, error) {
			var decisions []store.Decision
			for _, e := range events {
				facts := d.Engine.ReadFacts(e.Network, e.Status, e.Raw)
				decisions = append(decisions, store.Decision{Event: e, Verdict: d.Engine.Ruleset(job.Network).Decide(facts)})
			}
			return decisions, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// NewPinboard is a workbench with two more errors, whose events are to be pinned; it
// returns their ids.
func NewPinboard(t testing.TB) (*Desk, []string) {
	t.Helper()
	d, _ := NewWorkbench(t)
	return d, d.AddErrors(t, domain.Facebook, Quasar(7), Outage)
}

// Pin pins an event to a parser.
func (d *Desk) Pin(t testing.TB, event, parser, kind string) {
	t.Helper()
	if w := d.Post("/events/"+event+"/pin", "parser", parser, "kind", kind, "why", "as seen"); w.Code != http.StatusSeeOther {
		t.Fatalf("pinning answers %d: %s", w.Code, w.Body)
	}
}

// MainText is what the main part of a page says.
func MainText(t testing.TB, root *html.Node) string {
	t.Helper()
	return htmltest.Text(htmltest.Inside(root, "main")[0])
}

// Ticks are the names of the boxes to tick in a page.
func Ticks(root *html.Node, prefix string) []string {
	var names []string
	for _, in := range htmltest.Inside(root, "input") {
		if htmltest.Attribute(in, "type") == "checkbox" && strings.HasPrefix(htmltest.Attribute(in, "name"), prefix) {
			names = append(names, htmltest.Attribute(in, "name"))
		}
	}
	return names
}

// Audited lists the newest actions of the audit log.
func (d *Desk) Audited(t testing.TB, n int) []store.AuditEntry {
	t.Helper()
	entries, err := d.Store.Audit(t.Context(), "", n)
	if err != nil {
		t.Fatal(err)
	}
	return entries.Rows
}
