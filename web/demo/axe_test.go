package demo

import (
	"context"
	_ "embed"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
	"wherefore/web/service"
	"wherefore/web/webtest"
)

// axe is axe-core 4.14.1 (npm axe-core, Mozilla Public License 2.0), which looks
// for what keeps people from using a page.
//
//go:embed testdata/axe.min.js
var axe string

// TestPagesKeepNobodyOut follows links from the overview and from the workbench, and
// runs axe on the first page of each route, light and wide, and dark and narrow, and
// on a trial. No page scrolls sideways on a phone.
func TestPagesKeepNobodyOut(t *testing.T) {
	t.Parallel()
	v, database := demoService(t)
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	if err := service.EnsureUser(t.Context(), v.Store, "anyone", domain.Admin, "correct horse"); err != nil {
		t.Fatal(err)
	}
	tab := webtest.SignInAt(t, server.URL, "anyone", "correct horse")
	routes, seen := webtest.Routes(t, "../service/routes.go"), map[string]bool{}
	for ahead := []string{"/", "/nowhere", "/parsers/new?network=facebook", finishedTrial(t, v, database)}; len(ahead) > 0; ahead = ahead[1:] {
		_, route := routes.Handler(httptest.NewRequest("GET", ahead[0], nil))
		if seen[route] || strings.HasSuffix(route, ".csv") || strings.HasPrefix(route, "GET /api/") {
			continue
		}
		seen[route] = true
		webtest.Do(t, tab, chromedp.Navigate(server.URL+ahead[0]))
		for _, look := range []struct {
			scheme string
			width  int64
		}{{"light", 1280}, {"dark", 360}} {
			wear(t, tab, look.scheme, look.width)
			for _, fault := range faults(t, tab) {
				t.Errorf("%s, %s: %s", ahead[0], look.scheme, fault)
			}
		}
		for _, fault := range sideways(t, tab) {
			t.Errorf("%s, 360 pixels wide: %s", ahead[0], fault)
		}
		ahead = append(ahead, webtest.Read(t, tab, chromedp.Evaluate[[]string](`[...document.links].map(a => a.pathname + a.search)`))...)
	}
	webtest.Do(t, tab, chromedp.Navigate(server.URL+"/parsers/new?network=facebook"))
	webtest.Click(t, tab, `.offer[title^="code "]`)
	webtest.Click(t, tab, `[value="facebook.app-misconfigured"]`)
	webtest.UntilTrue(t, tab, `document.getElementById("newly-explained") !== null`)
	for _, fault := range append(faults(t, tab), sideways(t, tab)...) {
		t.Errorf("the trial: %s", fault)
	}
	if len(seen) < 20 {
		t.Errorf("only %d pages found: %v", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}

// finishedTrial is the address of a trial that was run in full.
func finishedTrial(t *testing.T, v *service.Service, database string) string {
	t.Helper()
	live, err := v.Store.LiveRuleset(t.Context(), domain.Facebook)
	if err != nil {
		t.Fatal(err)
	}
	id, err := v.Store.AddTrial(t.Context(), store.Actor{Name: "test"}, store.NewTrial{
		Network: domain.Facebook, Base: live.Version, From: time.Now().AddDate(0, 0, -7).Truncate(time.Hour),
		Candidate: store.Candidate{TrialName: "candidate", Condition: `code == "190"`, Reason: "facebook.app-misconfigured", Period: "7d"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Start(t.Context(), database)()
	webtest.Within(t, time.Minute, "the trial is done", func() bool {
		trial, err := v.Store.Trial(t.Context(), id)
		return err == nil && trial.Result != nil
	})
	return string(views.TrialRunURL(id))
}

// wear gives a tab the colours and width that pages are to be shown in.
func wear(t *testing.T, tab context.Context, scheme string, width int64) {
	t.Helper()
	webtest.Do(t, tab, chromedp.EmulateViewport(width, 900), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// faults are what axe finds on the page of a tab.
func faults(t *testing.T, tab context.Context) []string {
	t.Helper()
	webtest.Read(t, tab, chromedp.Evaluate[any](axe+"; null"))
	return webtest.Read(t, tab, chromedp.Evaluate[[]string](`axe.run({resultTypes: ["violations"]}).then(found => found.violations.flatMap(
		v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
}

// sideways says what makes the page of a tab scroll sideways, and which boxes that
// scroll would let hidden text do so: what is placed absolutely scrolls with the
// nearest positioned box around it.
func sideways(t *testing.T, tab context.Context) []string {
	t.Helper()
	return webtest.Read(t, tab, chromedp.Evaluate[[]string](`(() => {
		const name = e => e.localName + "." + e.className, all = [...document.querySelectorAll("body *")];
		const faults = all.filter(e => /auto|scroll/.test(getComputedStyle(e).overflowX) && getComputedStyle(e).position === "static" && e.childElementCount)
			.map(e => name(e) + " scrolls and is not positioned");
		if (document.scrollingElement.scrollWidth > innerWidth) {
			faults.push("the page is " + document.scrollingElement.scrollWidth + " wide, out to " +
				all.filter(e => e.getBoundingClientRect().right > innerWidth).slice(-3).map(name).join(", "));
		}
		return [...new Set(faults)];
	})()`))
}
