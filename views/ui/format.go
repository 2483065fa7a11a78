package ui

import (
	"math"
	"strconv"
	"strings"
)

// none stands where there is no figure to show.
const none = "–"

// Number writes n with separators: 1204 is "1,204", -1204 is "−1,204".
func Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Plural writes a number with its noun: "1 event", "1,204 events". The plural
// is given because English has no rule: "match", "matches".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Percent writes part of whole with one digit after the point, and never
// rounds to 0 or 100 what is not: "98.4%", "<0.1%", ">99.9%". A whole of 0 has
// no share: "–".
func Percent(part, whole int) string {
	if whole == 0 {
		return none
	}
	return Share(float64(part) / float64(whole))
}

// Share writes a share between 0 and 1 as Percent does; NaN is "–".
func Share(share float64) string {
	switch p := share * 100; {
	case math.IsNaN(p):
		return none
	case p > 0 && p < 0.1:
		return "<0.1%"
	case p > 99.9 && p < 100:
		return ">99.9%"
	default:
		s := strconv.FormatFloat(p, 'f', 1, 64)
		return strings.Replace(strings.TrimSuffix(s, ".0"), "-", "−", 1) + "%"
	}
}

// Change compares now with before: "+38%", "−4%", "no change", "new" when there
// was nothing before. Past tenfold it says how many times: "×12".
func Change(now, before int) string {
	if now == before {
		return "no change"
	}
	if before == 0 {
		return "new"
	}
	ratio := float64(now) / float64(before)
	percent := int(math.Round((ratio - 1) * 100))
	switch {
	case ratio >= 10:
		return "×" + Number(int(math.Round(ratio)))
	case percent == 0:
		return "no change"
	case percent > 0:
		return "+" + Number(percent) + "%"
	default:
		return Number(percent) + "%"
	}
}
