package store_test

import (
	"context"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// forEver is far longer than any call below may take, and shorter than the driver
// waits by itself.
const forEver = 20 * time.Second

// mustEnd fails when a call does not return by itself, or returns anything but Unavailable.
func mustEnd(t *testing.T, name string, call func() error) {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- call() }()
	select {
	case err := <-result:
		if domain.KindOf(err) != domain.Unavailable {
			t.Errorf("%s: %v, want Unavailable", name, err)
		}
	case <-time.After(forEver):
		t.Fatalf("%s has not returned", name)
	}
}

// Whatever a call is doing when the database stops to answer, it returns when its
// context ends. Afterwards the store works as before.
func TestCallsEndWithTheirContextWhenTheDatabaseHangs(t *testing.T) {
	t.Parallel()
	address, postmaster := storetest.Own(t)
	s := storetest.Open(t, address)
	source := storetest.Source(t, s)
	event := storetest.Event(t, s)
	thaw := storetest.Freeze(t, postmaster)
	calls := map[string]func(context.Context) error{
		"Ready": s.Ready,
		"Event": func(ctx context.Context) error { _, err := s.Event(ctx, event); return err },
		"AddEvents": func(ctx context.Context) error {
			_, err := s.AddEvents(ctx, source.ID, []store.NewEvent{storetest.NewEvent()}, nil)
			return err
		},
		"Open": func(ctx context.Context) error {
			_, err := store.Open(ctx, address, store.DefaultConnections)
			return err
		},
		"Migrate": func(ctx context.Context) error { return store.Migrate(ctx, address) },
	}
	for name, call := range calls {
		mustEnd(t, name, func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			return call(ctx)
		})
		mustEnd(t, name+", cancelled", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			return call(ctx)
		})
	}
	thaw()
	if _, err := s.Event(t.Context(), event); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	storetest.Add(t, s, source.ID, storetest.NewEvent())
}

// Listening ends with its context, too.
func TestListenEndsWhenTheDatabaseHangs(t *testing.T) {
	t.Parallel()
	address, postmaster := storetest.Own(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changed, ended := make(chan domain.Network, 10), make(chan error, 1)
	go func() {
		ended <- store.Listen(ctx, address, store.Heard{Ruleset: func(n domain.Network) { changed <- n }, Revoked: func() {}})
	}()
	<-changed
	storetest.Freeze(t, postmaster)
	time.Sleep(6 * time.Second) // the driver pings the server, and holds a lock meanwhile
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(forEver / 2): // before the silence of the server is noticed
		t.Fatal("Listen has not returned")
	}
}

// A call without a deadline ends when it has waited for a lock long enough.
func TestLockedTablesMakeCallsEnd(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address+"&lock_timeout=300")
	source := storetest.Source(t, s)
	event := storetest.Event(t, s)
	holder, err := storetest.DB(t, address).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.Exec(`LOCK TABLE events IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	mustEnd(t, "Event", func() error { _, err := s.Event(t.Context(), event); return err })
	mustEnd(t, "AddEvents", func() error {
		_, err := s.AddEvents(t.Context(), source.ID, []store.NewEvent{storetest.NewEvent()}, nil)
		return err
	})
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}
	storetest.Add(t, s, source.ID, storetest.NewEvent())
}

// A statement, a wait for a lock and a pause within a transaction end at the
// server, too, when this process hangs. What the address says has precedence.
func TestEverySessionHasLimits(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.URL(t)+"&lock_timeout=7s")
	for name, want := range map[string]string{
		"statement_timeout": "10min", "lock_timeout": "7s", "idle_in_transaction_session_timeout": "1min",
	} {
		var got string
		if err := s.DB().GetContext(t.Context(), &got, `SHOW `+name); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %s", name, got, err, want)
		}
	}
}

// They would not end with their context, and fail behind poolers.
func TestPreparedStatementsAreRefused(t *testing.T) {
	t.Parallel()
	statement, err := storetest.New(t).DB().PrepareContext(t.Context(), `SELECT 1`)
	if err == nil {
		defer statement.Close()
		t.Error("a statement was prepared")
	}
}
