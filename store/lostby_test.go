package store_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// lostBy is the model: the index of the newest error of a profile since it last
// worked, by which its connection was lost; -1 without one. The events are in the
// order in which they occurred; worked tells what is noted with each.
func lostBy(profile string, events []store.NewEvent, worked []domain.Worked) int {
	lost := -1
	for i, e := range events {
		switch cause := e.Verdict.Reason.Cause(); {
		case e.ProfileID != profile:
		case !e.Type.HasError():
			lost = -1
		case cause == "lost-role", cause == "token-expired" && worked[i].Profile == "":
			lost = i
		}
	}
	return lost
}

// reasonEvent is the model of why a profile is as the last of events made it.
func reasonEvent(last int, profile string, events []store.NewEvent, worked []domain.Worked) string {
	if lost := lostBy(profile, events, worked); lost >= 0 {
		last = lost
	}
	return events[last].SourceEventID
}

// anyHistory draws events of two profiles of one credential, a minute apart, and
// what is noted with each.
func anyHistory(rt *rapid.T, run int) (events []store.NewEvent, worked []domain.Worked) {
	events = rapid.SliceOfN(rapid.Custom(anyEvent), 3, 8).Draw(rt, "events")
	worked = make([]domain.Worked, len(events))
	for i := range events {
		e := &events[i]
		e.ProfileID = fmt.Sprint("p", run, "-", rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(rt, "profile"))
		e.CredentialID, e.SourceEventID, e.OccurredAt = fmt.Sprint("c", run), fmt.Sprint(run, "-", i), start.Add(time.Duration(i)*time.Minute)
		e.Verdict = domain.Verdict{}
		if cause := rapid.SampledFrom([]domain.Cause{"lost-role", "token-expired", "rate-limited", ""}).Draw(rt, "cause"); e.Type.HasError() && cause != "" {
			storetest.Parsed(cause)(e)
		}
	}
	for i, e := range events {
		if e.Type == domain.Disconnected {
			worked[i] = worksAfter(e, events)
		}
	}
	return events, worked
}

// arrive stores events in any order and in any batches, and returns their ids.
func arrive(t *testing.T, rt *rapid.T, s *store.Store, sourceID int64, events []store.NewEvent) map[string]string {
	ids := map[string]string{}
	for left := rapid.Permutation(events).Draw(rt, "arrival"); len(left) > 0; {
		n := rapid.IntRange(1, len(left)).Draw(rt, "batch")
		for i, o := range storetest.Add(t, s, sourceID, left[:n]...) {
			ids[left[i].SourceEventID] = o.EventID
		}
		left = left[n:]
	}
	return ids
}

// TestReasonIsTheSameInAnyOrderOfArrival compares why a profile is disconnected, now
// and at each disconnection, with a model that sees all events at once.
func TestReasonIsTheSameInAnyOrderOfArrival(t *testing.T) {
	t.Parallel()
	s, run := storetest.New(t), 0
	source := storetest.Source(t, s)
	rapid.Check(t, func(rt *rapid.T) {
		run++
		profile := fmt.Sprint("p", run, "-0")
		events, worked := anyHistory(rt, run)
		// Who shares the credential is known from the first event on.
		for i := range 2 {
			storetest.Add(t, s, source.ID, storetest.NewEvent(failed, func(e *store.NewEvent) {
				e.ProfileID, e.CredentialID, e.OccurredAt = fmt.Sprint("p", run, "-", i), fmt.Sprint("c", run), start.Add(-time.Hour)
			}))
		}
		ids, down := arrive(t, rt, s, source.ID, events), -1
		for i, e := range events {
			switch {
			case e.ProfileID != profile:
			case e.Type == domain.Reconnected:
				down = -1
			case e.Type == domain.Disconnected:
				down = i
				then := must(s.ReasonThen(t.Context(), must(s.Event(t.Context(), ids[e.SourceEventID]))(t)))(t)
				if want := ids[reasonEvent(i, profile, events[:i+1], worked)]; then.EventID != want || !then.Trouble().Disconnected {
					rt.Errorf("at disconnection %d: %s, want %s of %v", i, then.EventID, want, ids)
				}
			}
		}
		if down < 0 {
			return
		}
		got := must(s.LatestReason(t.Context(), profile))(t)
		if want := ids[reasonEvent(down, profile, events, worked)]; got.EventID != want || !got.Trouble().Disconnected {
			rt.Errorf("%s, want %s of %v", got.EventID, want, ids)
		}
	})
}
