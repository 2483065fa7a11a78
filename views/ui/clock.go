package ui

import (
	"strconv"
	"time"
)

// Ago writes how long before now something was: "just now", "4 min ago",
// "3 h ago", "5 days ago", and the date beyond 30 days. What lies ahead is
// "in 4 min", so that a wrong clock shows.
func Ago(at, now time.Time) string {
	if at.IsZero() {
		return "never"
	}
	past := now.Sub(at)
	if past.Abs() < time.Minute {
		return "just now"
	}
	if past.Abs() >= 30*24*time.Hour {
		return at.UTC().Format("2 Jan 2006")
	}
	if past < 0 {
		return "in " + Span(-past)
	}
	return Span(past) + " ago"
}

// Span writes a length of time in its biggest unit, rounded down: "45 s",
// "4 min", "3 h", "5 days".
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 24*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	default:
		return Plural(int(d/(24*time.Hour)), "day", "days")
	}
}

// Absolute writes a time to the second, in UTC and saying so.
func Absolute(at time.Time) string {
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}
