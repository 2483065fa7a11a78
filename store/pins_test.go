package store_test

import (
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestPinsOutliveTheirEvents(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s, db := storetest.Open(t, address), storetest.DB(t, address)
	by := actor(storetest.User(t, s, domain.Engineer))
	id := storetest.Event(t, s)
	for _, kind := range []domain.PinKind{domain.KnownGap, domain.MustMatch} { // the later one holds
		if err := s.PinEvent(t.Context(), by, id, "mine", kind, "as seen"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), `DELETE FROM event_keys; DELETE FROM events`); err != nil {
		t.Fatal(err)
	}
	pins := must(s.Pins(t.Context(), domain.Facebook, ""))(t)
	if len(pins) != 1 || pins[0].Kind != domain.MustMatch || pins[0].Status != 400 || len(pins[0].Raw) == 0 || pins[0].EventID != id || pins[0].Author != "engineer" {
		t.Errorf("pins %+v", pins)
	}
	if other := must(s.Pins(t.Context(), domain.Facebook, "other\x00"))(t); len(other) != 0 {
		t.Errorf("another parser has %+v", other)
	}
	if n, parser := must2(s.DecidePin(t.Context(), by, pins[0].ID, "remove"))(t); n != domain.Facebook || parser != "mine" {
		t.Errorf("removed from %s of %s", parser, n)
	}
	if pins := must(s.Pins(t.Context(), domain.Facebook, ""))(t); len(pins) != 0 {
		t.Errorf("left are %+v", pins)
	}
}

func TestDisputesAreDecidedOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	by := actor(storetest.User(t, s, domain.Support))
	first := storetest.Event(t, s, storetest.Parsed("rate-limited"))
	second := storetest.Event(t, s, storetest.Parsed("rate-limited"))
	for _, id := range []string{first, first, second} {
		if err := s.DisputeEvent(t.Context(), by, id, "rate-limited", "the customer did nothing"); err != nil {
			t.Fatal(err)
		}
	}
	if audit := must(s.Audit(t.Context(), "", 10))(t).Rows; len(audit) != 3 || audit[2].Action != "user.create" {
		t.Errorf("what was said twice is in the audit log: %+v", audit)
	}
	pins := must(s.Pins(t.Context(), domain.Facebook, "rate-limited"))(t)
	if len(pins) != 2 || !pins[0].Disputed || pins[0].Kind != domain.MustNotMatch || pins[0].Why != "the customer did nothing" {
		t.Fatalf("pins %+v", pins)
	}
	must2(s.DecidePin(t.Context(), by, pins[0].ID, "accept"))(t)
	must2(s.DecidePin(t.Context(), by, pins[1].ID, "dismiss"))(t)
	if err := s.DisputeEvent(t.Context(), by, pins[0].EventID, "rate-limited", "again"); domain.KindOf(err) != domain.Conflict {
		t.Errorf("a dispute beside a pin: %v", err)
	}
	if left := must(s.Pins(t.Context(), domain.Facebook, ""))(t); len(left) != 1 || left[0].Disputed {
		t.Errorf("left are %+v", left)
	}
	for id, want := range map[int64]domain.Kind{pins[0].ID: domain.Conflict, pins[1].ID: domain.Conflict, 999: domain.NotFound} {
		if _, _, err := s.DecidePin(t.Context(), by, id, "accept"); domain.KindOf(err) != want {
			t.Errorf("pin %d: %v", id, err)
		}
	}
}

// Disputes are counted by live parser: what is retired explains nothing.
func TestDisputesAreCounted(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	by := actor(storetest.User(t, s, domain.Support))
	sync2(t, s, spec("rate-limited", "rate-limited"))
	for _, cause := range []domain.Cause{"rate-limited", "rate-limited", "lost-role"} {
		id := storetest.Event(t, s, storetest.Parsed(cause))
		if err := s.DisputeEvent(t.Context(), by, id, string(cause), "no"); err != nil {
			t.Fatal(err)
		}
	}
	if got := must(s.DisputedParsers(t.Context()))(t); len(got) != 1 || got[0] != (store.DisputedParser{Network: domain.Facebook, Parser: "rate-limited", Events: 2}) {
		t.Errorf("disputes %+v", got)
	}
	if id := must(s.Pins(t.Context(), domain.Facebook, "rate-limited"))(t)[0].EventID; len(must(s.EventPins(t.Context(), domain.Facebook, id))(t)) != 1 {
		t.Error("an event does not know its pin")
	}
}

// Of two who say it at once, one does and the other is told.
func TestDisputesAtOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	id := storetest.Event(t, s, storetest.Parsed("rate-limited"))
	results := make(chan error)
	for _, role := range []domain.Role{domain.Support, domain.Engineer} {
		by := actor(storetest.User(t, s, role))
		go func() { results <- s.DisputeEvent(t.Context(), by, id, "rate-limited", "no") }()
	}
	first, second := domain.KindOf(<-results), domain.KindOf(<-results)
	if first == second || first+second != domain.Conflict || len(must(s.Pins(t.Context(), domain.Facebook, ""))(t)) != 1 {
		t.Errorf("the first hears %q, the second %q", first, second)
	}
}

func TestPinsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	by := store.Actor{Name: "test"}
	event := storetest.Event(t, s)
	back := storetest.Event(t, s, func(e *store.NewEvent) {
		e.Type, e.Raw, e.Cleaned, e.Facts = domain.Reconnected, nil, "", facts.Facts{Format: facts.Empty}
	})
	for name, c := range map[string]struct {
		err  error
		want domain.Kind
	}{
		"no event":        {s.PinEvent(t.Context(), by, "x", "mine", domain.MustMatch, ""), domain.NotFound},
		"unknown event":   {s.PinEvent(t.Context(), by, "01a2001b-f4b3-7a3e-a9b2-8b800dba141b", "mine", domain.MustMatch, ""), domain.NotFound},
		"reconnection":    {s.PinEvent(t.Context(), by, back, "mine", domain.MustMatch, ""), domain.NotFound},
		"bad parser":      {s.PinEvent(t.Context(), by, event, "Not a name", domain.MustMatch, ""), domain.Invalid},
		"bad kind":        {s.PinEvent(t.Context(), by, event, "mine", "often", ""), domain.Invalid},
		"dispute of none": {s.DisputeEvent(t.Context(), by, event, "", "unparsed"), domain.Conflict},
		"dispute of late": {s.DisputeEvent(t.Context(), by, event, "gone", "unparsed by now"), domain.Conflict},
		"dispute of x":    {s.DisputeEvent(t.Context(), by, "x", "mine", ""), domain.NotFound},
		"dispute of gone": {s.DisputeEvent(t.Context(), by, "01a2001b-f4b3-7a3e-a9b2-8b800dba141b", "mine", ""), domain.NotFound},
	} {
		if domain.KindOf(c.err) != c.want {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if _, _, err := s.DecidePin(t.Context(), by, 1, "burn"); domain.KindOf(err) != domain.Invalid {
		t.Errorf("an unknown deed: %v", err)
	}
}
