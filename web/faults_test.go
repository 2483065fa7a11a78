package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"wherefore/store"
	"wherefore/store/embedded"
	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// While several clients send, one of two replicas is killed twenty times, and Postgres
// is killed five times and stopped five times. What was acknowledged is there once,
// and all that is kept beside the events is what they say.
func TestNothingIsLostWhateverIsKilled(t *testing.T) {
	t.Parallel()
	db := runDatabase(t)
	replicas := []*replica{startReplica(t, db), startReplica(t, db)}
	clients := startClients(t, replicas)
	for i := range 20 {
		clients.goOn(t, 12)
		killed := replicas[i%2]
		killed.kill()
		if i%2 == 1 {
			db.end(t, []syscall.Signal{syscall.SIGKILL, syscall.SIGINT}[i/2%2])
			db.start(t)
		}
		killed.start(t)
	}
	clients.goOn(t, 12)
	clients.stop()
	if clients.cut.Load() == 0 {
		t.Error("no request was under way when something was killed")
	}
	kept := storetest.DB(t, db.url)
	checkSent(t, kept, clients)
	checkQuarantined(t, kept, clients)
	storetest.CheckCounts(t, kept)
	checkSourceCounts(t, kept)
	checkStates(t, kept)
	checkImpacts(t, storetest.Open(t, db.url))
}

// killedDatabase is a Postgres that keeps what it says it keeps, and has one address
// whenever it runs.
type killedDatabase struct {
	home, url, socket string
	server            *embedded.Server
}

func runDatabase(t *testing.T) *killedDatabase {
	t.Helper()
	link, err := os.MkdirTemp("/tmp", "wherefore-") // short, as a socket's path must be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(link) }) // a folder with a link
	if err := os.Chmod(link, 0o755); err != nil {
		t.Fatal(err)
	}
	db := &killedDatabase{home: t.TempDir(), socket: filepath.Join(link, "socket")}
	db.start(t)
	t.Cleanup(func() { _ = db.server.Stop() }) // the data go with the test
	return db
}

func (db *killedDatabase) start(t *testing.T) {
	t.Helper()
	var err error
	if db.server, err = embedded.Start(t.Context(), embedded.Config{DataDir: db.home}); err != nil {
		t.Fatal(err)
	}
	address := db.server.URL()
	_, query, _ := strings.Cut(address, "host=")
	folder, _, _ := strings.Cut(query, "&")
	now := strings.ReplaceAll(folder, "%2F", "/")
	_ = os.Remove(db.socket) // there is none at first
	if err := os.Symlink(now, db.socket); err != nil {
		t.Fatal(err)
	}
	db.url = strings.Replace(address, folder, strings.ReplaceAll(db.socket, "/", "%2F"), 1)
}

// end ends Postgres by a signal.
func (db *killedDatabase) end(t *testing.T, by syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(storetest.Postmaster(db.home), by); err != nil {
		t.Fatal(err)
	}
	<-db.server.Exited()
	if err := db.server.Stop(); err != nil {
		t.Fatal(err)
	}
}

// replica is a server that is started again at the same address.
type replica struct {
	*process
	dir, listen string
	db          *killedDatabase
}

func startReplica(t *testing.T, db *killedDatabase) *replica {
	t.Helper()
	r := &replica{dir: t.TempDir(), listen: freeAddress(t), db: db}
	r.start(t)
	return r
}

func (r *replica) start(t *testing.T) {
	t.Helper()
	r.process = startProcess(t, r.dir, "DATABASE_URL="+r.db.url, "WHEREFORE_LISTEN="+r.listen, "WHEREFORE_TOKEN="+testToken)
}

func (r *replica) kill() { _ = r.end(syscall.SIGKILL) } // the error says that it was killed

// clients send until they are stopped, each request again until it is acknowledged.
type clients struct {
	replicas []string
	ended    chan struct{}
	running  sync.WaitGroup

	acknowledged atomic.Int64 // requests
	cut          atomic.Int64 // requests that were taken and not answered

	mu   sync.Mutex
	sent map[sentID]string // what the acknowledgement said of each: "stored" or "quarantined"
}

type sentID struct {
	source string
	id     string
}

const otherToken = "a-token-of-another-source"

func startClients(t *testing.T, replicas []*replica) *clients {
	t.Helper()
	addToken(t, replicas[0].db.url, "other", otherToken)
	c := &clients{ended: make(chan struct{}), sent: map[sentID]string{}}
	for _, r := range replicas {
		c.replicas = append(c.replicas, "http://"+r.listen)
	}
	for n := range 6 {
		c.running.Go(func() { c.run(t, n) })
	}
	t.Cleanup(c.stop)
	return c
}

func addToken(t *testing.T, database, source, token string) {
	t.Helper()
	s, err := store.Open(t.Context(), database, 4) // until Postgres is killed
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.AddToken(t.Context(), store.Actor{Name: "test"}, source, store.HashToken(token))
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

func (c *clients) stop() {
	select {
	case <-c.ended:
	default:
		close(c.ended)
	}
	c.running.Wait()
}

// goOn waits until so many more requests are acknowledged.
func (c *clients) goOn(t *testing.T, n int64) {
	t.Helper()
	want := c.acknowledged.Load() + n
	webtest.Within(t, time.Minute, fmt.Sprintf("%d more requests are acknowledged", n), func() bool {
		return t.Failed() || c.acknowledged.Load() >= want
	})
	if t.Failed() {
		t.FailNow()
	}
}

// run sends single events and batches, to either replica. Some ids are sent by all
// clients of a source.
func (c *clients) run(t *testing.T, client int) {
	random := rand.New(rand.NewPCG(11, uint64(client)))
	source, token := "bootstrap", testToken
	if client%2 == 1 {
		source, token = "other", otherToken
	}
	for n := 0; ; {
		var ids []string
		for range []int{1, 1, 1, 7, 40}[random.IntN(5)] {
			if n++; random.IntN(10) == 0 {
				ids = append(ids, fmt.Sprintf("shared-%d", random.IntN(n+10)))
			} else {
				ids = append(ids, fmt.Sprintf("%d-%d", client, n))
			}
		}
		for !c.send(t, random, source, token, ids) {
			select {
			case <-c.ended:
				if t.Failed() {
					return
				}
			case <-time.After(20 * time.Millisecond):
			}
		}
		select {
		case <-c.ended:
			return
		default:
		}
	}
}

// send sends events and reports whether they were acknowledged.
func (c *clients) send(t *testing.T, random *rand.Rand, source, token string, ids []string) bool {
	var body bytes.Buffer
	for _, id := range ids {
		_ = json.NewEncoder(&body).Encode(eventOf(id)) // to a buffer, of what JSON has
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", c.replicas[random.IntN(2)]+"/api/v1/events", &body)
	if err != nil {
		t.Error(err)
		return true
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/x-ndjson")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		if !errors.Is(err, syscall.ECONNREFUSED) {
			c.cut.Add(1)
		}
		return false
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		c.cut.Add(1)
		return false
	case answer.StatusCode == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
		return false
	case answer.StatusCode != http.StatusOK:
		t.Errorf("it answers %s: %s", answer.Status, said)
		return true
	}
	c.note(t, source, ids, said)
	return true
}

// note keeps what an acknowledgement says of each event.
func (c *clients) note(t *testing.T, source string, ids []string, said []byte) {
	var receipt struct {
		Accepted, Duplicates, Quarantined int
		Results                           []struct {
			Index  int
			Status string
		}
	}
	if err := json.Unmarshal(said, &receipt); err != nil || receipt.Accepted+receipt.Duplicates+receipt.Quarantined != len(ids) {
		t.Errorf("%d events are acknowledged by %s, %v", len(ids), said, err)
		return
	}
	became := make([]string, len(ids))
	for i := range became {
		became[i] = "stored"
	}
	for _, r := range receipt.Results {
		if r.Status == "quarantined" {
			became[r.Index] = "quarantined"
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, id := range ids {
		c.sent[sentID{source, id}] = became[i]
	}
	c.acknowledged.Add(1)
}

// eventOf makes an event of its id alone, so that it is the same whoever sends it. It
// occurs in any order, on few profiles, and one in thirty can't be used.
func eventOf(id string) map[string]any {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	random := rand.New(rand.NewPCG(h.Sum64(), 5))
	profile := random.IntN(40)
	event := map[string]any{
		"id": id, "profile_id": fmt.Sprintf("p-%d", profile), "network": []string{"facebook", "instagram", "linkedin"}[profile%3],
		"type":        []string{"disconnected", "disconnected", "failed", "reconnected", "succeeded"}[random.IntN(5)],
		"occurred_at": time.Date(2026, 11, 20, 0, 0, random.IntN(48*3600), 0, time.UTC),
		"http_status": 400, "error": map[string]any{"error": map[string]any{"code": 190, "error_subcode": 460, "message": "Error validating access token"}},
	}
	switch random.IntN(30) {
	case 0:
		delete(event, "error")
		event["type"] = "failed"
	case 1, 2, 3, 4:
		event["error"] = fmt.Sprintf("The %s %d is misaligned", []string{"quasar", "nebula", "pulsar", "comet"}[random.IntN(4)], random.IntN(1e6))
	}
	return event
}

// checkSent fails unless each event that was acknowledged as stored is there once, and
// no other.
func checkSent(t *testing.T, db *sql.DB, c *clients) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT s.name, e.source_event_id, count(*), count(k.event_id)
		FROM events e JOIN sources s ON s.id = e.source_id LEFT JOIN event_keys k ON k.event_id = e.id GROUP BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	there := map[sentID]bool{}
	for rows.Next() {
		var (
			id           sentID
			events, keys int
		)
		if err := rows.Scan(&id.source, &id.id, &events, &keys); err != nil {
			t.Fatal(err)
		}
		if there[id] = true; events != 1 || keys != 1 {
			t.Errorf("%v is there %d times, with %d keys", id, events, keys)
		}
		if c.sent[id] != "stored" {
			t.Errorf("%v is there and was acknowledged as %q", id, c.sent[id])
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	stored := 0
	for id, became := range c.sent {
		if became == "stored" {
			if stored++; !there[id] {
				t.Errorf("%v was acknowledged and is lost", id)
			}
		}
	}
	t.Logf("%d requests, %d events stored, %d requests cut", c.acknowledged.Load(), stored, c.cut.Load())
}

// checkQuarantined fails unless what was acknowledged as quarantined is there.
func checkQuarantined(t *testing.T, db *sql.DB, c *clients) {
	t.Helper()
	for id, became := range c.sent {
		if became != "quarantined" {
			continue
		}
		var n int
		err := db.QueryRowContext(t.Context(), `
			SELECT count(*) FROM quarantine q JOIN sources s ON s.id = q.source_id
			WHERE s.name = $1 AND q.source_event_id = $2 AND q.ended IS NULL`, id.source, id.id).Scan(&n)
		if err != nil || n != 1 {
			t.Errorf("%v has %d open entries in quarantine, %v", id, n, err)
		}
	}
}

// checkSourceCounts fails unless sources are counted with the events that they sent.
func checkSourceCounts(t *testing.T, db *sql.DB) {
	t.Helper()
	for what, query := range map[string]string{
		"accepted events of sources": `
			SELECT source_id::text, (SELECT count(*) FROM events e WHERE e.source_id = c.source_id), sum(accepted)
			FROM source_counts c GROUP BY source_id`,
		"missing fields": `
			SELECT concat_ws(' ', source_id, kind, field), max(n), max(counted) FROM (
			    SELECT source_id, 'missing' AS kind, field, count(*) AS n, 0 AS counted FROM events, unnest(defaulted) AS field GROUP BY 1, 2, 3
			    UNION ALL SELECT source_id, 'mended', field, count(*), 0 FROM events, unnest(mended) AS field GROUP BY 1, 2, 3
			    UNION ALL SELECT source_id, kind, field, 0, sum(events) FROM missing_fields WHERE kind IN ('missing', 'mended') GROUP BY 1, 2, 3
			) AS each GROUP BY 1`,
	} {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var (
				of           string
				events, kept int
			)
			if err := rows.Scan(&of, &events, &kept); err != nil {
				t.Fatal(err)
			}
			if events != kept {
				t.Errorf("%s, %s: %d by the events, %d are counted", what, of, events, kept)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// checkStates fails unless each profile is as its events say, in the order in which
// they occurred.
func checkStates(t *testing.T, db *sql.DB) {
	t.Helper()
	var wrong string
	err := db.QueryRowContext(t.Context(), `
		WITH said AS (
		    SELECT profile_id, occurred_at, id, type, lag(type) OVER (PARTITION BY profile_id ORDER BY occurred_at, id) AS before
		    FROM events WHERE type IN ('disconnected', 'reconnected')
		), states AS (
		    SELECT DISTINCT ON (profile_id) profile_id, type, id FROM said ORDER BY profile_id, occurred_at DESC, id DESC
		), turns AS (
		    SELECT DISTINCT ON (profile_id) profile_id, occurred_at AS since FROM said
		    WHERE type IS DISTINCT FROM before ORDER BY profile_id, occurred_at DESC, id DESC
		), errors AS (
		    SELECT DISTINCT ON (profile_id) profile_id, id FROM events WHERE type IN ('disconnected', 'failed')
		    ORDER BY profile_id, occurred_at DESC, id DESC
		), newest AS (
		    SELECT DISTINCT ON (profile_id) profile_id, id FROM events ORDER BY profile_id, occurred_at DESC, id DESC
		), worked AS (SELECT profile_id, max(occurred_at) AS at FROM events WHERE type = 'succeeded' GROUP BY 1)
		SELECT COALESCE(string_agg(concat_ws(' ', p.id, p.state, p.since, 'events', s.type, t.since), E'\n'), '')
		FROM profiles p LEFT JOIN states s ON s.profile_id = p.id LEFT JOIN turns t ON t.profile_id = p.id
		LEFT JOIN errors e ON e.profile_id = p.id LEFT JOIN newest n ON n.profile_id = p.id LEFT JOIN worked w ON w.profile_id = p.id
		WHERE (p.state = 'disconnected') IS DISTINCT FROM COALESCE(s.type = 'disconnected', false)
		    OR t.since IS NOT NULL AND p.since <> t.since
		    OR (p.state_event_id, p.error_event_id, p.last_event_id, p.worked_at) IS DISTINCT FROM (s.id, e.id, n.id, w.at)`).Scan(&wrong)
	if err != nil {
		t.Fatal(err)
	}
	if wrong != "" {
		t.Errorf("profiles differ from their events:\n%s", wrong)
	}
}

// checkImpacts fails unless a recount of spells and impacts changes nothing.
func checkImpacts(t *testing.T, s *store.Store) {
	t.Helper()
	count := func() string {
		impacts, err := s.Impacts(t.Context(), store.ImpactFilter{
			From: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), By: store.ByReason,
		})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(impacts)
	}
	kept := count()
	if err := s.RecountImpacts(t.Context()); err != nil {
		t.Fatal(err)
	}
	if recounted := count(); kept != recounted {
		t.Errorf("impacts are kept as %s; the events say %s", kept, recounted)
	}
}
