package store_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/domain/facts"
	"wherefore/domain/ruleset"
	"wherefore/store"
	"wherefore/store/storetest"
)

// byRuleset decides as the live ruleset of facebook does, whose parsers match
// the code that is their name. It stands in for the engine.
func byRuleset(r ruleset.Ruleset) func(store.Reparse, []store.StoredEvent) ([]store.Decision, error) {
	return func(_ store.Reparse, events []store.StoredEvent) ([]store.Decision, error) {
		decisions := make([]store.Decision, len(events))
		for i, e := range events {
			facts := facts.Facts{Format: facts.Text, Code: string(e.Raw)}
			d := store.Decision{Event: e, Verdict: domain.Verdict{Ruleset: r.Version}}
			if p := slices.IndexFunc(r.Parsers, func(p ruleset.Parser) bool { return p.Name == facts.Code }); p >= 0 {
				d.Verdict.Parser, d.Verdict.Reason = r.Parsers[p].Name, r.Parsers[p].Reason
				d.Verdict.Evidence = []domain.Evidence{{Fact: "code", Value: facts.Code, Match: facts.Code}}
			} else {
				d.Shape = cluster.ShapeOf(e.Network, facts)
			}
			decisions[i] = d
		}
		return decisions, nil
	}
}

// fresh makes an error with a code for byRuleset, unparsed so far.
func fresh(code string) store.NewEvent {
	return storetest.NewEvent(func(e *store.NewEvent) {
		e.Raw, e.Cleaned, e.Facts = []byte(code), code, facts.Facts{Format: facts.Text, Code: code}
	})
}

// settled ends the wait of jobs for events that still arrive by old rulesets.
func settled(t *testing.T, db *sql.DB) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), `
		UPDATE jobs SET created_at = created_at - interval '1 minute', scheduled_at = scheduled_at - interval '1 minute'`)
	if err != nil {
		t.Fatal(err)
	}
}

// finish runs all steps that wait, and returns the last state of the job.
func finish(t *testing.T, s *store.Store, size int) store.Reparse {
	t.Helper()
	r := must(s.LiveRuleset(t.Context(), domain.Facebook))(t)
	var last store.Reparse
	for {
		claim, found := storetest.Claim(t, s, reparses)
		if !found {
			return last
		}
		for last.State = store.JobRunning; last.State == store.JobRunning; {
			last = must(s.ReparseStep(t.Context(), claim, size, byRuleset(r)))(t)
		}
	}
}

var reparses = store.JobFilter{Kind: store.JobReparse}

// verdicts prints the state that must not depend on how a reparse went.
func verdicts(t *testing.T, db *sql.DB) string {
	t.Helper()
	var text string
	err := db.QueryRowContext(t.Context(), `
		SELECT concat_ws(E'\n',
		    (SELECT string_agg(concat_ws(' ', id, reason, parser, ruleset, evidence), E'\n' ORDER BY id) FROM events),
		    (SELECT string_agg(concat_ws(' ', event_id, reason, parser, ruleset), E'\n' ORDER BY event_id, ruleset) FROM verdicts),
		    (SELECT string_agg(concat_ws(' ', hour, reason, parser, arrived, current), E'\n' ORDER BY hour, reason, parser)
		        FROM hourly_counts WHERE arrived > 0 OR current > 0))`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPromotionExplainsThePast(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	first := storetest.Add(t, s, source.ID, fresh("a"), fresh("b"), fresh("a"), fresh("c"))[0].EventID
	before := must(s.Event(t.Context(), first))(t)
	sync2(t, s, spec("a", "token-expired"))
	settled(t, db)
	job := finish(t, s, 2)
	if job.State != store.JobDone || job.Total != 4 || job.Done != 4 || job.Changed != 2 || job.FinishedAt == nil {
		t.Errorf("job %+v", job)
	}
	e := must(s.Event(t.Context(), first))(t)
	if e.Verdict.Reason != "facebook.token-expired" || e.Verdict.Ruleset != 1 || len(e.Verdict.Evidence) != 1 || e.Arrival.Parsed() {
		t.Errorf("event %+v", e)
	}
	if len(e.History) != 1 || e.History[0].Parsed() || e.History[0].Ruleset != 0 {
		t.Errorf("history %+v", e.History)
	}
	if c := must(s.Cluster(t.Context(), before.ClusterID))(t); c.Events != 0 || c.Profiles != 0 {
		t.Errorf("its cluster is still %+v", c)
	}
	counts := must(s.NetworkCounts(t.Context(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)))(t)
	if counts[0].UnparsedOnArrival != 4 || counts[0].UnparsedNow != 2 {
		t.Errorf("counts %+v", counts)
	}
	if reason := must(s.LatestReason(t.Context(), e.ProfileID))(t); reason.Verdict.Reason != e.Verdict.Reason {
		t.Errorf("the profile's reason is %+v", reason)
	}
	sync2(t, s) // and back
	settled(t, db)
	finish(t, s, 2)
	e = must(s.Event(t.Context(), first))(t)
	if e.Verdict.Parsed() || e.ClusterID != before.ClusterID || len(e.History) != 2 {
		t.Errorf("after taking the parser away: %+v", e)
	}
}

func TestReparseLooksOnlyAtWhatCanChange(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	storetest.Add(t, s, storetest.Source(t, s).ID, fresh("a"), fresh("b"), fresh("c"), fresh("d"))
	a, b, c := spec("a", "token-expired"), spec("b", "rate-limited"), spec("c", "bad-request")
	sync2(t, s, a, b)
	settled(t, db)
	finish(t, s, 10)
	sync2(t, s, a, c, b) // a is decided before, c and d are unparsed, b comes later
	settled(t, db)
	if job := finish(t, s, 10); job.Total != 3 || job.Changed != 1 {
		t.Errorf("job %+v", job)
	}
}

func TestJobWaitsForReplicasToSettle(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	sync2(t, s, spec("a", "token-expired"))
	if job := finish(t, s, 10); job.State != store.JobWaiting || job.InThePast() {
		t.Errorf("job %+v", job)
	}
	storetest.Add(t, s, source.ID, fresh("a")) // by a replica that still has no parsers
	settled(t, db)
	if job := finish(t, s, 10); job.State != store.JobDone || job.Changed != 1 {
		t.Errorf("job %+v", job)
	}
}

// What came before others and is committed after them, decided by an old ruleset,
// is not passed over.
func TestLateCommitIsParsedAgain(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	storetest.Add(t, s, source.ID, fresh("a"))
	sync2(t, s, spec("a", "token-expired"))
	storetest.Add(t, s, source.ID, fresh("b"))
	if job := finish(t, s, 10); job.State != store.JobWaiting || job.Done != 2 {
		t.Errorf("job %+v", job)
	}
	late := fresh("a")
	late.ArrivedAt = time.Now().Add(-time.Second)
	id := storetest.Add(t, s, source.ID, late)[0].EventID
	settled(t, db)
	if job := finish(t, s, 1); job.State != store.JobDone || job.Done != 3 || job.Total != 3 || job.Changed != 2 {
		t.Errorf("job %+v", job)
	}
	if e := must(s.Event(t.Context(), id))(t); !e.Verdict.Parsed() {
		t.Error("the late one is still unparsed")
	}
	storetest.CheckCounts(t, db)
}

func TestKilledReparseEndsTheSame(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	source := storetest.Source(t, s)
	for i := range 30 {
		storetest.Add(t, s, source.ID, fresh(string(rune('a'+i%3))))
	}
	sync2(t, s, spec("a", "token-expired"), spec("b", "rate-limited"))
	r := must(s.LiveRuleset(t.Context(), domain.Facebook))(t)
	decide := byRuleset(r)
	claim, _ := storetest.Claim(t, s, reparses)
	for range 3 { // each time the second step's connection dies before it commits
		for step := range 2 {
			_, err := s.ReparseStep(t.Context(), claim, 5, func(j store.Reparse, events []store.StoredEvent) ([]store.Decision, error) {
				decisions, err := decide(j, events)
				if step == 1 {
					kill(t, db)
				}
				return decisions, err
			})
			if (err != nil) != (step == 1) {
				t.Fatalf("step %d: %v", step, err)
			}
		}
	}
	must("", s.ReleaseJob(t.Context(), claim))(t)
	settled(t, db)
	job := finish(t, s, 5)
	if job.Done != 30 || job.Changed != 20 || job.State != store.JobDone {
		t.Errorf("job %+v", job)
	}
	after := verdicts(t, db)
	storetest.CheckCounts(t, db)
	if _, err := db.ExecContext(t.Context(), `
		UPDATE reparses SET changed = 0, second_look = false, cursor = '00000000-0000-0000-0000-000000000000';
		UPDATE jobs SET state = 'waiting', finished_at = NULL, done = 0`); err != nil {
		t.Fatal(err)
	}
	if again := finish(t, s, 7); again.Done != 10 || again.Changed != 0 {
		t.Errorf("again %+v", again)
	}
	if verdicts(t, db) != after {
		t.Error("a second run changed something")
	}
}

// kill ends the connections of reparse steps, as a kill -9 of the service does.
func kill(t *testing.T, db *sql.DB) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND state = 'idle in transaction'`)
	if err != nil {
		t.Fatal(err)
	}
}

func TestStaleReplicaLeavesTheJobAlone(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	storetest.Add(t, s, storetest.Source(t, s).ID, fresh("a"))
	sync2(t, s, spec("a", "token-expired"))
	stale := errors.New("have version 0 only")
	claim, _ := storetest.Claim(t, s, reparses)
	_, err := s.ReparseStep(t.Context(), claim, 5, func(store.Reparse, []store.StoredEvent) ([]store.Decision, error) { return nil, stale })
	if !errors.Is(err, stale) {
		t.Errorf("got %v", err)
	}
	if jobs := must(s.Reparses(t.Context(), "", 1))(t); jobs[0].State != store.JobRunning || jobs[0].Done != 0 {
		t.Errorf("job %+v", jobs[0])
	}
}

func TestReparseByItsID(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	spec := domain.ParserSpec{Network: domain.X, Name: "known", Reason: "x.token-expired", Condition: `code == "89"`}
	storetest.Builtins(t, s, domain.X, spec)
	all := must(s.Reparses(t.Context(), domain.X, 1))(t)
	if job := must(s.Reparse(t.Context(), all[0].ID))(t); job != all[0] || job.State != store.JobWaiting {
		t.Errorf("job %+v, listed as %+v", job, all[0])
	}
	if _, err := s.Reparse(t.Context(), all[0].ID+1); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a job that is none: %v", err)
	}
}
