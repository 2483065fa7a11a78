package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wherefore/store/storetest"
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
	stopBrowser = func() error {
		defer cancel()
		return chromedp.Cancel(ctx)
	}
	return ctx, chromedp.Do(ctx) // starts it
})

// stopBrowser ends what browser started; TestMain calls it.
var stopBrowser = func() error { return nil }

// newTab opens a tab in a fresh browser profile. It closes with the test.
func newTab(t *testing.T) context.Context {
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

// do runs actions in a tab, within half a minute.
func do(t *testing.T, tab context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	read(t, tab, chromedp.Steps(actions...))
}

// read runs an action in a tab and returns its result. A failure shows where
// the tab was.
func read[T any](t *testing.T, tab context.Context, action chromedp.Action[T]) T {
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

// serveHere runs the service in this process as main does, on a free port,
// and returns its address. It ends with the test.
func serveHere(t *testing.T, variables ...string) string {
	t.Helper()
	out, in := io.Pipe()
	var log lockedBuilder
	e := testEnv([]string{"serve"}, append(variables, "WHEREFORE_LISTEN=127.0.0.1:0", "WHEREFORE_DATA_DIR="+t.TempDir())...)
	e.stdout, e.stderr = in, &log
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, e)
		in.Close()
		ended <- err
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Wherefore is at "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }() // until serve ends
			t.Cleanup(func() {
				cancel()
				if err := <-ended; err != nil {
					t.Errorf("serve ended with %v\n%s", err, log.String())
				}
			})
			return url
		}
	}
	cancel()
	t.Fatalf("serve ended before it served: %v\n%s", <-ended, log.String())
	return ""
}

// lockedBuilder lets a test read what goroutines write.
type lockedBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuilder) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuilder) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestSignedOutVisitorsMeetTheSignInPage(t *testing.T) {
	t.Parallel()
	url := serveHere(t, "DATABASE_URL="+storetest.URL(t), "WHEREFORE_ADMIN_PASSWORD=correct horse")
	tab := newTab(t)
	do(t, tab, chromedp.Navigate(url+"/clusters?network=x"))
	if title := read(t, tab, chromedp.Title()); title != "Sign in · Wherefore" {
		t.Fatalf("title %q", title)
	}
	signIn(t, tab, "admin", "wrong horse")
	do(t, tab, chromedp.WaitVisible(chromedp.CSS("[role=alert], .error-summary")))
	signIn(t, tab, "admin", "correct horse")
	do(t, tab, chromedp.WaitVisible(chromedp.CSS(".account")))
	if at := read(t, tab, chromedp.Location()); at != url+"/clusters?network=x" {
		t.Errorf("signing in leads to %s", at)
	}
}

// signIn fills in and sends the form that the tab shows.
func signIn(t *testing.T, tab context.Context, user, password string) {
	t.Helper()
	do(t, tab,
		chromedp.SetValue(chromedp.CSS("[name=user]"), user),
		chromedp.SetValue(chromedp.CSS("[name=password]"), password),
		chromedp.Click(chromedp.CSS("form[action^='/sign-in'] button")),
	)
}
