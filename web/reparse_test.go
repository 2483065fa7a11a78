package main

import (
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"wherefore/store/storetest"
)

// pastErrors are stored errors that a parser of code 987001 changes, and others;
// more than a run over them does in two steps.
const pastErrors = 2*500 + 250

func (p *process) postPast(t *testing.T) {
	t.Helper()
	var events []string
	for i := range pastErrors {
		code := 987001
		if i%5 == 0 {
			code = 190
		}
		events = append(events, fmt.Sprintf(`{"id":"e%d","profile_id":"p%d","network":"facebook","occurred_at":"2026-11-%02dT10:00:00Z","http_status":400,`+
			`"error":{"error":{"code":%d,"type":"OddException","message":"The quasar is misaligned"}}}`, i, i%97, 1+i%20, code))
	}
	if answer := p.call(t, "POST", "/api/v1/events", "["+strings.Join(events, ",")+"]"); !strings.Contains(answer, fmt.Sprintf(`"accepted":%d`, pastErrors)) {
		t.Fatalf("posting answers %s", answer)
	}
}

var pastCandidate = url.Values{
	"network": {"facebook"}, "name": {"quasar"}, "condition": {`code == "987001"`}, "reason": {"facebook.app-misconfigured"},
	"why": {"seen in the field"},
}

// until asks the database again and again until the answer is yes.
func until(t *testing.T, db *sql.DB, question string, args ...any) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		var yes bool
		if err := db.QueryRowContext(t.Context(), question, args...).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		if yes {
			return
		}
		select {
		case <-again.C:
		case <-t.Context().Done():
			t.Fatal(question)
		}
	}
}

const pastIsParsed = `SELECT EXISTS (SELECT FROM reparses WHERE ruleset = 2) AND NOT EXISTS (SELECT FROM jobs WHERE kind = 'reparse' AND finished_at IS NULL)`

// pastState is all that a run over stored errors leaves behind.
func pastState(t *testing.T, db *sql.DB) string {
	t.Helper()
	var text string
	err := db.QueryRowContext(t.Context(), `
		SELECT concat_ws(E'\n',
		    (SELECT string_agg(concat_ws(' ', source_event_id, reason, parser, ruleset, arrival_reason, arrival_ruleset), E'\n' ORDER BY source_event_id) FROM events),
		    (SELECT string_agg(concat_ws(' ', e.source_event_id, v.ruleset, v.reason, v.parser), E'\n' ORDER BY e.source_event_id, v.ruleset)
		        FROM verdicts v JOIN events e ON e.id = v.event_id),
		    (SELECT string_agg(concat_ws(' ', hour, type, reason, parser, arrived, current), E'\n' ORDER BY hour, reason, parser)
		        FROM hourly_counts WHERE arrived > 0 OR current > 0),
		    (SELECT string_agg(concat_ws(' ', state, changed), E'\n') FROM reparses JOIN jobs USING (id) WHERE ruleset = 2))`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// reparseHalf promotes a parser whose re-parse stands still in its third step, until the
// lock is given up.
func (p *process) reparseHalf(t *testing.T, db *sql.DB) (lock *sql.Tx) {
	t.Helper()
	p.postPast(t)
	lock, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), `SELECT FROM events WHERE reason IS NULL ORDER BY id DESC LIMIT 1 FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	candidate := url.Values{}
	maps.Copy(candidate, pastCandidate)
	p.promote(t, candidate)
	until(t, db, `
		SELECT EXISTS (SELECT FROM jobs WHERE kind = 'reparse' AND done > 0 AND done < total AND finished_at IS NULL)
		    AND EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE events%')`)
	return lock
}

// A server that is told to stop gives its jobs back before it ends, so that others go on
// with them at once.
func TestTerminatedServerHandsItsReparseOver(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	db := storetest.DB(t, address)
	// The step waits for the lock until the program stops, however long that takes here.
	p := startProcess(t, t.TempDir(), "DATABASE_URL="+address+"&lock_timeout=10min", "WHEREFORE_TOKEN="+testToken, "WHEREFORE_ADMIN_PASSWORD="+replicaPassword)
	lock := p.reparseHalf(t, db)
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("it ended with %v\n%s", err, p.stderr)
	}
	var state string
	var attempts int
	err := db.QueryRowContext(t.Context(), `SELECT state, attempts FROM jobs WHERE kind = 'reparse' AND finished_at IS NULL`).Scan(&state, &attempts)
	if err != nil || state != "waiting" || attempts != 0 {
		t.Errorf("the job is %s after %d attempts, %v", state, attempts, err)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
}

// A server that is killed while it parses stored errors again, in the middle of
// a step, goes on when it is started: in the end all is as if nothing had been.
func TestKilledServerParsesThePastToTheEnd(t *testing.T) {
	t.Parallel()
	start := func(address string) *process {
		return startProcess(t, t.TempDir(), "DATABASE_URL="+address, "WHEREFORE_TOKEN="+testToken, "WHEREFORE_ADMIN_PASSWORD="+replicaPassword)
	}
	calm, rough := storetest.URL(t), storetest.URL(t)
	calmDB, roughDB := storetest.DB(t, calm), storetest.DB(t, rough)

	undisturbed := start(calm)
	undisturbed.postPast(t)
	undisturbed.promote(t, url.Values(pastCandidate))

	killed := start(rough)
	lock := killed.reparseHalf(t, roughDB)
	_ = killed.end(syscall.SIGKILL) // the error says that it was killed
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	start(rough)

	until(t, roughDB, pastIsParsed)
	until(t, calmDB, pastIsParsed)
	after, want := strings.Split(pastState(t, roughDB), "\n"), strings.Split(pastState(t, calmDB), "\n")
	if len(after) != len(want) {
		t.Fatalf("%d lines, want %d", len(after), len(want))
	}
	for i := range want {
		if after[i] != want[i] {
			t.Errorf("after the kill %q, undisturbed %q", after[i], want[i])
		}
	}
	until(t, roughDB, `SELECT count(*) = $1 FROM verdicts`, pastErrors/5*4)
}
