package views

import (
	"time"

	"wherefore/domain"
	"wherefore/views/ui"
)

// TrendSpan is a period as trends draw it: whole hours, days or weeks, few
// enough to be read, the last of which ends with the last full hour.
type TrendSpan struct {
	Value string // in addresses
	Words string // "30 days"
	Slot  time.Duration
	Slots int
}

var trendSpans = []TrendSpan{
	{"24h", "24 hours", time.Hour, 24},
	{"7d", "7 days", day, 7},
	{"30d", "30 days", day, 30},
	{"90d", "13 weeks", week, 13},
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// defaultSpan is that of an address without one.
const defaultSpan = "30d"

// ReadTrendSpan finds the period that a query asks for; Invalid if there is none such.
func ReadTrendSpan(q Query) (TrendSpan, error) {
	value := q.Get("period")
	if value == "" {
		value = defaultSpan
	}
	for _, s := range trendSpans {
		if s.Value == value {
			return s, nil
		}
	}
	return TrendSpan{}, domain.InvalidField("period", "There is no period “%s”.", value)
}

// Window is the span's, seen from now: its last slot ends with the last full hour, so
// that the period before can be counted up to the same one. Weeks begin on Monday.
func (s TrendSpan) Window(now time.Time) Window {
	to := now.UTC().Truncate(time.Hour)
	start := to.Add(-time.Hour).Truncate(s.Slot) // time's zero was a Monday
	return Window{start.Add(-time.Duration(s.Slots-1) * s.Slot), to}
}

// Length is how long the span is.
func (s TrendSpan) Length() time.Duration { return time.Duration(s.Slots) * s.Slot }

// unit is what a slot is called.
func (s TrendSpan) unit() string {
	return map[time.Duration]string{time.Hour: "hour", day: "day", week: "week"}[s.Slot]
}

// names are a slot's: short for an axis, and full.
func (s TrendSpan) names(at time.Time) (short, full string) {
	switch s.Slot {
	case time.Hour:
		return at.Format("15:04"), at.Format("Mon 2 Jan, 15:04 UTC")
	case week:
		return at.Format("2 Jan"), "week of " + at.Format("Mon 2 Jan 2006")
	default:
		return at.Format("2 Jan"), at.Format("Mon 2 Jan 2006")
	}
}

func spanOptions() []ui.OptionProps {
	var choices []ui.OptionProps
	for _, s := range trendSpans {
		choices = append(choices, ui.OptionProps{Value: s.Value, Text: s.Words})
	}
	return choices
}
