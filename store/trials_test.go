package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/domain/ruleset"
	"wherefore/domain/trial"
	"wherefore/store"
	"wherefore/store/storetest"
)

var someone = store.Actor{Name: "test"}

// add asks for a trial of a condition before all live parsers.
func (b *trialBase) add(t *testing.T, condition string) int64 {
	t.Helper()
	return must(b.store.AddTrial(t.Context(), someone, store.NewTrial{
		Network: domain.Facebook, Base: b.live.Version(), From: b.since,
		Candidate: store.Candidate{TrialName: "candidate", Condition: condition, Reason: "facebook.rate-limited", Period: "7d"},
	}))(t)
}

// state fails unless a trial is in a state, and returns it.
func (b *trialBase) state(t *testing.T, id int64, want store.JobState) store.Trial {
	t.Helper()
	trial := must(b.store.Trial(t.Context(), id))(t)
	if trial.State != want || (trial.FinishedAt != nil) == (want == store.JobWaiting || want == store.JobRunning) ||
		(trial.Result != nil) != (want == store.JobDone) {
		t.Fatalf("trial %+v, want it %s", trial, want)
	}
	return trial
}

// run takes up the next trial, if there is one.
func (b *trialBase) run(t *testing.T) bool {
	t.Helper()
	claim, found := b.claim(t)
	if found {
		must("", b.store.RunTrialJob(t.Context(), claim, b.facts, nil))(t)
	}
	return found
}

func (b *trialBase) claim(t *testing.T) (store.JobClaim, bool) {
	t.Helper()
	return storetest.Claim(t, b.store, store.JobFilter{Kind: store.JobTrial, MaxAttempts: 3})
}

func (b *trialBase) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	must(b.db.ExecContext(t.Context(), statement, args...))(t)
}

func newTrialBase(t *testing.T) *trialBase {
	b := newTryBase(t, `code == "1" && subcode == "1"`, `code == "3"`, `message == "limit"`)
	dice := rand.New(rand.NewPCG(5, 6))
	b.fill(t, 200, func(int) string { return body(dice) })
	return b
}

func TestTrialRunsInTheBackground(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	if b.run(t) {
		t.Fatal("there was something to run")
	}
	first, second := b.add(t, `code == "2"`), b.add(t, `body.n == 1`)
	b.state(t, first, store.JobWaiting)
	for b.run(t) {
	}
	done := b.state(t, first, store.JobDone)
	if done.Result.Events != len(b.stored) || done.Result.Matched == 0 || done.Done != done.Total || done.Total != len(b.stored) {
		t.Errorf("got %+v", done.Result)
	}
	if failing := b.state(t, second, store.JobDone); failing.Result.Failures != len(b.stored) || failing.Result.Matched != 0 {
		t.Errorf("a condition that fails: %+v", failing.Result)
	}
}

func TestTrialIsCancelled(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	waiting := b.add(t, `code == "2"`)
	must("", b.store.CancelTrial(t.Context(), someone, waiting))(t)
	b.state(t, waiting, store.JobCancelled)
	if b.run(t) {
		t.Error("a cancelled trial was run")
	}
	running := b.add(t, `body.error.n == 1`)
	cancelled := false
	claim, _ := b.claim(t)
	err := b.store.RunTrialJob(t.Context(), claim, func(e store.StoredEvent) facts.Facts {
		if !cancelled {
			cancelled = true
			must("", b.store.CancelTrial(context.WithoutCancel(t.Context()), someone, running))(t)
		}
		return facts.Read(b.layout, e.Status, e.Raw)
	}, nil)
	if !errors.Is(err, store.ErrJobLost) {
		t.Fatal(err)
	}
	b.state(t, running, store.JobCancelled)
	must("", b.store.CancelTrial(t.Context(), someone, running))(t)
	if err := b.store.CancelTrial(t.Context(), someone, 1e9); domain.KindOf(err) != domain.NotFound {
		t.Errorf("cancelling none: %v", err)
	}
}

// A trial whose process was killed is taken up by another, but not for ever.
func TestInterruptedTrialBeginsAgain(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	id := b.add(t, `code == "2"`)
	kill := func() {
		b.exec(t, `UPDATE trials SET result = NULL`)
		b.exec(t, `UPDATE jobs SET state = 'running', attempts = attempts + 1, heartbeat_at = now() - interval '1 minute', finished_at = NULL WHERE kind = 'trial'`)
	}
	kill()
	if !b.state(t, id, store.JobRunning).Silent {
		t.Error("it does not say that it was interrupted")
	}
	if !b.run(t) {
		t.Fatal("it is not taken up")
	}
	b.state(t, id, store.JobDone)
	kill()
	kill()
	b.run(t)
	if failed := b.state(t, id, store.JobFailed); failed.Problem == "" {
		t.Error("it does not say why it failed")
	}
}

func TestTrialWaitsAgainWhenTheServiceStops(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	id := b.add(t, `body.error.n == 1`)
	ctx, stop := context.WithCancel(t.Context())
	claim, _ := b.claim(t)
	err := b.store.RunTrialJob(ctx, claim, func(e store.StoredEvent) facts.Facts {
		stop()
		return facts.Read(b.layout, e.Status, e.Raw)
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	must("", b.store.ReleaseJob(t.Context(), claim))(t)
	b.state(t, id, store.JobWaiting)
	for b.run(t) {
	}
	b.state(t, id, store.JobDone)
}

func TestTrialThatCannotBeMadeFails(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	id := b.add(t, `code ==`)
	claim, _ := b.claim(t)
	if err := b.store.RunTrialJob(t.Context(), claim, b.facts, nil); err == nil {
		t.Error("there is no error")
	}
	b.state(t, id, store.JobFailed)
}

func TestOldTrialsAreRemovedUnlessKept(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	old, kept, waiting := b.add(t, `code == "2"`), b.add(t, `code == "2"`), int64(0)
	for b.run(t) {
	}
	waiting = b.add(t, `code == "2"`)
	b.exec(t, `UPDATE ruleset_versions SET trial = $1 WHERE network = 'facebook' AND live`, fmt.Sprintf(`{"id": %d}`, kept))
	must("", b.store.RemoveTrials(t.Context(), time.Now().Add(-time.Hour)))(t)
	b.state(t, old, store.JobDone)
	must("", b.store.RemoveTrials(t.Context(), time.Now().Add(time.Hour)))(t)
	if _, err := b.store.Trial(t.Context(), old); domain.KindOf(err) != domain.NotFound {
		t.Errorf("the old trial: %v", err)
	}
	b.state(t, kept, store.JobDone)
	b.state(t, waiting, store.JobWaiting)
}

// What a version is based on may quote a NUL, of an acceptance or of a condition. It
// does not keep old trials from being removed.
func TestOldTrialsAreRemovedBesideANUL(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	old := b.add(t, `code == "2"`)
	b.run(t)
	p := promotion(b.live.Version(), domain.ParserSpec{Network: domain.Facebook, Name: "new", Reason: "facebook.rate-limited", Condition: `code == "2"`})
	p.Trial = &store.NewTrial{Network: domain.Facebook, Base: b.live.Version()}
	p.Check.Trial.Changes = []trial.Change{{From: "facebook.a", To: "facebook.b"}}
	p.Check.Consent.Accepted = ruleset.Acceptance{{From: "facebook.a", To: "facebook.b"}: "\x00\x00 and \\u0000"}
	version := must(b.store.PromoteParser(t.Context(), someone, p))(t)
	must("", b.store.RemoveTrials(t.Context(), time.Now().Add(time.Hour)))(t)
	if _, err := b.store.Trial(t.Context(), old); domain.KindOf(err) != domain.NotFound {
		t.Errorf("the old trial: %v", err)
	}
	var accepted string
	row := b.db.QueryRowContext(t.Context(), `SELECT trial->'accepted'->>'facebook.a facebook.b' FROM ruleset_versions WHERE network = 'facebook' AND version = $1`, version)
	if err := row.Scan(&accepted); err != nil || accepted != "\ufffd\ufffd and \\u0000" {
		t.Errorf("accepted as %q, %v", accepted, err)
	}
}

// Each number of a trial is that of the errors in its list, also when their verdicts
// have changed since and more have arrived.
func TestTrialEventsAreThoseThatWereCounted(t *testing.T) {
	t.Parallel()
	for _, condition := range []string{`code in ["1", "2", "3"]`, `body.error.n == 1 || code == "2"`, `int(code) > 1`} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			b := newTrialBase(t)
			id := b.add(t, condition)
			b.run(t)
			trial := b.state(t, id, store.JobDone)
			checkLists(t, b, trial)
			b.exec(t, `INSERT INTO verdicts (event_id, ruleset, reason, parser, evidence) SELECT id, ruleset, reason, parser, evidence FROM events`)
			b.exec(t, `UPDATE events SET reason = 'facebook.bad-request', parser = 'later', ruleset = 2`)
			dice := rand.New(rand.NewPCG(7, 8))
			b.fill(t, 20, func(int) string { return body(dice) })
			checkLists(t, b, trial)
		})
	}
}

// checkLists compares each count of a trial with its list.
func checkLists(t *testing.T, b *trialBase, tried store.Trial) {
	t.Helper()
	r := tried.Result
	check := func(f store.TrialEventFilter, want int) {
		t.Helper()
		if got := listed(t, b, tried, f); got != want {
			t.Errorf("%+v: %d listed, %d counted", f, got, want)
		}
	}
	check(store.TrialEventFilter{}, r.Events)
	check(store.TrialEventFilter{Holds: true}, r.Matched)
	check(store.TrialEventFilter{Failed: true}, r.Failures)
	check(store.TrialEventFilter{Unparsed: store.UnparsedNow}, r.UnparsedBefore)
	check(store.TrialEventFilter{Unparsed: store.UnparsedAfter}, r.UnparsedAfter)
	for _, bucket := range trial.Buckets() {
		check(store.TrialEventFilter{Bucket: bucket}, r.Buckets[bucket])
		for _, d := range r.Days {
			day := must(time.Parse(time.DateOnly, d.Date))(t)
			check(store.TrialEventFilter{Bucket: bucket, Day: day}, d.Buckets[bucket])
		}
		for _, s := range r.Sources {
			check(store.TrialEventFilter{Bucket: bucket, SourceID: s.Source}, s.Buckets[bucket])
		}
	}
	for _, c := range r.Changes {
		check(store.TrialEventFilter{Bucket: trial.ChangesReason, From: c.From, To: c.To}, c.Events)
	}
	for _, s := range r.OverriddenBy {
		check(store.TrialEventFilter{Bucket: trial.Overridden, Parser: s.Parser}, s.Events)
	}
	for _, c := range r.Clusters {
		check(store.TrialEventFilter{Bucket: trial.NewlyExplained, ClusterID: c.Cluster}, c.NewlyExplained)
		check(store.TrialEventFilter{Bucket: trial.StillUnparsed, ClusterID: c.Cluster}, c.StillUnparsed)
	}
}

// listed counts the errors of a list page by page, each of which must be in it once
// and behind the one before.
func listed(t *testing.T, b *trialBase, trial store.Trial, f store.TrialEventFilter) int {
	t.Helper()
	var ids []string
	for page, more := "", true; more; more = page != "" {
		p := must(b.store.TrialEvents(t.Context(), trial, b.facts, f, page, 17))(t)
		for _, e := range p.Rows {
			ids = append(ids, e.ID)
		}
		page = p.Next
	}
	if !slices.IsSortedFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Fatalf("%+v: not in order", f)
	}
	return len(ids)
}

// A program that reads errors otherwise than the one that stored them lists what it
// counted, whatever is stored of them.
func TestTrialEventsOfOtherFacts(t *testing.T) {
	t.Parallel()
	b := newTryBase(t, `code == "1"`)
	b.fill(t, 60, func(i int) string {
		return fmt.Sprintf(`{"error":{"code":"%d","message":"m"},"later":{"subcode":"9"}}`, i%3)
	})
	b.layout = must(facts.NewLayout(facts.LayoutSpec{JSON: []facts.ShapeSpec{{
		Code: []string{"error.code"}, Subcode: []string{"later.subcode"}, Message: []string{"error.message"},
	}}}))(t)
	id := b.add(t, `subcode == "9"`)
	b.run(t)
	trial := b.state(t, id, store.JobDone)
	if r := trial.Result; r.Stale != 0 || r.Matched != r.Events {
		t.Errorf("%d of %d match, %d stale", r.Matched, r.Events, r.Stale)
	}
	checkLists(t, b, trial)
}

func TestTrialEventsRefuseAnUnknownCursor(t *testing.T) {
	t.Parallel()
	b := newTrialBase(t)
	id := b.add(t, `code == "2"`)
	b.run(t)
	_, err := b.store.TrialEvents(t.Context(), b.state(t, id, store.JobDone), b.facts, store.TrialEventFilter{}, "x", 10)
	if domain.KindOf(err) != domain.Invalid {
		t.Errorf("got %v", err)
	}
}
