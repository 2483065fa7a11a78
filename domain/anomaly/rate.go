package anomaly

import "slices"

// RateAnomaly is how the last day of a parser's matches differs from its own history.
// A parser that falls silent or spikes often means that the network changed its
// answers.
type RateAnomaly string

// The rate anomalies.
const (
	Steady  RateAnomaly = "" // as usual, or too little history to tell
	Silent  RateAnomaly = "silent"
	Spiking RateAnomaly = "spiking"
)

// RateDays is how many days RateAnomalies looks at: two weeks that are the usual,
// then three days that are passed over, then the last one. What changed for good
// is so marked for four days, which is longer than a weekend, before it becomes
// the usual.
const RateDays = UsualDays + 3 + 1

// UsualDays is how many of them are the usual.
const UsualDays = 14

// minUsual is from how many matches a day on a parser is worth a mark.
const minUsual = 5

// RateAnomalies tells the rate anomaly of each of some parsers from its matches a day, the oldest
// first, RateDays of them. They are all compared at once, and each mark is beyond
// chance of that many.
//
// A silent parser has none on the last day, where each day of the two weeks had some;
// a spiking one has at least twice the usual, and more than any of these days had. The
// test alone would not do, because errors come in bursts: a parser that bursts or
// rests every week has done so among the 14 days.
func RateAnomalies(parsers [][]int) []RateAnomaly {
	anomalies, probabilities := make([]RateAnomaly, len(parsers)), make([]float64, len(parsers))
	for i, days := range parsers {
		anomalies[i], probabilities[i] = rateAnomalyOf(days)
	}
	for i, beyond := range Beyond(probabilities, len(parsers)) {
		if !beyond {
			anomalies[i] = Steady
		}
	}
	return anomalies
}

// UsualOf is the mean of the usual days, 0 when there are too few.
func UsualOf(days []int) float64 {
	if len(days) != RateDays {
		return 0
	}
	return float64(sum(days[:UsualDays])) / UsualDays
}

// rateAnomalyOf is the rate anomaly that a parser seems to have, and how probable it is by chance.
func rateAnomalyOf(days []int) (RateAnomaly, float64) {
	usual := UsualOf(days)
	if usual < minUsual {
		return Steady, 1
	}
	last, before := days[RateDays-1], days[:UsualDays]
	c := Comparison{Count{last, 1}, []Count{{sum(before), UsualDays}}}
	switch {
	case last == 0 && slices.Min(before) > 0:
		return Silent, c.Below()
	case last > slices.Max(before) && float64(last) >= 2*usual:
		return Spiking, c.Above()
	}
	return Steady, 1
}

func sum(days []int) int {
	n := 0
	for _, day := range days {
		n += day
	}
	return n
}
