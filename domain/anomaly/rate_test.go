package anomaly

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// fortnight is two weeks of so many matches a day, then days that are passed
// over, and then a day of last.
func fortnight(usual, last int) []int {
	return append(slices.Repeat([]int{usual}, RateDays-1), last)
}

func TestRateAnomaliesLieBeyondChance(t *testing.T) {
	with := func(days []int, day, matches int) []int {
		days[day] = matches
		return days
	}
	for name, test := range map[string]struct {
		days []int
		want RateAnomaly
	}{
		"as usual":               {fortnight(10, 11), Steady},
		"nothing":                {fortnight(10, 0), Silent},
		"nothing for three days": {with(fortnight(10, 0), 15, 0), Silent},
		"one is not silent":      {fortnight(10, 1), Steady},
		"rests now and then":     {with(fortnight(10, 0), 3, 0), Steady},
		"twice":                  {fortnight(10, 20), Spiking},
		"nearly twice":           {fortnight(10, 19), Steady},
		"twice for two days":     {with(fortnight(10, 20), 16, 20), Spiking},
		"bursts now and then":    {with(fortnight(10, 21), 3, 21), Steady},
		"few":                    {fortnight(4, 0), Steady},
		"few doubled":            {fortnight(4, 40), Steady},
		"too short":              {[]int{10, 10, 0}, Steady},
		"none at all":            {nil, Steady},
	} {
		if got := RateAnomalies([][]int{test.days})[0]; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// More matches on the last day never make a steady parser silent, nor fewer make
// it spiking.
func TestRateAnomaliesAreMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.IntRange(0, 100), RateDays, RateDays).Draw(t, "days")
		now := RateAnomalies([][]int{days})[0]
		more := slices.Clone(days)
		more[RateDays-1] += rapid.IntRange(1, 50).Draw(t, "more")
		then := RateAnomalies([][]int{more})[0]
		if then == Silent || now == Spiking && then != Spiking {
			t.Fatalf("%v is %q, %v is %q", days, now, more, then)
		}
	})
}

// A mark that stands when a parser is compared alone may be chance among many; a mark
// of volume is not.
func TestRateAnomaliesOfMany(t *testing.T) {
	many := [][]int{fortnight(6, 13), fortnight(60, 130), fortnight(6, 0), fortnight(60, 0)}
	for _, days := range many {
		if RateAnomalies([][]int{days})[0] == Steady {
			t.Errorf("alone, %v is steady", days)
		}
	}
	for len(many) < 300 {
		many = append(many, fortnight(40, 40))
	}
	got := RateAnomalies(many)
	if got[0] != Steady || got[1] != Spiking || got[2] != Steady || got[3] != Silent {
		t.Errorf("of 300: %q", got[:4])
	}
	for i, a := range got[4:] {
		if a != Steady {
			t.Errorf("steady parser %d is %q", i, a)
		}
	}
}
