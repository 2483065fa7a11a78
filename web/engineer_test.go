package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// unknownErrors are what a service sends when facebook answers what no parser
// knows: five times one thing, once another.
func unknownErrors() string {
	at := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339) // trends leave the hour out that runs
	var events []string
	for i := range 5 {
		events = append(events, fmt.Sprintf(`{"id":"e%d","profile_id":"p%d","network":"facebook","http_status":400,"occurred_at":%q,
			"error":{"error":{"code":987001,"type":"OddException","message":"The quasar of object %d is misaligned"}}}`, i, i, at, 5551234560+i))
	}
	events = append(events, `{"id":"other","profile_id":"p9","network":"facebook","error":"quite another thing"}`)
	return "[" + strings.Join(events, ",") + "]"
}

// verdictOn asks the API why a profile is as it is.
func verdictOn(t *testing.T, service *process, profile string) (reason, event string) {
	t.Helper()
	var answer struct {
		Reason *struct{ ID string }
		Event  string `json:"event_id"`
	}
	if err := json.Unmarshal([]byte(service.reason(t, profile)), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Reason == nil {
		return "", answer.Event
	}
	return answer.Reason.ID, answer.Event
}

// conditionShown reads the condition in one step: between finding the field and
// asking it, the page may have taken it for a new one.
var conditionShown = chromedp.Evaluate[string](`document.querySelector("[name=condition]").value`)

func TestEngineerExplainsACluster(t *testing.T) {
	t.Parallel()
	url := serveHere(t, "DATABASE_URL="+storetest.URL(t), "WHEREFORE_ADMIN_PASSWORD=correct horse", "WHEREFORE_TOKEN="+testToken)
	service := &process{url: url}
	if answer := service.call(t, "POST", "/api/v1/events", unknownErrors()); !strings.Contains(answer, `"accepted":6`) {
		t.Fatalf("posting answers %s", answer)
	}
	if reason, _ := verdictOn(t, service, "p3"); reason != "" {
		t.Fatalf("the error is explained already, as %s", reason)
	}

	tab := webtest.NewTab(t)
	webtest.Do(t, tab, chromedp.Navigate(url+"/clusters"))
	webtest.SignIn(t, tab, "admin", "correct horse")
	webtest.Do(t, tab, chromedp.Click(chromedp.CSS("tbody th a")))
	webtest.See(t, tab, "header", "5 unparsed errors of 5 profiles")
	cluster := webtest.Read(t, tab, chromedp.Location())
	webtest.Do(t, tab, chromedp.Click(chromedp.CSS("a[href^='/parsers/new']")))
	webtest.See(t, tab, "h1", "New parser")
	if condition := webtest.Read(t, tab, conditionShown); !strings.Contains(condition, `code == "987001"`) ||
		!strings.Contains(condition, `message.contains("The quasar of object")`) {
		t.Errorf("the workbench begins with %s", condition)
	}

	webtest.Do(t, tab, chromedp.Click(chromedp.CSS("[value='facebook.app-misconfigured']"))) // and the trial comes by itself
	webtest.See(t, tab, "section[@id='newly-explained']", "5 errors")
	suggested := webtest.Read(t, tab, conditionShown)
	choose(t, tab, "condition", "cod == 1")
	webtest.See(t, tab, "p[@id='field-condition-error']", "Line 1, column 1")
	choose(t, tab, "condition", suggested)
	webtest.See(t, tab, "section[@id='newly-explained']", "5 errors")
	settles(t, tab)
	webtest.Do(t, tab, chromedp.SetValue(chromedp.CSS("[name=why]"), "seen in the field"))
	promotes(t, tab)
	webtest.See(t, tab, "h1", "Ruleset 2 of Facebook is live")
	webtest.See(t, tab, "div[@id='progress']", "Stored errors are parsed again")

	webtest.Do(t, tab, chromedp.Navigate(cluster))
	webtest.See(t, tab, "main", "All its errors are explained")
	webtest.See(t, tab, "main", "facebook.app-misconfigured")
	reason, event := verdictOn(t, service, "p3")
	if reason != "facebook.app-misconfigured" {
		t.Errorf("the API answers %q", reason)
	}
	webtest.Do(t, tab, chromedp.Navigate(url+"/events/"+event))
	webtest.See(t, tab, "a[@href='/parsers/facebook.the-quasar-of-object']", "the-quasar-of-object")
	webtest.See(t, tab, "main", "ruleset 2")
	webtest.Do(t, tab, chromedp.Navigate(url+"/trends?network=facebook"))
	webtest.See(t, tab, "tr[th[contains(., 'facebook.app-misconfigured')]]/td[1]", "5")
}

// choose fills in a field as a hand would, so that script learns of it.
func choose(t *testing.T, tab context.Context, name, value string) {
	t.Helper()
	webtest.Do(t, tab, chromedp.SetValue(chromedp.CSS("[name="+name+"]"), value))
	webtest.Read(t, tab, chromedp.Evaluate[bool](fmt.Sprintf(
		`document.querySelector("[name=%s]").dispatchEvent(new Event("input", {bubbles: true}))`, name)))
}
