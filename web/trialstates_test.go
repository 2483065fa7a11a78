package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wherefore/domain"
	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// network stands between a browser and the service, and can lose its trials.
type network struct {
	url  string
	mode atomic.Value // "", "cut", "error" or "hang"
}

func newNetwork(t *testing.T, service string) *network {
	t.Helper()
	target, err := url.Parse(service)
	if err != nil {
		t.Fatal(err)
	}
	n := &network{}
	n.mode.Store("")
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if mode := n.mode.Load(); mode != "" && strings.HasPrefix(r.URL.Path, "/parsers/") && r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body) // or nobody notices that the browser has given up
			n.lose(w, r, mode.(string))
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	n.url = server.URL
	return n
}

func (n *network) lose(w http.ResponseWriter, r *http.Request, mode string) {
	switch mode {
	case "error":
		w.WriteHeader(http.StatusBadGateway)
	case "hang":
		<-r.Context().Done()
	default:
		panic(http.ErrAbortHandler) // cuts the connection
	}
}

// trialState is what the workbench shows of its trial.
type trialState struct {
	Busy, Result, Error, Promotes bool
}

const readTrialState = `(() => {
	const trial = document.getElementById("trial"), seen = (e) => Boolean(e?.checkVisibility({visibilityProperty: true}));
	return {
		Busy: trial.getAttribute("aria-busy") === "true", Result: seen(document.getElementById("trial-result")),
		Error: seen(trial.querySelector("[data-when=failed]")), Promotes: Boolean(trial.querySelector("[formaction='/parsers/promote']:enabled")),
	};
})()`

func readTrial(t *testing.T, tab context.Context) trialState {
	t.Helper()
	return webtest.Read(t, tab, chromedp.Evaluate[trialState](readTrialState))
}

// settles waits until a trial has come or failed.
func settles(t *testing.T, tab context.Context) trialState {
	t.Helper()
	webtest.UntilTrue(t, tab, `(() => { const s = `+readTrialState+`; return !s.Busy && (s.Error || s.Result); })()`)
	return readTrial(t, tab)
}

// promotes presses the button once a trial has come.
func promotes(t *testing.T, tab context.Context) {
	t.Helper()
	settles(t, tab)
	webtest.Click(t, tab, "[formaction='/parsers/promote']")
}

// changing changes a field as a hand does and returns what is shown at that moment.
func changing(t *testing.T, tab context.Context, field, value string) trialState {
	t.Helper()
	return webtest.Read(t, tab, chromedp.Evaluate[trialState](fmt.Sprintf(`(() => {
		const field = [...document.querySelectorAll("[name=%s]")].find((f) => f.type !== "radio" || f.value === %q);
		if (field.type === "radio") field.checked = true; else field.value = %q;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		return %s;
	})()`, field, value, value, readTrialState)))
}

// onCluster opens the workbench from the cluster of the unknown kind, with a reason.
func onCluster(t *testing.T, address string) context.Context {
	t.Helper()
	tab := webtest.SignInAt(t, address+"/clusters", "admin", "correct horse")
	webtest.Click(t, tab, "tbody th a")
	webtest.Click(t, tab, "a[href^='/parsers/new']")
	webtest.Do(t, tab, chromedp.WaitReady(chromedp.CSS("[name=condition]")))
	webtest.UntilTrue(t, tab, `document.readyState === "complete"`)
	changing(t, tab, "reason", "facebook.app-misconfigured")
	if got := settles(t, tab); !got.Result || !got.Promotes {
		t.Fatalf("the first trial shows %+v", got)
	}
	return tab
}

// The old result never stands beside a new choice: it goes at the moment of the
// change, and comes back only with the trial of that change.
func TestTrialThatDoesNotComeIsSeen(t *testing.T) {
	t.Parallel()
	service, _ := unexplained(t)
	line := newNetwork(t, service.url)
	tab := onCluster(t, line.url)
	webtest.Do(t, tab, chromedp.Evaluate[chromedp.Void](`document.getElementById("candidate").setAttribute("hx-request", '{"timeout":700}')`))
	suggested := webtest.Read(t, tab, conditionShown)
	last := webtest.Read(t, tab, chromedp.Evaluate[string](`[...document.querySelectorAll("[name=after] option")].at(-1).value`))
	for _, mode := range []string{"cut", "error", "hang"} {
		for _, change := range [][2]string{{"condition", `code == "987002"`}, {"reason", "facebook.token-expired"}, {"after", last}} {
			line.mode.Store(mode)
			if got := changing(t, tab, change[0], change[1]); !got.Busy || got.Result || got.Error || got.Promotes {
				t.Errorf("%s, %s: at the change it shows %+v", mode, change[0], got)
			}
			if got := settles(t, tab); !got.Error || got.Result || got.Promotes {
				t.Errorf("%s, %s: without an answer it shows %+v", mode, change[0], got)
			}
			if asks := webtest.Read(t, tab, chromedp.Evaluate[bool](`!dispatchEvent(new Event("beforeunload", {cancelable: true}))`)); !asks {
				t.Errorf("%s, %s: leaving loses what was written without a question", mode, change[0])
			}
			line.mode.Store("")
			webtest.Click(t, tab, "[data-tries=again]")
			if got := settles(t, tab); got.Error || !got.Result || !got.Promotes {
				t.Errorf("%s, %s: tried again it shows %+v", mode, change[0], got)
			}
		}
		for _, back := range [][2]string{{"condition", suggested}, {"reason", "facebook.app-misconfigured"}, {"after", ""}} {
			changing(t, tab, back[0], back[1])
			settles(t, tab)
		}
	}
	if text := webtest.Read(t, tab, chromedp.Evaluate[string](`document.querySelector("[name=tried]").value`)); text == "" {
		t.Error("the form names no trial")
	}
}

// A change by a button of the editor that does not reach the server leaves no trial
// of what was, either.
func TestEditThatDoesNotArriveIsSeen(t *testing.T) {
	t.Parallel()
	service, _ := unexplained(t)
	line := newNetwork(t, service.url)
	tab := onCluster(t, line.url)
	line.mode.Store("cut")
	webtest.Click(t, tab, "[aria-label='Remove row 1']")
	webtest.UntilTrue(t, tab, `(`+readTrialState+`).Error`)
	if got := readTrial(t, tab); got.Result || got.Promotes {
		t.Errorf("it shows %+v", got)
	}
	line.mode.Store("")
	webtest.Click(t, tab, "[data-tries=again]")
	if got := settles(t, tab); !got.Result || !got.Promotes {
		t.Errorf("tried again it shows %+v", got)
	}
}

// A condition changed so that it matches nothing turns the samples red that the
// parser was started from, and it is promoted only after two deliberate ticks.
func TestConditionThatMatchesNothingTurnsPinsRed(t *testing.T) {
	t.Parallel()
	service, database := unexplained(t)
	tab := onCluster(t, service.url)
	webtest.See(t, tab, "section[@id='pins']", "holds")
	changing(t, tab, "condition", `code == "nothing"`)
	settles(t, tab)
	webtest.See(t, tab, "section[@id='pins']", "it must match and does not")
	webtest.Do(t, tab, chromedp.SetValue(chromedp.CSS("[name=why]"), "by mistake"))
	promotes(t, tab)
	webtest.See(t, tab, "div[@role='alert']", "A pinned sample fails")
	webtest.Do(t, tab, chromedp.Evaluate[chromedp.Void](`for (const box of document.querySelectorAll("[name^=leave-out-]")) box.click()`))
	changing(t, tab, "condition", `code == "nothing at all"`)
	settles(t, tab) // the ticks stay
	promotes(t, tab)
	webtest.See(t, tab, "div[@role='alert']", "It changes no stored error")
	s := storetest.Open(t, database)
	if live, err := s.LiveRuleset(t.Context(), domain.Facebook); err != nil || live.Version != 1 {
		t.Fatalf("ruleset %d is live, %v", live.Version, err)
	}
	webtest.Click(t, tab, "[name=no-effect]")
	promotes(t, tab)
	webtest.See(t, tab, "h1", "Ruleset 2 of Facebook is live")
}

// What was written is found again after the page was left, with what was typed
// last, and can be thrown away.
func TestDraftIsFoundAgain(t *testing.T) {
	t.Parallel()
	service, database := unexplained(t)
	s := storetest.Open(t, database)
	tab := onCluster(t, service.url)
	condition := webtest.Read(t, tab, conditionShown) + " &&\nstatus == 0"
	changing(t, tab, "condition", condition)
	settles(t, tab)
	changing(t, tab, "name", "half-written")
	changing(t, tab, "why", "typed last") // no trial tells the server
	webtest.Do(t, tab, chromedp.Navigate(service.url+"/clusters"))
	admin, err := s.User(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		drafts, err := s.Drafts(t.Context(), admin.ID, domain.Facebook)
		if err == nil && len(drafts) == 1 && drafts[0].Name == "half-written" {
			break
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("drafts %+v, %v", drafts, err)
		}
	}
	webtest.Do(t, tab, chromedp.Navigate(service.url+"/parsers/new?network=facebook"))
	webtest.See(t, tab, "section[@id='drafts']", "half-written")
	webtest.Click(t, tab, "#drafts a")
	conditionIs(t, tab, condition)
	webtest.UntilTrue(t, tab, `document.querySelector("[name=why]").value === "typed last" && document.querySelector("[name=name]").value === "half-written"`)
	webtest.UntilTrue(t, tab, `document.querySelector("[name=reason]:checked").value === "facebook.app-misconfigured"`)
	if got := settles(t, tab); !got.Result || !got.Promotes {
		t.Errorf("it comes back with %+v", got)
	}
	webtest.Do(t, tab, chromedp.Navigate(service.url+"/parsers?network=facebook"))
	webtest.Click(t, tab, "#drafts form button")
	webtest.Do(t, tab, chromedp.WaitNotPresent(chromedp.CSS("#drafts")))
}
