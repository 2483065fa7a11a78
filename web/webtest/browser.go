// Package webtest lets tests visit a served dashboard, with a real browser or without.
package webtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser is one Chromium for all tests, started by the first that needs it.
// Each test gets a profile of its own in it, with no cookies of others.
var browser = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.DisableGPU,
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has none for root
	}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	stop = func() error {
		defer cancel()
		return chromedp.Cancel(ctx)
	}
	return ctx, chromedp.Do(ctx) // starts it
})

var stop = func() error { return nil }

// Run runs the tests of a package and ends the browser, if one of them started it.
// It returns the exit code for TestMain.
func Run(m *testing.M) int {
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping the browser:", err)
	}
	return code
}

// NewTab opens a tab in a fresh browser profile. It closes with the test.
func NewTab(t *testing.T) context.Context {
	t.Helper()
	parent, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	tab, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(tab); err != nil { // opens it; by a context with a deadline it would close again
		t.Fatal(err)
	}
	return tab
}

// Do runs actions in a tab, within half a minute.
func Do(t *testing.T, tab context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	Read(t, tab, chromedp.Steps(actions...))
}

// Read runs an action in a tab and returns its result. A failure shows where
// the tab was.
func Read[T any](t *testing.T, tab context.Context, action chromedp.Action[T]) T {
	t.Helper()
	limited, cancel := context.WithTimeout(tab, 30*time.Second)
	defer cancel()
	result, err := chromedp.Run(limited, action)
	if err != nil {
		late, cancel := context.WithTimeout(tab, 5*time.Second)
		defer cancel()
		shown, _ := chromedp.Run(late, chromedp.Evaluate[string]("location + ' shows: ' + document.body.innerText")) // only for the message
		t.Fatalf("%v\n%s", err, shown)
	}
	return result
}

// SignIn fills in and sends the form that the tab shows.
func SignIn(t *testing.T, tab context.Context, user, password string) {
	t.Helper()
	Do(t, tab,
		chromedp.SetValue(chromedp.CSS("[name=user]"), user),
		chromedp.SetValue(chromedp.CSS("[name=password]"), password),
		chromedp.Click(chromedp.CSS("form[action^='/sign-in'] button")),
	)
}

// SignInAt opens a page for a user in a tab of their own.
func SignInAt(t *testing.T, address, user, password string) context.Context {
	t.Helper()
	tab := NewTab(t)
	Do(t, tab, chromedp.Navigate(address))
	SignIn(t, tab, user, password)
	Do(t, tab, chromedp.WaitVisible(chromedp.CSS(".account")))
	return tab
}

// Click clicks on the first element that a CSS selector finds.
func Click(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	Do(t, tab, chromedp.Click(chromedp.CSS(selector)))
}

// UntilTrue waits for an expression of script to be true. The pages' policy lets no
// script of theirs evaluate text, so that chromedp.Poll does not work on them. An
// expression that throws is not true yet: the page may not hold the element that it
// reads, before the page is read to its end.
func UntilTrue(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	Read(t, tab, chromedp.Evaluate[bool](fmt.Sprintf(
		`new Promise(done => {
			const holds = () => { try { return %s } catch { return false } };
			const look = () => holds() ? done(true) : setTimeout(look, 50);
			look();
		})`, expression), chromedp.EvalAwaitPromise))
}

// See waits until an element of the page says something.
func See(t *testing.T, tab context.Context, element, words string) {
	t.Helper()
	Do(t, tab, chromedp.WaitReady(fmt.Sprintf("//%s[contains(normalize-space(), %q)]", element, words)))
}
