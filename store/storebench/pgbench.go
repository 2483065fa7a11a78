package storebench

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// Pgbench runs a script of pgbench from so many clients and returns how long one
// of its transactions takes of the whole: clients do not divide it.
func (b *Base) Pgbench(ctx context.Context, script string, clients, each int) (time.Duration, error) {
	program, err := pgbench()
	if err != nil {
		return 0, err
	}
	file := filepath.Join(b.home, "script.sql")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return 0, err
	}
	u, err := url.Parse(b.server.URL())
	if err != nil {
		return 0, err
	}
	q := u.Query()
	cmd := exec.CommandContext(ctx, program, "--no-vacuum", "--protocol", "prepared", "--file", file, "--client", strconv.Itoa(clients), "--jobs", "2",
		"--transactions", strconv.Itoa(each), "--host", q.Get("host"), "--port", q.Get("port"), "--username", q.Get("user"), u.Path[1:])
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	found := regexp.MustCompile(`tps = ([\d.]+) \(without`).FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench does not tell its speed: %s", out)
	}
	perSecond, err := strconv.ParseFloat(string(found[1]), 64)
	return time.Duration(float64(time.Second) / perSecond), err
}

func pgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the pattern is well formed
	if len(found) == 0 {
		return "", fmt.Errorf("pgbench is not on this machine: apt-get install postgresql")
	}
	return found[len(found)-1], nil
}

// InsertEvent is a script that stores a copy of one of the events that there are,
// as a new event.
const InsertEvent = `
INSERT INTO events (id, ` + eventColumns + `)
SELECT (left(uuid_from_time(clock_timestamp())::text, 14) || substr(gen_random_uuid()::text, 15))::uuid, ` + eventColumns + `
FROM events WHERE id = (SELECT last_event_id FROM profiles LIMIT 1);
`

const eventColumns = `source_id, source_event_id, network, profile_id, type, occurred_at, operation, defaulted, scrubbed,
	raw, cleaned, format, status, code, subcode, error_type, message, shape_hash, reason, parser, ruleset, evidence,
	arrival_reason, arrival_parser, arrival_ruleset, mended`

// CopyNewest copies the newest n events into the table once more, by COPY, and
// returns how long that takes.
func (b *Base) CopyNewest(ctx context.Context, n int) (time.Duration, error) {
	var home string
	if err := b.db.QueryRowContext(ctx, `SHOW data_directory`).Scan(&home); err != nil {
		return 0, err
	}
	file := filepath.Join(home, "events.copy") // the server's user can write there
	_, err := b.db.ExecContext(ctx, fmt.Sprintf(`COPY (
		SELECT overlay(id::text PLACING substr(gen_random_uuid()::text, 20) FROM 20)::uuid, `+eventColumns+`
		FROM events ORDER BY id DESC LIMIT %d) TO '%s'`, n, file))
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	_, err = b.db.ExecContext(ctx, fmt.Sprintf(`COPY events (id, `+eventColumns+`) FROM '%s'`, file))
	return time.Since(begin), err
}

// SelectReason is a script that reads one of the profiles p-1 to p-10000, with the event that tells why it is as it is.
const SelectReason = `
\set n random(1, 10000)
SELECT ` + reasonColumns + `
FROM profiles p ` + reasonEvent + `
WHERE p.id = 'p-' || :n;
`

// SelectReasons is SelectReason for 1,000 profiles at once.
const SelectReasons = `
\set n random(1, 9001)
SELECT ` + reasonColumns + `
FROM unnest(ARRAY(SELECT 'p-' || i FROM generate_series(:n, :n + 999) AS i)) AS asked (id) JOIN profiles p USING (id) ` + reasonEvent + `;
`

const reasonColumns = `p.id, p.network, p.state, p.since, e.id, e.type, e.occurred_at, e.reason, e.parser, e.ruleset`

// reasonEvent finds of a disconnected profile the newest error by which its connection
// was lost, or else the event that disconnected it; of another one its newest event.
const reasonEvent = `
LEFT JOIN LATERAL (
    SELECT w.id FROM (SELECT * FROM events w WHERE w.profile_id = p.id ORDER BY w.occurred_at DESC, w.id DESC LIMIT 1000) AS w
    LEFT JOIN reasons r ON r.id = w.reason
    WHERE w.type IN ('reconnected', 'succeeded') OR r.category = 'access' OR r.category = 'reconnect' AND w.worked_at IS NULL
    ORDER BY w.occurred_at DESC, w.id DESC LIMIT 1) AS lost ON p.state = 'disconnected'
LEFT JOIN LATERAL (
    SELECT * FROM events e
    WHERE e.id = CASE WHEN p.state = 'disconnected' THEN COALESCE(lost.id, p.state_event_id) ELSE p.last_event_id END) AS e ON true`

// URL is the database's address.
func (b *Base) URL() string { return b.server.URL() }
