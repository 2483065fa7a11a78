package workbench

import (
	"testing"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
	"wherefore/store"
)

func TestCausesAreClassifiedByWords(t *testing.T) {
	t.Parallel()
	words, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	layouts := map[domain.Network]*facts.Layout{}
	for _, entry := range words.Networks() {
		if layouts[entry.Network], err = facts.NewLayout(entry.Layout); err != nil {
			t.Fatal(err)
		}
	}
	ps := &Pages{Engine: explain.NewEngine(layouts), Catalog: words}
	for message, want := range map[string]domain.Cause{
		"Your password was changed, sign in again":                  "user-changed-password",
		"Too many requests were made in the last hour, slow down":   "rate-limited",
		"This account has been suspended":                           "account-suspended",
		"The access token expired a while ago and can't be renewed": "token-expired",
	} {
		likely := ps.likely(domain.Facebook, []store.EventSummary{{Message: message}})
		sum := 0.0
		for _, probability := range likely {
			sum += probability
		}
		if likely[domain.Reason(domain.Facebook, want)] == 0 || sum > 1.001 {
			t.Errorf("%q is classified as %v", message, likely)
		}
	}
	if likely := ps.likely(domain.Facebook, []store.EventSummary{{Message: "zzyzx qwrt"}}); len(likely) != 0 || likeliest(likely) != "" {
		t.Errorf("words that nobody knows are classified as %v", likely)
	}
}
