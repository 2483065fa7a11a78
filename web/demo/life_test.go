package demo

import (
	"testing"
	"time"

	"wherefore/domain"
	"wherefore/domain/explain"
)

// life is what a history tells of needless disconnections and of profiles at its end.
type life struct {
	needless, recent     int // by category, and those of the last days
	sources, networks    map[string]bool
	refuted, shared      int // disconnections after which the profile, or another one of its credential, worked
	worked               int // failed calls after which the profile worked
	newest, byCredential map[string]toldShare
}

// toldShare is the newest error of a profile with its trouble so far.
type toldShare struct {
	category domain.Category
	domain.Trouble
}

func lifeOf(engine *explain.Engine, events []historyEvent) life {
	l := life{sources: map[string]bool{}, networks: map[string]bool{}, newest: map[string]toldShare{}, byCredential: map[string]toldShare{}}
	for _, e := range events {
		l.tell(engine, e)
	}
	return l
}

func (l *life) tell(engine *explain.Engine, e historyEvent) {
	t := l.newest[e.ProfileID]
	switch e.Type {
	case domain.Disconnected, domain.Failed:
		verdict := engine.Explain(e.Network, e.Status, e.Raw).Verdict
		info, _ := verdict.Reason.Cause().Info()
		told := toldShare{info.Category, domain.Trouble{
			Profile: e.ProfileID, Network: e.Network, Reason: verdict.Reason, Disconnected: e.Type == domain.Disconnected, At: e.OccurredAt,
		}}
		if told.Needless(told.category) {
			l.needless++
			l.sources[e.Source], l.networks[string(e.Network)] = true, true
			if testEnd.Sub(e.OccurredAt) < growthPeriod {
				l.recent++
			}
		}
		if told.Disconnected {
			l.byCredential[e.CredentialID] = told
		}
		if told.Disconnected || !t.Disconnected {
			l.newest[e.ProfileID] = told
		}
	case domain.Succeeded:
		t.Worked = domain.Worked{At: e.OccurredAt, Profile: e.ProfileID}
		switch d, down := l.byCredential[e.CredentialID]; {
		case t.Disconnected && t.category == domain.Reconnect && t.Needless(t.category):
			l.refuted++
		case !t.Disconnected && !t.At.IsZero():
			l.worked++
			if down && d.category == domain.Reconnect {
				l.shared++
			}
		}
		l.newest[e.ProfileID] = t
	case domain.Reconnected:
		delete(l.newest, e.ProfileID)
		delete(l.byCredential, e.CredentialID)
	}
}

// The history holds needless disconnections of both kinds, more of them lately,
// calls that succeed, and connected profiles whose trouble is current and long over.
func TestDemoHistoryHasNeedlessDisconnectionsAndOldTroubles(t *testing.T) {
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := lifeOf(engine, newHistory(c, historySeed, testEnd))
	t.Logf("%d needless, %d of them lately, %d refuted, %d by another profile, %d worked", l.needless, l.recent, l.refuted, l.shared, l.worked)
	for what, n := range map[string]int{
		"needless":          l.needless / 50,
		"sources of them":   len(l.sources) / 3,
		"networks of them":  len(l.networks) / 5,
		"refuted":           l.refuted / 10,
		"refuted by others": l.shared,
		"worked":            l.worked / 50,
	} {
		if n == 0 {
			t.Errorf("too few: %s", what)
		}
	}
	if growthDays := int(growthPeriod / (24 * time.Hour)); l.recent*historyDays < 3*l.needless*growthDays {
		t.Errorf("%d of %d needless disconnections are of the last %d days", l.recent, l.needless, growthDays)
	}
	current, days := 0, map[int]int{}
	for _, told := range l.newest {
		if told.Disconnected || !told.Worked.At.IsZero() {
			continue
		}
		reason, _ := c.Entry(told.Reason)
		if told.Current(reason.Holds, testEnd) {
			current++
		} else {
			days[int(testEnd.Sub(told.At)/(24*time.Hour))]++
		}
	}
	if current == 0 || days[9] == 0 {
		t.Errorf("of connected profiles %d have a current trouble, and %d one that is 9 days old and over", current, days[9])
	}
}
