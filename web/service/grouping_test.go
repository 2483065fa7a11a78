package service

import (
	"fmt"
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// sends stores an error of facebook at a replica, and returns its event's id.
func (v *Service) sends(t *testing.T, source store.Source, message string) string {
	t.Helper()
	id := fmt.Sprint(time.Now().UnixNano())
	return storetest.Add(t, v.Store, source.ID, api.Explain(v.Engine, domain.Event{
		SourceEventID: id, Type: domain.Failed, ProfileID: "p-" + id, Network: domain.Facebook, OccurredAt: time.Now(),
		Raw: fmt.Appendf(nil, `{"error":{"code":73998,"type":"Odd","message":%q}}`, message),
	}))[0].EventID
}

func (v *Service) clusterOf(t *testing.T, event string) domain.ClusterID {
	t.Helper()
	e, err := v.Store.Event(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return e.ClusterID
}

func TestReplicasGroupAndSplitEqually(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	here, there := replica(t, address), replica(t, address)
	source := storetest.Source(t, here.Store)
	var ids []string
	for i, user := range []string{"ann", "bob", "cleo", "dora", "emil"} {
		ids = append(ids, []*Service{here, there}[i%2].sends(t, source, fmt.Sprintf("The quasar of user %s is odd, 7 of 9", user)))
	}
	webtest.Within(t, 10*time.Second, "all are in one cluster", func() bool {
		for _, id := range ids {
			if here.clusterOf(t, id) != there.clusterOf(t, ids[0]) {
				return false
			}
		}
		return true
	})
	from := here.clusterOf(t, ids[0])
	to, err := here.Store.SplitCluster(t.Context(), store.Actor{Name: "ann"}, from, 0, "bob", "a bot")
	if err != nil {
		t.Fatal(err)
	}
	webtest.Within(t, 5*time.Second, "the other replica splits new errors", func() bool {
		return there.clusterOf(t, there.sends(t, source, "The quasar of user bob is odd, 8 of 9")) == to
	})
	webtest.Within(t, 10*time.Second, "the stored one has followed", func() bool { return here.clusterOf(t, ids[1]) == to })
	if got := there.clusterOf(t, ids[0]); got != from {
		t.Errorf("another one is in %d, was in %d", got, from)
	}
}
