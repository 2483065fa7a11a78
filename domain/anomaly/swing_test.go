package anomaly

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// fortnight is two weeks of so many matches a day, then days that are passed
// over, and then a day of last.
func fortnight(usual, last int) []int {
	return append(slices.Repeat([]int{usual}, SwingDays-1), last)
}

func TestSwings(t *testing.T) {
	with := func(days []int, day, matches int) []int {
		days[day] = matches
		return days
	}
	for name, test := range map[string]struct {
		days []int
		want Swing
	}{
		"as usual":               {fortnight(10, 11), Steady},
		"nothing":                {fortnight(10, 0), Silent},
		"nothing for three days": {with(fortnight(10, 0), 15, 0), Silent},
		"one is not silent":      {fortnight(10, 1), Steady},
		"rests now and then":     {with(fortnight(10, 0), 3, 0), Steady},
		"twice":                  {fortnight(10, 20), Doubled},
		"nearly twice":           {fortnight(10, 19), Steady},
		"twice for two days":     {with(fortnight(10, 20), 16, 20), Doubled},
		"bursts now and then":    {with(fortnight(10, 21), 3, 21), Steady},
		"few":                    {fortnight(4, 0), Steady},
		"few doubled":            {fortnight(4, 40), Steady},
		"too short":              {[]int{10, 10, 0}, Steady},
		"none at all":            {nil, Steady},
	} {
		if got := Swings([][]int{test.days})[0]; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// More matches on the last day never make a steady parser silent, nor fewer make
// it doubled.
func TestSwingsAreMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.IntRange(0, 100), SwingDays, SwingDays).Draw(t, "days")
		now := Swings([][]int{days})[0]
		more := slices.Clone(days)
		more[SwingDays-1] += rapid.IntRange(1, 50).Draw(t, "more")
		then := Swings([][]int{more})[0]
		if then == Silent || now == Doubled && then != Doubled {
			t.Fatalf("%v is %q, %v is %q", days, now, more, then)
		}
	})
}

// A mark that stands when a parser is compared alone may be chance among many; a mark
// of volume is not.
func TestSwingsOfMany(t *testing.T) {
	many := [][]int{fortnight(6, 13), fortnight(60, 130), fortnight(6, 0), fortnight(60, 0)}
	for _, days := range many {
		if Swings([][]int{days})[0] == Steady {
			t.Errorf("alone, %v is steady", days)
		}
	}
	for len(many) < 300 {
		many = append(many, fortnight(40, 40))
	}
	got := Swings(many)
	if got[0] != Steady || got[1] != Doubled || got[2] != Steady || got[3] != Silent {
		t.Errorf("of 300: %q", got[:4])
	}
	for i, swing := range got[4:] {
		if swing != Steady {
			t.Errorf("steady parser %d is %q", i, swing)
		}
	}
}
