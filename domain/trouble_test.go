package domain_test

import (
	"testing"
	"time"

	"wherefore/domain"
)

func TestTroubleIsCurrent(t *testing.T) {
	t.Parallel()
	now := morning
	worked := domain.Worked{At: now.Add(-time.Minute), Profile: "p"}
	for name, c := range map[string]struct {
		trouble domain.Trouble
		want    bool
	}{
		"failed just now":               {domain.Trouble{At: now.Add(-time.Hour)}, true},
		"failed long ago":               {domain.Trouble{At: now.Add(-3 * time.Hour)}, false},
		"failed, then worked":           {domain.Trouble{At: now.Add(-time.Hour), Worked: worked}, false},
		"disconnected long ago":         {domain.Trouble{Disconnected: true, At: now.Add(-24 * time.Hour)}, true},
		"disconnected, but it did work": {domain.Trouble{Disconnected: true, At: now.Add(-time.Hour), Worked: worked}, true},
	} {
		if got := c.trouble.Current(2*time.Hour, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDisconnectionIsNeedless(t *testing.T) {
	t.Parallel()
	own, sibling := domain.Worked{At: morning, Profile: "p"}, domain.Worked{At: morning, Profile: "sibling"}
	for _, c := range []struct {
		category domain.Category
		worked   domain.Worked
		want     bool
	}{
		{domain.Reconnect, domain.Worked{}, false}, {domain.Reconnect, own, true}, {domain.Reconnect, sibling, true},
		{domain.Access, domain.Worked{}, false}, {domain.Access, own, true}, {domain.Access, sibling, false},
		{"", domain.Worked{}, false}, {"", own, true}, {"", sibling, false},
		{domain.Content, domain.Worked{}, true}, {domain.Limit, sibling, true}, {domain.Platform, own, true}, {domain.App, domain.Worked{}, true},
	} {
		down := domain.Trouble{Profile: "p", Disconnected: true, Worked: c.worked}
		if got := down.Needless(c.category); got != c.want {
			t.Errorf("%s, worked by %q: %v", c.category, c.worked.Profile, got)
		}
		up := domain.Trouble{Profile: "p", Worked: c.worked}
		if up.Needless(c.category) {
			t.Errorf("%s: a failed call that ended nothing is needless", c.category)
		}
	}
}
