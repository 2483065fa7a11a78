package store_test

import (
	"fmt"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestSpikesAreMarkedOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	source := storetest.Source(t, s)
	add := func(code string, profiles int, apart time.Duration, before time.Duration) domain.ClusterID {
		events := unparsedErrors(code, make([]string, profiles))
		for i := range events {
			events[i] = unparsedError(code, "an odd thing")
			events[i].ProfileID = fmt.Sprint(code, "-", i)
			events[i].OccurredAt = time.Now().Add(-before + time.Duration(i)*apart)
		}
		return clusterAt(t, s, storetest.Add(t, s, source.ID, events...)[0].EventID)
	}
	spiking := add("fast", 5, time.Minute, 3*time.Hour)
	add("few", 4, time.Minute, 3*time.Hour)
	add("slow", 5, 16*time.Minute, 3*time.Hour)
	add("old", 5, time.Minute, 30*time.Hour)
	if got := must(s.MarkSpikes(t.Context(), 5))(t); len(got) != 0 {
		t.Errorf("before they are grouped %v spike", got)
	}
	grouped(t, newGrouping(s), 10)
	if got := must(s.MarkSpikes(t.Context(), 5))(t); len(got) != 1 || got[0] != (store.Spike{ID: spiking, Network: "facebook", Profiles: 5}) {
		t.Errorf("spiking are %+v", got)
	}
	if got := must(s.MarkSpikes(t.Context(), 5))(t); len(got) != 0 {
		t.Errorf("marked again: %+v", got)
	}
	if c := must(s.Cluster(t.Context(), spiking))(t); !c.Spiked {
		t.Error("the cluster does not say so")
	}
}
