package cluster

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCommonPhrase(t *testing.T) {
	for name, c := range map[string]struct {
		messages []string
		want     string
	}{
		"none":             {nil, ""},
		"one, without ids": {[]string{"Object 123456789 does not exist"}, "does not exist"},
		"shared":           {[]string{"The page Ann was unpublished by its owner", "The page Bob was unpublished by its admin"}, "was unpublished by its"},
		"different":        {[]string{"quota reached", "session ended"}, ""},
		"too short":        {[]string{"an a", "an b"}, ""},
		"only ids":         {[]string{"123456 987654"}, ""},
		"broken bytes":     {[]string{"\xff\xfe unknown failure"}, "unknown failure"},
	} {
		if got := CommonPhrase(c.messages); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDistinctivePhraseIsNotInNeighbours(t *testing.T) {
	messages := []string{"The request failed since page 12 is frozen", "The request failed since page 7 is frozen"}
	for _, c := range []struct {
		neighbours []string
		want       string
	}{
		{nil, "The request failed since page"},
		{[]string{"The request failed since page 9 is gone"}, "is frozen"},
		{[]string{"The request failed since page 9 is gone", "A draft is frozen, too"}, "The request failed since page"},
	} {
		if got := DistinctivePhrase(messages, c.neighbours); got != c.want {
			t.Errorf("beside %q: %q, want %q", c.neighbours, got, c.want)
		}
	}
}

func TestCommonPhraseIsInTheBeginningOfALongMessage(t *testing.T) {
	long := "The page is frozen " + strings.Repeat("and more ", 1000) + "and this is the longest that is said"
	if got := CommonPhrase([]string{long, "The page is frozen and this is the longest that is said"}); got != "The page is frozen and" {
		t.Errorf("got %q", got)
	}
}

func TestCommonPhraseIsInAllMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		messages := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.StringMatching(`(the |page |[0-9]{3} |was |removed ){0,9}`))).Draw(t, "messages")
		phrase := CommonPhrase(messages)
		for _, m := range messages {
			if !strings.Contains(m, phrase) {
				t.Fatalf("%q is not in %q", phrase, m)
			}
		}
		if phrase != "" && (len(phrase) < minPhrase || len(phrase) > maxPhrase) {
			t.Fatalf("%q has %d bytes", phrase, len(phrase))
		}
	})
}

func TestDiverseChoosesTheMostDifferentTexts(t *testing.T) {
	texts := []string{"page one is gone", "page two is gone", "page three is gone", "quota used up for today", "page four is gone"}
	if got := Diverse(texts, 2); !slices.Equal(got, []int{0, 3}) {
		t.Errorf("chosen %v", got)
	}
	if got := Diverse(texts[:2], 9); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("of two: %v", got)
	}
	if got := Diverse(nil, 3); got != nil {
		t.Errorf("of none: %v", got)
	}
}

func TestDiverseChoosesEachTextOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringMatching(`[ab ]{0,6}`), 0, 30).Draw(t, "texts")
		n := rapid.IntRange(0, 12).Draw(t, "n")
		got := Diverse(texts, n)
		seen := map[int]bool{}
		for _, i := range got {
			seen[i] = true
		}
		if len(got) != min(n, len(texts)) || len(seen) != len(got) {
			t.Fatalf("chosen %v", got)
		}
	})
}
