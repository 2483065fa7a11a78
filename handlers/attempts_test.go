package handlers

import (
	"fmt"
	"testing"
	"time"

	"wherefore/domain"
)

func TestAttemptsAreLimitedPerKeyAndWindow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	a := newAttempts(2, time.Minute)
	a.now = func() time.Time { return now }
	steps := []struct {
		after   time.Duration
		key     string
		allowed bool
	}{
		{0, "ann", true}, {0, "ann", true}, {0, "ann", false}, {0, "ben", true},
		{59 * time.Second, "ann", false}, {time.Second, "ann", true},
	}
	for i, step := range steps {
		now = now.Add(step.after)
		err := a.begin(step.key)
		if allowed := err == nil; allowed != step.allowed || (err != nil && domain.KindOf(err) != domain.TooMany) {
			t.Errorf("step %d: %v", i, err)
		}
	}
}

func TestSuccessForgetsFailures(t *testing.T) {
	t.Parallel()
	a := newAttempts(1, time.Minute)
	for range 3 {
		if err := a.begin("ann"); err != nil {
			t.Fatal(err)
		}
		a.succeeded("ann")
	}
}

func TestMadeUpNamesTakeBoundedMemory(t *testing.T) {
	t.Parallel()
	a := newAttempts(1, time.Minute)
	for i := range 3 * maxKeys {
		if err := a.begin(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.tries) > maxKeys {
		t.Errorf("%d keys are kept", len(a.tries))
	}
}
