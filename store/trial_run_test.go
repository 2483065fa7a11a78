package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/store/storetest"
)

// trialBase is a database with errors that a live ruleset has decided on.
type trialBase struct {
	store  *store.Store
	db     *sql.DB
	layout *facts.Layout
	live   *parse.Ruleset
	since  time.Time
	read   atomic.Int64 // errors whose facts were read again
	stored []trial.StoredEvent
}

func newTryBase(t *testing.T, conditions ...string) *trialBase {
	t.Helper()
	address := storetest.URL(t)
	b := &trialBase{store: storetest.Open(t, address), db: storetest.DB(t, address), since: time.Now().UTC().AddDate(0, 0, -3).Truncate(24 * time.Hour)}
	b.layout = must(facts.NewLayout(facts.LayoutSpec{JSON: []facts.ShapeSpec{{
		Code: []string{"error.code"}, Subcode: []string{"error.subcode"}, Type: []string{"error.type"}, Message: []string{"error.message"},
	}}}))(t)
	causes := []domain.Cause{"token-expired", "rate-limited", "bad-request"}
	var specs []domain.ParserSpec
	for i, condition := range conditions {
		specs = append(specs, domain.ParserSpec{
			Network: domain.Facebook, Name: fmt.Sprintf("p%d", i), Reason: domain.Reason(domain.Facebook, causes[i%len(causes)]), Condition: condition,
		})
	}
	storetest.Builtins(t, b.store, domain.Facebook, specs...)
	b.settle(t, true)
	b.live, _ = must(b.store.LiveRuleset(t.Context(), domain.Facebook))(t).Compile()
	return b
}

// settle has all stored errors parsed by the live ruleset, or not yet.
func (b *trialBase) settle(t testing.TB, yes bool) {
	t.Helper()
	statement := `UPDATE jobs SET state = 'waiting', finished_at = NULL`
	if yes {
		statement = `UPDATE jobs SET state = 'done', finished_at = now()`
	}
	if _, err := b.db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatal(err)
	}
}

// long is a code that is longer than what is stored of it.
var long = strings.Repeat("7", store.MaxID+20)

// body draws an error of few values, so that conditions meet it.
func body(d *rand.Rand) string {
	codes, types := []string{"1", "2", "3", "", long}, []string{"A", "a", ""}
	words := []string{"session expired", "Session expired", "limit", "é limit", ""}
	return fmt.Sprintf(`{"error":{"code":%q,"subcode":%q,"type":%q,"message":%q,"n":%d}}`,
		codes[d.IntN(5)], codes[d.IntN(4)], types[d.IntN(3)], words[d.IntN(5)], d.IntN(3))
}

// fill stores errors of several days and sources, some before the window.
func (b *trialBase) fill(t *testing.T, n int, raw func(i int) string) {
	t.Helper()
	sources := []store.Source{storetest.Source(t, b.store), storetest.Source(t, b.store)}
	batches := make([][]store.NewEvent, len(sources))
	for i := range n {
		e := storetest.NewEvent(func(e *store.NewEvent) {
			e.Raw, e.Type = []byte(raw(i)), domain.Failed
			e.OccurredAt = b.since.Add(time.Duration(i%100-4) * 50 * time.Minute)
			e.Facts = facts.Read(b.layout, e.Status, e.Raw)
			e.Verdict = b.live.Decide(e.Facts)
		})
		e.Shape = cluster.ShapeOf(e.Network, e.Facts)
		if !e.OccurredAt.Before(b.since) {
			b.stored = append(b.stored, trial.StoredEvent{
				SourceID: sources[i%len(sources)].ID, OccurredAt: e.OccurredAt, Shape: e.Shape.Hash, Facts: e.Facts, Present: e.Verdict.Reason,
			})
		}
		batches[i%len(sources)] = append(batches[i%len(sources)], e)
	}
	for i, batch := range batches {
		storetest.Add(t, b.store, sources[i].ID, batch...)
	}
}

// trial is the trial of a candidate after the parser of a name.
func (b *trialBase) trial(spec domain.ParserSpec, after string) (*trial.Trial, error) {
	p, err := parse.NewParser(spec)
	if err != nil {
		return nil, err
	}
	next, err := b.live.With(p, after)
	if err != nil {
		return nil, err
	}
	return trial.New(b.live, next, spec.Name)
}

func (b *trialBase) try(ctx context.Context, candidate *trial.Trial) (trial.Result, error) {
	return b.store.RunTrial(ctx, store.TrialRun{Trial: candidate, Window: store.Window{Network: domain.Facebook, From: b.since}, Facts: b.facts})
}

// inTurn sorts every stored error in turn, without a database.
func (b *trialBase) inTurn(candidate *trial.Trial) trial.Result {
	counter := trial.NewCounter(candidate)
	for _, e := range b.stored {
		counter.Count(e, candidate.Compare(e), 1)
		counter.Cover(e.Facts)
	}
	return counter.Result()
}

func (b *trialBase) facts(e store.StoredEvent) facts.Facts {
	b.read.Add(1)
	return facts.Read(b.layout, e.Status, e.Raw)
}

// drawCondition draws conditions of which most ask for a value.
func drawCondition(d *rand.Rand) string {
	leaves := []string{
		`code == "1"`, `code in ["1", "3"]`, `code == "` + long + `"`, `code == "` + long[:store.MaxID] + `"`, `code.endsWith("7")`, `subcode == "2"`, `type == "A"`, `type.lowerAscii() == "a"`, `code != "2"`,
		`message.contains("expired")`, `message.startsWith("Sess")`, `message.endsWith("limit")`, `message.lowerAscii().contains("session")`,
		`message == "limit"`, `message in ["", "limit"]`, `body.error.n == 1`, `body.error.absent == 1`, `message.matches("(?i)SESSION")`,
		`status == 400`, `has(body.error.n)`, `int(code) > 1`, `message.contains("\u0000")`, `message.contains("")`, `false`,
	}
	leaf := func() string { return leaves[d.IntN(len(leaves))] }
	switch d.IntN(5) {
	case 0:
		return leaf()
	case 1:
		return leaves[d.IntN(4)] + " && (" + leaf() + " || " + leaf() + ")"
	case 2:
		return leaves[d.IntN(4)] + " && !(" + leaf() + ")"
	case 3:
		return leaves[d.IntN(4)] + " || " + leaves[d.IntN(4)] + " && " + leaf()
	}
	return leaves[d.IntN(4)] + " && " + leaf()
}

// Whatever the way of a trial, its outcome is that of sorting every error in turn.
func TestTryingIsSortingInTurn(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	b := newTryBase(t, `code == "1" && subcode == "1"`, `message.contains("expired") && type == "A"`, `code == "3"`, `message == "limit"`)
	b.fill(t, 400, func(int) string { return body(dice) })
	counted, read := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		d := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		name := []string{"candidate", "candidate", "p0", "p2"}[d.IntN(4)]
		after := []string{"", "p1", "p3"}[d.IntN(3)]
		spec := domain.ParserSpec{Network: domain.Facebook, Name: name, Reason: "facebook.rate-limited", Condition: drawCondition(d)}
		trial := must(b.trial(spec, after))(t)
		want := comparable(t, b.inTurn(trial))
		for _, settled := range []bool{true, false} {
			b.settle(t, settled)
			b.read.Store(0)
			r, err := b.try(t.Context(), trial)
			if err != nil {
				rt.Fatalf("%s: %v", spec.Condition, err)
			}
			checkPartition(rt, r)
			if got := comparable(t, r); got != want {
				rt.Fatalf("%s as %s after %q, settled %t: got\n%s, want\n%s", spec.Condition, name, after, settled, got, want)
			}
			if b.read.Load() < int64(r.Events) {
				counted++
			} else {
				read++
			}
		}
	})
	if counted == 0 || read == 0 {
		t.Errorf("%d times errors were counted, %d times read", counted, read)
	}
}

// Errors that are still parsed again are sorted by the verdicts that they have.
func TestTrialSortsStaleVerdictsAgain(t *testing.T) {
	t.Parallel()
	b := newTryBase(t, `code == "1"`)
	dice := rand.New(rand.NewPCG(3, 4))
	b.fill(t, 100, func(int) string { return body(dice) })
	storetest.Builtins(t, b.store, domain.Facebook,
		domain.ParserSpec{Network: domain.Facebook, Name: "p0", Reason: "facebook.token-expired", Condition: `code == "2"`})
	b.live, _ = must(b.store.LiveRuleset(t.Context(), domain.Facebook))(t).Compile()
	trial := must(b.trial(domain.ParserSpec{Network: domain.Facebook, Name: "new", Reason: "facebook.rate-limited", Condition: `code == "3"`}, ""))(t)
	r, want := must(b.try(t.Context(), trial))(t), b.inTurn(trial)
	if r.Stale == 0 || comparable(t, r) != comparable(t, want) {
		t.Errorf("got %+v, want %+v", r, want)
	}
}

// comparable is a result without what may differ between its two ways: the moment,
// samples, coverage, and clusters, which the database knows.
func comparable(t *testing.T, r trial.Result) string {
	t.Helper()
	r.Coverage, r.At, r.Newest, r.Estimated, r.Samples, r.FailureSamples, r.Clusters = nil, time.Time{}, "", false, nil, nil, nil
	for i := range r.Changes {
		r.Changes[i].Samples = nil
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkPartition holds the numbers of a result against each other.
func checkPartition(t *rapid.T, r trial.Result) {
	sum := func(counts map[trial.Bucket]int) (n int) {
		for _, in := range counts {
			n += in
		}
		return n
	}
	days, sources, changes, shadows, gained := 0, 0, 0, 0, 0
	for _, d := range r.Days {
		days += sum(d.Buckets)
	}
	for _, s := range r.Sources {
		sources += sum(s.Buckets)
	}
	for _, c := range r.Changes {
		changes += c.Events
	}
	for _, s := range r.OverriddenBy {
		shadows += s.Events
	}
	for _, c := range r.Clusters {
		gained += c.NewlyExplained
	}
	if sum(r.Buckets) != r.Events || days != r.Events || sources != r.Events || changes != r.Buckets[trial.ChangesReason] ||
		shadows != r.Buckets[trial.Overridden] || gained > r.Buckets[trial.NewlyExplained] || len(r.Clusters) < 50 && gained < r.Buckets[trial.NewlyExplained] {
		t.Fatalf("%v do not add up: %d in days, %d of sources, %d in pairs, %d shadowed, %d in clusters", r.Buckets, days, sources, changes, shadows, gained)
	}
}

// A program that reads errors otherwise than the one that stored them is not
// taken in by what was stored.
func TestTryingNoticesOtherFacts(t *testing.T) {
	t.Parallel()
	b := newTryBase(t, `code == "1"`)
	b.fill(t, 60, func(i int) string {
		return fmt.Sprintf(`{"error":{"code":"%d","message":"m"},"later":{"code":"9"}}`, i%3)
	})
	b.layout = must(facts.NewLayout(facts.LayoutSpec{JSON: []facts.ShapeSpec{{Code: []string{"later.code"}, Message: []string{"error.message"}}}}))(t)
	trial := must(b.trial(domain.ParserSpec{
		Network: domain.Facebook, Name: "candidate", Reason: "facebook.rate-limited", Condition: `code == "2" || code == "9"`,
	}, ""))(t)
	r, err := b.try(t.Context(), trial)
	if err != nil || r.Matched != r.Events || r.Stale == 0 {
		t.Errorf("%d of %d match, %d stale, %v", r.Matched, r.Events, r.Stale, err)
	}
}

func TestCancelledTrialLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	b := newTryBase(t, `code == "1"`)
	b.fill(t, 1000, func(i int) string { return fmt.Sprintf(`{"error":{"code":"%d"}}`, i%5) })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	trial := must(b.trial(domain.ParserSpec{Network: domain.Facebook, Name: "c", Reason: "facebook.rate-limited", Condition: `body.x == 1`}, ""))(t)
	_, err := b.store.RunTrial(ctx, store.TrialRun{
		Trial: trial, Window: store.Window{Network: domain.Facebook, From: b.since}, Facts: b.facts,
		Progress: func(int, int) { cancel() },
	})
	if domain.KindOf(err) != domain.Unavailable {
		t.Errorf("the trial ends with %v", err)
	}
	left := running(t, b.db)
	for deadline := time.Now().Add(20 * time.Second); len(left) > 0 && time.Now().Before(deadline); { // to cancel takes a moment
		left = running(t, b.db)
	}
	if len(left) > 0 {
		t.Errorf("still running: %q", left)
	}
}

// running lists what other sessions of a database do.
func running(t *testing.T, db *sql.DB) []string {
	t.Helper()
	var statements []string
	rows, err := db.QueryContext(t.Context(), `
		SELECT query FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, strings.Join(strings.Fields(s), " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(statements)
	return statements
}

// Trials that are many or slow leave connections to everybody else.
func TestTrialsLeaveConnections(t *testing.T) {
	t.Parallel()
	b := newTryBase(t, `code == "1"`)
	b.fill(t, 10, func(int) string { return `{"error":{"code":"2"}}` })
	trial := must(b.trial(spec("candidate", "token-expired"), ""))(t)
	lock, err := b.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLE events IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	group, ctx := errgroup.WithContext(t.Context())
	for range 40 { // more than there are connections
		group.Go(func() error {
			_, err := b.try(ctx, trial)
			return err
		})
	}
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for range 500 { // while trials begin, and when all have that can
		if _, err := b.store.Sources(soon); err != nil {
			t.Fatal(err)
		}
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}
