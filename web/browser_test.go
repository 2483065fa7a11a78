package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

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
	tab := webtest.NewTab(t)
	webtest.Do(t, tab, chromedp.Navigate(url+"/clusters?network=x"))
	if title := webtest.Read(t, tab, chromedp.Title()); title != "Sign in · Wherefore" {
		t.Fatalf("title %q", title)
	}
	webtest.SignIn(t, tab, "admin", "wrong horse")
	webtest.Do(t, tab, chromedp.WaitVisible(chromedp.CSS("[role=alert], .error-summary")))
	webtest.SignIn(t, tab, "admin", "correct horse")
	webtest.Do(t, tab, chromedp.WaitVisible(chromedp.CSS(".account")))
	if at := webtest.Read(t, tab, chromedp.Location()); at != url+"/clusters?network=x" {
		t.Errorf("signing in leads to %s", at)
	}
}
