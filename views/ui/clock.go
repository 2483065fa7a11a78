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

// Day writes a date with its weekday: "Fri 20 Nov 2026".
func Day(at time.Time) string { return at.UTC().Format("Mon 2 Jan 2006") }

// SlotName names the hour, day or week that begins at a time; 0 is a day. A day
// that does not begin at midnight is "24 hours from Fri 20 Nov 2026, 15:00 UTC".
func SlotName(at time.Time, slot time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case slot == time.Hour:
		return at.UTC().Format("Mon 2 Jan, 15:04 UTC")
	case slot > day:
		return "week of " + Day(at)
	case !at.Equal(at.Truncate(day)):
		return "24 hours from " + at.UTC().Format("Mon 2 Jan 2006, 15:04 UTC")
	default:
		return Day(at)
	}
}

// Absolute writes a time to the second, in UTC and saying so.
func Absolute(at time.Time) string {
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}
