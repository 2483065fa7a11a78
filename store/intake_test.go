package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

const crowd = 64 // callers at once

// atOnce calls do from a crowd, and returns the errors of all.
func atOnce(do func(caller int) error) error {
	errs := make([]error, crowd)
	var all sync.WaitGroup
	for i := range crowd {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// replicas are the intakes of two processes on one database.
func replicas(t *testing.T, address string) (stores [2]*store.Store, intakes [2]*store.Intake) {
	t.Helper()
	for i := range stores {
		stores[i] = storetest.Open(t, address)
		intakes[i] = store.NewIntake(stores[i])
	}
	return stores, intakes
}

// deadlocks counts those that a database had in sessions that have ended.
func deadlocks(t *testing.T, db *sql.DB, stores [2]*store.Store) (n int) {
	t.Helper()
	for _, s := range stores {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for others := 1; others > 0; time.Sleep(10 * time.Millisecond) {
		err := db.QueryRowContext(t.Context(), `
			SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()), deadlocks
			FROM pg_stat_database WHERE datname = current_database()`).Scan(&others, &n)
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// A crowd hammers, through two replicas and from two sources, what all calls share: one
// profile, the count of one hour, and a new shape. Each event is there once, the counts
// say so, and the state is that of the newest. Nobody waits in a circle.
func TestCallsOfACrowdAreStoredOnceEach(t *testing.T) {
	t.Parallel()
	const each = 8
	address := storetest.URL(t)
	stores, intakes := replicas(t, address)
	s, sources := stores[0], [2]store.Source{storetest.Source(t, stores[0]), storetest.Source(t, stores[0])}
	hour := time.Now().UTC().Truncate(time.Hour).Add(-time.Hour)
	event := func(n int) store.NewEvent {
		return storetest.NewEvent(func(e *store.NewEvent) {
			e.SourceEventID, e.ProfileID, e.OccurredAt = fmt.Sprint("e-", n), "hammered", hour.Add(time.Duration(n)*time.Second)
			e.Type = domain.Disconnected
			if n%2 == 1 {
				e.Type = domain.Reconnected
			}
		})
	}
	err := atOnce(func(caller int) error {
		for i := range each {
			n := caller*each + i
			outcomes, err := intakes[caller%2].Add(t.Context(), sources[caller/2%2].ID, []store.NewEvent{event(n)}, nil)
			if err == nil && (len(outcomes) != 1 || outcomes[0].Duplicate) {
				err = fmt.Errorf("event %d: %+v", n, outcomes)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.DB(t, address)
	storetest.CheckCounts(t, db)
	if n := must(s.Timeline(t.Context(), "hammered", "", 1))(t).Total; n != crowd*each {
		t.Errorf("%d events of %d are there", n, crowd*each)
	}
	p := must(s.Profile(t.Context(), "hammered"))(t)
	if last := event(crowd*each - 1); p.State != domain.StateConnected || !p.Since.Equal(last.OccurredAt) {
		t.Errorf("the profile is %s since %v, not connected since %v", p.State, p.Since, last.OccurredAt)
	}
	clusters := must(s.Clusters(t.Context(), store.ClusterFilter{Network: domain.Facebook}, "", 10))(t)
	if len(clusters.Rows) != 1 || clusters.Rows[0].Events != crowd*each/2 {
		t.Errorf("the new shape has clusters %+v", clusters.Rows)
	}
	if n := deadlocks(t, db, stores); n != 0 {
		t.Errorf("%d deadlocks", n)
	}
}

// Batches that share profiles, new ones among them, in any order, meet on two replicas.
func TestBatchesOfACrowdWaitInNoCircle(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	stores, intakes := replicas(t, address)
	sources := [2]store.Source{storetest.Source(t, stores[0]), storetest.Source(t, stores[0])}
	err := atOnce(func(caller int) error {
		random := rand.New(rand.NewPCG(7, uint64(caller)))
		for range 4 {
			var events []store.NewEvent
			for range 40 {
				events = append(events, storetest.NewEvent(func(e *store.NewEvent) {
					e.ProfileID = fmt.Sprint("p-", random.IntN(300))
					e.OccurredAt = time.Now().Add(-time.Duration(random.IntN(3600)) * time.Second)
					e.Type = domain.EventTypes()[random.IntN(len(domain.EventTypes()))]
				}))
			}
			if _, err := intakes[caller%2].Add(t.Context(), sources[caller/2%2].ID, events, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.DB(t, address)
	storetest.CheckCounts(t, db)
	if n := deadlocks(t, db, stores); n != 0 {
		t.Errorf("%d deadlocks", n)
	}
}

// Callers that send the same event at the same time, to two replicas, hear of one event,
// once as new.
func TestOneEventOfACrowdIsStoredOnce(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	stores, intakes := replicas(t, address)
	source := storetest.Source(t, stores[0])
	event := storetest.NewEvent()
	outcomes := make([]store.Outcome, crowd)
	err := atOnce(func(caller int) error {
		got, err := intakes[caller%2].Add(t.Context(), source.ID, []store.NewEvent{event}, nil)
		if err == nil {
			outcomes[caller] = got[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fresh := 0
	for _, o := range outcomes {
		if !o.Duplicate {
			fresh++
		}
		if o.EventID != outcomes[0].EventID {
			t.Errorf("the event is %s and %s", o.EventID, outcomes[0].EventID)
		}
	}
	if fresh != 1 {
		t.Errorf("the event was new %d times", fresh)
	}
	storetest.CheckCounts(t, storetest.DB(t, address))
}

// What one caller sends and can't be stored is told to that caller alone.
func TestBadCallSpoilsNoOther(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	in, source := store.NewIntake(s), storetest.Source(t, s)
	storetest.Event(t, s, func(e *store.NewEvent) { e.ProfileID = "of facebook" })
	if _, err := storetest.DB(t, address).Exec(`ALTER TABLE events ADD CONSTRAINT spoilt CHECK (operation <> 'spoilt')`); err != nil {
		t.Fatal(err)
	}
	kinds := []func(*store.NewEvent){
		func(*store.NewEvent) {},
		func(e *store.NewEvent) { e.ProfileID, e.Network = "of facebook", domain.X },
		func(e *store.NewEvent) { e.ProfileID = "" },
		func(e *store.NewEvent) { e.Operation = "spoilt" },
	}
	heard := make([]error, crowd)
	_ = atOnce(func(caller int) error {
		_, heard[caller] = in.Add(t.Context(), source.ID, []store.NewEvent{storetest.NewEvent(kinds[caller%len(kinds)])}, nil)
		return nil
	})
	for caller, err := range heard {
		var conflict *store.NetworkConflict
		var named *domain.Error
		isNamed := errors.As(err, &named)
		right := []bool{
			err == nil,
			errors.As(err, &conflict) && conflict.Problems[0] != nil && len(conflict.Problems) == 1,
			isNamed && named.Kind == domain.Invalid && named.Field == "events[0].profile_id",
			domain.KindOf(err) == domain.Unavailable, // a fault of ours: it may be sent again
		}[caller%len(kinds)]
		if !right {
			t.Errorf("caller %d hears %v", caller, err)
		}
	}
	storetest.CheckCounts(t, storetest.DB(t, address))
}

// While the database stands still, what exceeds the bound is refused at once, and what
// waits is stored when it goes on.
func TestOverloadIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	address, postmaster := storetest.Own(t)
	s := storetest.Open(t, address)
	in, source := store.NewIntake(s), storetest.Source(t, s)
	batch := func() []store.NewEvent {
		events := make([]store.NewEvent, 1000)
		for i := range events {
			events[i] = storetest.NewEvent()
		}
		return events
	}
	storetest.Add(t, s, source.ID, batch()[0]) // what is looked up for the first time
	thaw := storetest.Freeze(t, postmaster)
	answers := make(chan error, crowd)
	var all sync.WaitGroup
	for range crowd {
		all.Go(func() {
			_, err := in.Add(t.Context(), source.ID, batch(), nil)
			answers <- err
		})
	}
	refused := 0
	for range crowd - store.MaxWaitingEvents/1000 - 2*store.MaxIntakeWriters {
		select {
		case err := <-answers:
			if domain.KindOf(err) != domain.Unavailable {
				t.Fatalf("an overloaded intake says %v", err)
			}
			refused++
		case <-time.After(5 * time.Second):
			t.Fatalf("only %d of %d calls are refused", refused, crowd)
		}
	}
	thaw()
	all.Wait()
	close(answers)
	for err := range answers {
		if err != nil && domain.KindOf(err) != domain.Unavailable {
			t.Errorf("a call that waited hears %v", err)
		}
	}
	storetest.CheckCounts(t, storetest.DB(t, address))
}

// A source that sends more than can be stored leaves room for the others.
func TestOneSourceLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	address, postmaster := storetest.Own(t)
	s := storetest.Open(t, address)
	in, flooding, other := store.NewIntake(s), storetest.Source(t, s), storetest.Source(t, s)
	add := func(source store.Source, n int) chan error {
		events := make([]store.NewEvent, n)
		for i := range events {
			events[i] = storetest.NewEvent()
		}
		answer := make(chan error, 1)
		go func() {
			_, err := in.Add(t.Context(), source.ID, events, nil)
			answer <- err
		}()
		return answer
	}
	if err := <-add(flooding, 1); err != nil { // what is looked up for the first time
		t.Fatal(err)
	}
	thaw := storetest.Freeze(t, postmaster)
	refused := 0
	var taken []chan error
	for refused < 3 { // one call after another, until the intake is full
		answer := add(flooding, 500)
		select {
		case err := <-answer:
			if domain.KindOf(err) != domain.Unavailable {
				t.Fatalf("an overloaded intake says %v", err)
			}
			refused++
		case <-time.After(20 * time.Millisecond):
			taken = append(taken, answer)
		}
	}
	late := add(other, 5000)
	select {
	case err := <-late:
		t.Fatalf("the other source hears %v", err)
	case <-time.After(100 * time.Millisecond): // it waits for the database
	}
	thaw()
	for _, answer := range append(taken, late) {
		if err := <-answer; err != nil {
			t.Errorf("a call that waited hears %v", err)
		}
	}
}

// A caller that goes away loses nothing that was taken.
func TestCallerMayGo(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	in, source := store.NewIntake(s), storetest.Source(t, s)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	event := storetest.NewEvent()
	_, _ = in.Add(gone, source.ID, []store.NewEvent{event}, nil)
	in.Drain(t.Context())
	if n := must(s.Timeline(t.Context(), event.ProfileID, "", 1))(t).Total; n != 1 {
		t.Errorf("%d events are there when nothing waits any more", n)
	}
	again := must(in.Add(t.Context(), source.ID, []store.NewEvent{event}, nil))(t)
	if !again[0].Duplicate {
		t.Error("what was taken of a caller that went was not stored")
	}
}
