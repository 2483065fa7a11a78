package suggest

import (
	"fmt"
	"testing"

	"wherefore/domain"
	"wherefore/domain/facts"
)

func example(cause domain.Cause, source, message string) Example {
	return Example{Cause: cause, Source: source, Facts: facts.Facts{Message: message}}
}

// wordings are examples of two causes from several sources each, and one of a
// cause of its own.
func wordings() []Example {
	var all []Example
	for i, who := range []string{"page", "group", "channel", "board", "account"} {
		all = append(all,
			example("token-expired", fmt.Sprint("expired-", i), "the token of this "+who+" has expired, sign in again"),
			example("rate-limited", fmt.Sprint("limit-", i), "too many calls for this "+who+", slow down"))
	}
	return append(all, example("account-suspended", "suspended", "suspended by the network"))
}

func TestClassifierFindsTheCause(t *testing.T) {
	c := NewClassifier(wordings())
	for message, want := range map[string]domain.Cause{
		"your token has expired, please sign in": "token-expired",
		"far too many calls were made":           "rate-limited",
		"this page is suspended by the network":  "account-suspended",
	} {
		got := c.Causes([]facts.Facts{{Message: message}}, 2)
		if len(got) == 0 || got[0].Cause != want || got[0].Probability <= 0 || got[0].Probability >= 1 {
			t.Errorf("%q is classified as %v, want %s", message, got, want)
		}
	}
	if got := c.Causes([]facts.Facts{{Message: "quantum flux"}}, 3); len(got) != 0 {
		t.Errorf("unknown words are classified as %v", got)
	}
	if got := NewClassifier(nil).Causes([]facts.Facts{{Message: "too many calls"}}, 3); len(got) != 0 {
		t.Errorf("without examples they are classified as %v", got)
	}
}

func TestClassifierIsSurerOfWhatIsCloser(t *testing.T) {
	c := NewClassifier(wordings())
	near := c.Causes([]facts.Facts{{Message: "the token of this shop has expired, sign in again"}}, 1)
	far := c.Causes([]facts.Facts{{Message: "what a strange token that the network made"}}, 1)
	if near[0].Probability <= far[0].Probability {
		t.Errorf("near %v, far %v", near, far)
	}
}

func TestClassifierGivesEachErrorOneVote(t *testing.T) {
	c := NewClassifier(wordings())
	mixed := []facts.Facts{{Message: "too many calls, slow down"}, {Message: "too many calls, slow down"}, {Message: "the token has expired"}}
	got := c.Causes(mixed, 2)
	if len(got) != 2 || got[0].Cause != "rate-limited" || got[0].Probability+got[1].Probability > 1 {
		t.Errorf("got %v", got)
	}
}
