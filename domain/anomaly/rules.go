package anomaly

import "math"

// Daily compares a day with the day before it and with the same day a week earlier.
func Daily(now, before, weekBefore int) Comparison {
	return Comparison{Count{now, 1}, []Count{{before, 1}, {weekBefore, 1}}}
}

// hoursOfWeek is the exposure of a week that is compared with an hour.
const hoursOfWeek = 7 * 24

// MinOutage is from how many errors in an hour on a network may have an outage.
const MinOutage = 5

// OutageHour reports whether an hour of a network, in which it said so often that it is
// failing, has so many more errors than the week before that an outage is suspected.
// It is held against all hours of a day of so many networks: so it is marked or not
// whatever period is asked for.
func OutageHour(errors, weekBefore, networks int) bool {
	c := Comparison{Count{errors, 1}, []Count{{weekBefore, hoursOfWeek}}}
	return errors >= MinOutage && Grown([]Comparison{c}, 24*networks)[0]
}

// Spread is how many profiles the clusters of a network reached, hour by hour, in a
// usual week. Clusters counts those that were seen in it.
type Spread struct{ Profiles, Clusters int }

// FirstHour compares the profiles that a new cluster reached in its first hour with
// what a cluster of its network reaches in an hour. A network without any cluster in
// the usual week counts as one with a single cluster that reached nobody.
func FirstHour(profiles int, usual Spread) Comparison {
	return Comparison{Count{profiles, 1}, []Count{{usual.Profiles, float64(max(usual.Clusters, 1)) * hoursOfWeek}}}
}

// EscalationAbove is the number of errors in a day above which an ignored cluster has
// escalated: twice that of the worst day of the week before it was ignored, and 10 at least.
func EscalationAbove(worstDay int) int { return max(10, 2*worstDay) }

// Moved reports whether the count of a period differs from that of the period before by
// more than two standard deviations of a Poisson count. Trends name the row that moved
// most; nothing is marked, so that no correction for many comparisons is made.
func Moved(now, before int) bool {
	return math.Abs(float64(now-before)) > 2*math.Sqrt(float64(before)+1)
}
