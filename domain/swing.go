package domain

import (
	"math"
	"slices"
)

// Swing is how the last day of a parser's matches differs from its own history.
// A parser that falls silent or doubles often means that the network changed its
// answers.
type Swing string

// The swings.
const (
	Steady  Swing = "" // as usual, or too little history to tell
	Silent  Swing = "silent"
	Doubled Swing = "doubled"
)

// SwingDays is how many days SwingOf looks at: two weeks that are the usual,
// then three days that are passed over, then the last one. What changed for good
// is so marked for four days, which is longer than a weekend, before it becomes
// the usual.
const SwingDays = UsualDays + 3 + 1

// UsualDays is how many of them are the usual.
const UsualDays = 14

// minUsual is from how many matches a day on there is anything to fall from or
// to double: a mean of 5 leaves a day empty by chance once in 150 days, a mean
// of 2 once a week.
const minUsual = 5

// SwingOf tells the swing of matches a day, the oldest first, SwingDays of them.
// Usual is their mean in the first two weeks, and is at least 5 where there is a
// swing. Silent is none, where each day of the two weeks had some. Doubled is
// at least twice the usual, more than chance makes of it, and more than any day
// of the two weeks had.
//
// The mean alone would not do, because errors come in bursts: a day that lies
// outside of all 14 comes by chance once in 15 days at most, however they are
// spread, and a parser that bursts or rests every week has done so among them.
func SwingOf(days []int) (swing Swing, usual float64) {
	if len(days) != SwingDays {
		return Steady, 0
	}
	last, before := days[SwingDays-1], days[:UsualDays]
	sum := 0
	for _, n := range before {
		sum += n
	}
	usual = float64(sum) / UsualDays
	switch {
	case usual < minUsual:
		return Steady, usual
	case last == 0 && slices.Min(before) > 0:
		return Silent, usual
	case last > slices.Max(before) && float64(last) >= max(2*usual, usual+3*math.Sqrt(usual)):
		return Doubled, usual
	}
	return Steady, usual
}
