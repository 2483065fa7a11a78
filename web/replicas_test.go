package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wherefore/store/storetest"
	"wherefore/views"
)

const replicaPassword = "correct horse battery"

// A parser that is promoted on one replica decides on the other, too, within
// the 5 seconds that are promised.
func TestPromotionReachesTheOtherReplica(t *testing.T) {
	t.Parallel()
	variables := []string{"DATABASE_URL=" + storetest.URL(t), "WHEREFORE_TOKEN=" + testToken, "WHEREFORE_ADMIN_PASSWORD=" + replicaPassword}
	one := startProcess(t, t.TempDir(), variables...)
	two := startProcess(t, t.TempDir(), variables...)
	if answer := two.call(t, "POST", "/api/v1/parse", unknownError); !strings.Contains(answer, `"reason":null`) {
		t.Fatalf("before, it answers %s", answer)
	}
	one.promote(t, url.Values{
		"network": {"facebook"}, "name": {"quasar"}, "condition": {`code == "987001"`}, "reason": {"facebook.app-misconfigured"},
		"why": {"seen in the field"},
	})
	untilParsed(t, two)
}

const unknownError = `{"network": "facebook", "error": {"error": {"code": 987001, "message": "The quasar is misaligned"}}}`

// untilParsed waits until a replica knows the parser of that error, for the 5 seconds
// that are promised.
func untilParsed(t *testing.T, p *process) {
	t.Helper()
	deadline := time.After(5 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		answer := p.call(t, "POST", "/api/v1/parse", unknownError)
		if strings.Contains(answer, "facebook.app-misconfigured") {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("the other replica still answers %s", answer)
		case <-again.C:
		}
	}
}

// adminClient has signed in and follows no redirects.
func (p *process) adminClient(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.PostForm(p.url+"/sign-in", url.Values{"user": {"admin"}, "password": {replicaPassword}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in answers %d", answer.StatusCode)
	}
	return client
}

// asAdmin signs in and returns what submits forms and reads the answers' pages.
func (p *process) asAdmin(t *testing.T) func(path string, form url.Values, want int) *html.Node {
	t.Helper()
	browser := p.adminClient(t)
	return func(path string, form url.Values, want int) *html.Node {
		t.Helper()
		answer, err := browser.PostForm(p.url+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		page, err := html.Parse(answer.Body)
		if err != nil || answer.StatusCode != want {
			t.Fatalf("%s answers %d, %v", path, answer.StatusCode, err)
		}
		return page
	}
}

// promote signs in, runs the trial of a candidate, and promotes it.
func (p *process) promote(t *testing.T, candidate url.Values) {
	t.Helper()
	submit := p.asAdmin(t)
	trial := submit("/parsers/trial", candidate, http.StatusOK)
	for n := range trial.Descendants() {
		if n.Data == "input" && (valueOf(n, "name") == "tried" || valueOf(n, "name") == "base") {
			candidate.Set(valueOf(n, "name"), valueOf(n, "value"))
		}
	}
	candidate.Set(views.NoEffectField, "yes") // no such error is stored yet
	submit("/parsers/promote", candidate, http.StatusSeeOther)
}

func valueOf(n *html.Node, attribute string) string {
	for _, a := range n.Attr {
		if a.Key == attribute {
			return a.Val
		}
	}
	return ""
}
