package trial_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"wherefore/domain/trial"
)

// However events are divided among goroutines, and whether those that stay as they
// are were read or only counted, the result is that of one counter.
func TestPartialResultsAddUp(t *testing.T) {
	t.Parallel()
	tr, day := new(trial.Trial), time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	one := trial.NewCounter(tr)
	var events []trial.StoredEvent
	all := map[trial.DayKey]int{}
	for i := range 1000 {
		e := trial.StoredEvent{SourceID: int64(i % 3), OccurredAt: day.AddDate(0, 0, i%5)}
		all[trial.DayKey{Day: e.OccurredAt.Unix() / 86400, Source: e.SourceID}]++
		if i%4 == 0 {
			events = append(events, e)
			one.Count(e, trial.Effect{Bucket: trial.NewlyExplained, To: "facebook.rate-limited"}, 1)
		} else {
			one.Count(e, trial.Effect{Bucket: trial.StillUnparsed}, 1)
		}
	}
	read := func(_ context.Context, chunks chan<- []trial.StoredEvent) error {
		for len(events) > 0 {
			n := min(7, len(events))
			chunks <- events[:n]
			events = events[n:]
		}
		return nil
	}
	p, err := trial.InParallel(t.Context(), tr, read, func(p *trial.Partial, e trial.StoredEvent) {
		p.Count(e, trial.Effect{Bucket: trial.NewlyExplained, To: "facebook.rate-limited"}, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	p.CountRest(all)
	if got, want := p.Result(), one.Result(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestFailedReadFailsTheCount(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := trial.InParallel(t.Context(), new(trial.Trial), func(_ context.Context, chunks chan<- []int) error {
		chunks <- []int{1, 2}
		return broken
	}, func(*trial.Partial, int) {})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
