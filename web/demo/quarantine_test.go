package demo

import (
	"testing"
	"time"

	"wherefore/store"
)

// The demo holds entries that ended in every way, several kinds of open ones from
// several sources, a source that fell silent and one that never sent anything.
func TestDemoHasAQuarantine(t *testing.T) {
	t.Parallel()
	v := newFiller(t)
	end := time.Now()
	for range 2 { // what is there is not added again
		if err := v.addQuarantine(t.Context(), end); err != nil {
			t.Fatal(err)
		}
	}
	ended := map[string]int{}
	list, err := v.Store.Quarantine(t.Context(), store.QuarantineFilter{Ended: store.AnyEnding}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range list.Rows {
		ended[q.Ended]++
		if linked := q.EventID != ""; linked != (q.Ended == store.Replayed || q.Ended == store.SentAgain) {
			t.Errorf("%q with event %q", q.Ended, q.EventID)
		}
	}
	for _, how := range []string{store.Replayed, store.SentAgain, store.Expired, store.Discarded} {
		if ended[how] != 1 {
			t.Errorf("%d entries ended as %s", ended[how], how)
		}
	}
	groups, err := v.Store.QuarantineGroups(t.Context(), store.QuarantineFilter{})
	if err != nil || len(groups) != len(unusableItems) || ended[""] < 20 {
		t.Errorf("%d open entries of %d kinds, %v", ended[""], len(groups), err)
	}
	reports, err := v.Store.SourceReports(t.Context(), end.AddDate(0, 0, -7), end)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		silent, mute := r.Name == demoSilent, r.Name == demoMute
		if (r.Sent() == 0) != (silent || mute) || (r.LastHeardAt == nil) != mute {
			t.Errorf("%+v", r)
		}
	}
}
