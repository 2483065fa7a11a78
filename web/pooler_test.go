package main

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wherefore/store/storetest"
)

// Everything works behind PgBouncer in transaction mode, with the server's own address
// beside it: sign-in, intake, answers, trials, a promotion that the other replica hears
// of, and the re-parse that follows.
func TestReplicasWorkBehindAPooler(t *testing.T) {
	t.Parallel()
	direct := storetest.URL(t)
	db := storetest.DB(t, direct)
	variables := []string{"DATABASE_URL=" + storetest.Pooler(t, direct), "WHEREFORE_DIRECT_DATABASE_URL=" + direct,
		"WHEREFORE_TOKEN=" + testToken, "WHEREFORE_ADMIN_PASSWORD=" + replicaPassword, "WHEREFORE_INTERVALS=rulesets=1h"} // only notifications tell
	one := startProcess(t, t.TempDir(), variables...)
	two := startProcess(t, t.TempDir(), variables...)
	one.postPast(t)
	if body := two.reason(t, "p5"); !strings.Contains(body, `"outcome":`) {
		t.Errorf("the other replica answers %s", body)
	}
	one.asAdmin(t)("/trials", url.Values{"network": {"facebook"}, "condition": {`code == "987001"`}, "reason": {"facebook.app-misconfigured"}}, http.StatusSeeOther)
	until(t, db, `SELECT state = 'done' FROM jobs WHERE kind = 'trial'`)
	candidate := url.Values{}
	maps.Copy(candidate, pastCandidate)
	one.promote(t, candidate)
	untilParsed(t, two)
	until(t, db, pastIsParsed)
	until(t, db, `SELECT count(*) = $1 FROM events WHERE reason = 'facebook.app-misconfigured'`, pastErrors/5*4)
	for path, want := range map[string]int{"/readyz": http.StatusOK, "/healthz": http.StatusOK} {
		if got := two.status(t, path); got != want {
			t.Errorf("%s answers %d", path, got)
		}
	}
}
