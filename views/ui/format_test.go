package ui

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNumberHasThousandsSeparators(t *testing.T) {
	for in, want := range map[int]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 1204: "1,204", 48210: "48,210", 999999: "999,999",
		1000000: "1,000,000", -5: "−5", -1204: "−1,204", math.MinInt64: "−9,223,372,036,854,775,808",
	} {
		if got := Number(in); got != want {
			t.Errorf("Number(%d) = %q, want %q", in, got, want)
		}
	}
}

func TestNumberCanBeReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int().Draw(t, "n")
		back, err := strconv.Atoi(strings.NewReplacer(",", "", "−", "-").Replace(Number(n)))
		if err != nil || back != n {
			t.Fatalf("%d became %q", n, Number(n))
		}
	})
}

func TestPluralFollowsTheNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0 matches", 1: "1 match", 2: "2 matches", 1204: "1,204 matches"} {
		if got := Plural(n, "match", "matches"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPercentRoundsNeitherToNoneNorToAll(t *testing.T) {
	for _, test := range []struct {
		part, whole int
		want        string
	}{
		{0, 0, "–"}, {0, 10, "0%"}, {10, 10, "100%"}, {1, 3, "33.3%"}, {1, 2, "50%"},
		{1, 100000, "<0.1%"}, {99999, 100000, ">99.9%"}, {984, 1000, "98.4%"}, {12, 10, "120%"}, {-1, 10, "−10%"},
	} {
		if got := Percent(test.part, test.whole); got != test.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", test.part, test.whole, got, test.want)
		}
	}
	if got := Share(math.NaN()); got != "–" {
		t.Errorf("Share(NaN) = %q", got)
	}
}

// All or nothing is said only when it is so.
func TestPercentDoesNotRoundAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.IntRange(1, 1e9).Draw(t, "whole")
		part := rapid.IntRange(0, whole).Draw(t, "part")
		switch got := Percent(part, whole); {
		case got == "0%" && part != 0, got == "100%" && part != whole:
			t.Fatalf("%d of %d is %s", part, whole, got)
		}
	})
}

func TestChangeIsAPercentageOrAFactor(t *testing.T) {
	for _, test := range []struct {
		now, before int
		want        string
	}{
		{0, 0, "no change"}, {5, 5, "no change"}, {5, 0, "new"}, {0, 5, "−100%"}, {138, 100, "+38%"}, {96, 100, "−4%"},
		{10000, 10001, "no change"}, {99, 10, "+890%"}, {100, 10, "×10"}, {12000, 10, "×1,200"},
	} {
		if got := Change(test.now, test.before); got != test.want {
			t.Errorf("Change(%d, %d) = %q, want %q", test.now, test.before, got, test.want)
		}
	}
}

func TestTimeIsToldInItsLargestUnit(t *testing.T) {
	now := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	for past, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", time.Minute: "1 min ago", 59*time.Minute + 59*time.Second: "59 min ago",
		time.Hour: "1 h ago", 23 * time.Hour: "23 h ago", 24 * time.Hour: "1 day ago", 29 * 24 * time.Hour: "29 days ago",
		30 * 24 * time.Hour: "22 Oct 2026", -30 * time.Second: "just now", -4 * time.Minute: "in 4 min",
	} {
		if got := Ago(now.Add(-past), now); got != want {
			t.Errorf("%v before: %q, want %q", past, got, want)
		}
	}
	if got := Ago(time.Time{}, now); got != "never" {
		t.Errorf("the zero time: %q", got)
	}
}

func TestAbsoluteIsUTC(t *testing.T) {
	at := time.Date(2026, 11, 21, 1, 2, 3, 0, time.FixedZone("east", 3*3600))
	if got, want := Absolute(at), "2026-11-20 22:02:03 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
