package domain_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
)

func TestAProfileNeverChangesItsNetwork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := domain.Profile{ID: "p", Network: domain.Facebook}
		for i := range rapid.IntRange(1, 6).Draw(t, "events") {
			p.Apply(fmt.Sprint(i), domain.Event{
				Type:       rapid.SampledFrom(domain.EventTypes()).Draw(t, "type"),
				Network:    rapid.SampledFrom(domain.Networks()).Draw(t, "network"),
				OccurredAt: time.Unix(rapid.Int64Range(0, 5).Draw(t, "at"), 0),
			})
		}
		if p.Network != domain.Facebook {
			t.Errorf("it became one of %s", p.Network)
		}
	})
}
