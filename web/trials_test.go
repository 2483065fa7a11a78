package main

import (
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"wherefore/store/storetest"
)

// A trial whose server is killed is run again by the next one.
func TestKilledServerRunsTheTrialToItsEnd(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	start := func() *process {
		return startProcess(t, t.TempDir(), "DATABASE_URL="+address, "WHEREFORE_TOKEN="+testToken, "WHEREFORE_ADMIN_PASSWORD="+replicaPassword,
			"WHEREFORE_DATABASE_CONNECTIONS=5", "WHEREFORE_INTERVALS=jobs=50ms")
	}
	killed := start()
	if answer := killed.call(t, "POST", "/api/v1/events", unknownErrors()); !strings.Contains(answer, `"accepted":6`) {
		t.Fatalf("posting answers %s", answer)
	}
	submit := killed.asAdmin(t)
	lock, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	// The trial stands still before the first error.
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLE events IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	submit("/trials", url.Values{"network": {"facebook"}, "condition": {`code == "987001"`}, "reason": {"facebook.app-misconfigured"}}, http.StatusSeeOther)
	until(t, db, `SELECT state = 'running' FROM jobs WHERE kind = 'trial'`)
	_ = killed.end(syscall.SIGKILL) // the error says that it was killed
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	start()

	until(t, db, `SELECT finished_at IS NOT NULL FROM jobs WHERE kind = 'trial'`)
	var state string
	var attempts, explained, events int
	err = db.QueryRowContext(t.Context(), `
		SELECT state, attempts, (result->'buckets'->>'newly-explained')::int, (result->>'events')::int FROM trials JOIN jobs USING (id)`).Scan(&state, &attempts, &explained, &events)
	if err != nil || state != "done" || attempts != 2 || explained != 5 || events != 6 {
		t.Errorf("%s at attempt %d, explains %d of %d errors, %v", state, attempts, explained, events, err)
	}
}
