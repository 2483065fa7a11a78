package workbench_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"wherefore/domain"
	"wherefore/domain/ruleset"
	"wherefore/handlers"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/htmltest"
	"wherefore/web/service/servicetest"
)

func TestPromotionMakesAVersionOnce(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	form := d.Tried(t)
	w := d.SendForm("/parsers/promote", form, "why", "seen in the field")
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/reparses/") {
		t.Fatalf("answers %d, to %s: %s", w.Code, to, w.Body)
	}
	again := d.SendForm("/parsers/promote", form)
	if again.Code != http.StatusSeeOther || again.Header().Get("Location") != to || d.Version(t) != 2 {
		t.Errorf("sent twice it answers %d, to %s; version %d", again.Code, again.Header().Get("Location"), d.Version(t))
	}
	text := htmltest.Text(htmltest.Page(t, d.Get(to), http.StatusOK))
	if !strings.Contains(text, "Ruleset 2 of Facebook is live") || !strings.Contains(text, "seen in the field") || !strings.Contains(text, "What the parser explains") {
		t.Errorf("the progress says %s", text)
	}
	root := htmltest.Page(t, d.Get("/parsers?network=facebook"), http.StatusOK)
	if first := htmltest.Rows(htmltest.Inside(root, "table")[0])[0]; first[1] != "quasar-misaligned" || first[7] != "engineer" {
		t.Errorf("the first parser is %q", first)
	}
	versions := htmltest.Rows(htmltest.ByID(root, "versions"))
	if len(versions) != 2 || versions[0][3] != "seen in the field" || versions[0][4] != "3 newly explained" {
		t.Errorf("versions %q", versions)
	}
}

func TestPromotionSentTwiceAtOnce(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	form := d.Tried(t)
	var answers [4]*httptest.ResponseRecorder
	var all sync.WaitGroup
	for i := range answers {
		own := *d.Site
		own.Cookies = maps.Clone(d.Cookies)
		all.Go(func() {
			answers[i] = (&servicetest.Desk{Site: &own}).SendForm("/parsers/promote", maps.Clone(form))
		})
	}
	all.Wait()
	for _, w := range answers {
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != answers[0].Header().Get("Location") {
			t.Errorf("answers %d, to %s", w.Code, w.Header().Get("Location"))
		}
	}
	if d.Version(t) != 2 {
		t.Errorf("version %d", d.Version(t))
	}
}

func TestPromotionNeedsItsTrial(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	for name, change := range map[string][]string{
		"none":             {"base", "", "tried", ""},
		"another version":  {"base", "7"},
		"edited condition": {"condition", `code == "91" && subcode == ""`},
		"edited reason":    {"reason", "facebook.bad-request"},
		"edited place":     {"after", d.Catalog.Network(domain.Facebook).Parsers[0].Name},
		"edited period":    {"period", "7d"},
		"made up":          {"tried", "made up"},
	} {
		root := htmltest.Page(t, d.SendForm("/parsers/promote", d.Tried(t), change...), http.StatusConflict)
		if alert := htmltest.Text(htmltest.Inside(root, "main")[0]); !strings.Contains(alert, "trial") || len(servicetest.Buckets(root)) != 6 {
			t.Errorf("%s: %s", name, alert)
		}
	}
	htmltest.Page(t, d.SendForm("/parsers/promote", d.Tried(t), "base", "one"), http.StatusUnprocessableEntity)
	if d.Version(t) != 1 {
		t.Errorf("version %d", d.Version(t))
	}
}

func TestPromotionNamesWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	mine := d.Tried(t)
	theirs := store.Promotion{
		Network: domain.Facebook, BaseVersion: 1, Why: "theirs came first", Check: storetest.Checked(),
		Spec: domain.ParserSpec{Network: domain.Facebook, Name: "overtaker", Reason: "facebook.bad-request", Condition: `code == "92"`},
	}
	if _, err := d.Store.PromoteParser(t.Context(), store.Actor{Name: "Bob"}, theirs); err != nil {
		t.Fatal(err)
	}
	root := htmltest.Page(t, d.SendForm("/parsers/promote", mine), http.StatusConflict)
	text := htmltest.Text(htmltest.Inside(root, "main")[0])
	for _, want := range []string{"The ruleset changed since the trial", "theirs came first", "overtaker was added."} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q: %s", want, text)
		}
	}
	if w := d.SendForm("/parsers/promote", htmltest.Form(root)); w.Code != http.StatusSeeOther || d.Version(t) != 3 {
		t.Errorf("on the new trial it answers %d, version %d", w.Code, d.Version(t))
	}
}

func TestChangesOfReasonAreAcceptedPairByPair(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	form := d.Tried(t, "condition", `code in ["2", "91"]`)
	field := "accept facebook.platform-outage facebook.app-misconfigured"
	if _, asked := form[field]; !asked {
		t.Fatalf("the form does not ask: %q", form)
	}
	root := htmltest.Page(t, d.SendForm("/parsers/promote", form, field, "  "), http.StatusConflict)
	if text := htmltest.Text(htmltest.Inside(root, "main")[0]); !strings.Contains(text, "facebook.platform-outage → facebook.app-misconfigured") {
		t.Errorf("says %s", text)
	}
	htmltest.Page(t, d.SendForm("/parsers/promote", form, field, strings.Repeat("long ", handlers.MaxWhy)), http.StatusConflict)
	form["accept facebook.token-expired facebook.token-invalid"] = "not asked"
	if w := d.SendForm("/parsers/promote", form, field, "it is ours"); w.Code != http.StatusSeeOther {
		t.Fatalf("accepted, it answers %d: %s", w.Code, w.Body)
	}
	versions, err := d.Store.RulesetVersions(t.Context(), domain.Facebook)
	if err != nil || !strings.Contains(string(versions[0].Trial), "it is ours") || strings.Contains(string(versions[0].Trial), "not asked") {
		t.Errorf("the record is %s, %v", versions[0].Trial, err)
	}
}

func TestPromotionShowsTheFormAgainWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	form := d.Tried(t)
	for _, c := range [][2]string{
		{"name", ""}, {"name", "Not A Name"}, {"name", "a\x00"}, {"name", d.Catalog.Network(domain.Facebook).Parsers[3].Name},
		{"why", " "}, {"why", strings.Repeat("a", handlers.MaxWhy+1)}, {"condition", "code =="}, {"reason", "x.token-expired"}, {"after", "gone"},
	} {
		root := htmltest.Page(t, d.SendForm("/parsers/promote", maps.Clone(form), c[0], c[1]), http.StatusUnprocessableEntity)
		if !slices.Contains(htmltest.Links(root), "#field-"+c[0]) || htmltest.ByID(root, "field-"+c[0]) == nil {
			t.Errorf("%s %.30q: the summary leads to %q", c[0], c[1], htmltest.Links(root))
		}
		if got := htmltest.Form(root)["reason"]; c[0] != "reason" && got != "facebook.app-misconfigured" {
			t.Errorf("%s: the reason became %q", c[0], got)
		}
	}
	if d.Version(t) != 1 {
		t.Errorf("version %d", d.Version(t))
	}
}

func TestEditReplacesTheParser(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	form := htmltest.Form(htmltest.Page(t, d.Get("/parsers/facebook.service-codes"), http.StatusOK))
	before := form["after"]
	form = htmltest.Form(htmltest.Page(t, d.SendForm("/parsers/trial", form, "condition", `code == "91"`), http.StatusOK))
	if w := d.SendForm("/parsers/promote", form, "why", "narrower"); w.Code != http.StatusSeeOther {
		t.Fatalf("answers %d: %s", w.Code, w.Body)
	}
	live, err := d.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(live.Parsers, func(p ruleset.Parser) bool { return p.Name == "service-codes" })
	if len(live.Parsers) != len(d.Catalog.Network(domain.Facebook).Parsers) || live.Parsers[i].Condition != `code == "91"` || live.Parsers[i-1].Name != before {
		t.Errorf("it is number %d of %d: %+v", i, len(live.Parsers), live.Parsers[i])
	}
}

func TestPromotionKeepsItsTrial(t *testing.T) {
	t.Parallel()
	d, _ := servicetest.NewWorkbench(t)
	if w := d.SendForm("/parsers/promote", d.Tried(t), "why", "seen in the field"); w.Code != http.StatusSeeOther {
		t.Fatalf("answers %d", w.Code)
	}
	to := htmltest.Link(htmltest.Page(t, d.Get("/rulesets/facebook/2"), http.StatusOK), "The whole trial")
	if got := servicetest.Buckets(htmltest.Page(t, d.Get(to), http.StatusOK)); len(got) != 6 || got[0] != 3 {
		t.Errorf("the trial of the version at %q counts %v", to, got)
	}
}
