package views

import (
	"cmp"
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
	From  time.Time // of one that was asked for by from and to, with To
	To    time.Time // not after the last full hour
}

var trendSpans = []TrendSpan{
	{Value: "24h", Words: "24 hours", Slot: time.Hour, Slots: 24},
	{Value: "7d", Words: "7 days", Slot: day, Slots: 7},
	{Value: "30d", Words: "30 days", Slot: day, Slots: 30},
	{Value: "90d", Words: "13 weeks", Slot: week, Slots: 13},
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// defaultSpan is that of an address without one.
const defaultSpan = "30d"

// TrendPeriods are the values of the spans that end now.
func TrendPeriods() []string {
	var values []string
	for _, s := range trendSpans {
		values = append(values, s.Value)
	}
	return values
}

// ReadTrendSpan finds the period that a query asks for: one that ends now, or from
// and to, widened to whole hours, days or weeks. Invalid names what can't be.
func ReadTrendSpan(q Query, now time.Time) (TrendSpan, error) {
	custom, err := isCustom(q)
	switch {
	case err != nil:
		return TrendSpan{}, err
	case custom:
		return customSpan(q, now)
	}
	return namedSpan(cmp.Or(q.Get("period"), defaultSpan))
}

// namedSpan is one that ends now.
func namedSpan(value string) (TrendSpan, error) {
	for _, s := range trendSpans {
		if s.Value == value {
			return s, nil
		}
	}
	return TrendSpan{}, domain.InvalidField("period", "There is no period “%s”.", value)
}

// The longest spans that are drawn by hours, by days, and at all.
const (
	longestByHours = 3 * day
	longestByDays  = 100 * day
	longestSpan    = 105 * week
)

func customSpan(q Query, now time.Time) (TrendSpan, error) {
	from, err := timeOf(q, "from")
	if err != nil {
		return TrendSpan{}, err
	}
	to, err := timeOf(q, "to")
	if err != nil {
		return TrendSpan{}, err
	}
	last := now.UTC().Truncate(time.Hour)
	switch {
	case from.IsZero():
		return TrendSpan{}, domain.InvalidField("from", "Say from when: from=2026-11-20 beside to.")
	case !from.Before(last):
		return TrendSpan{}, domain.InvalidField("from", "The period must begin before the hour that runs now.")
	case to.After(now.Add(day)):
		return TrendSpan{}, domain.InvalidField("to", "The period can't end in the future.")
	case !to.IsZero() && !from.Before(to):
		return TrendSpan{}, domain.InvalidField("to", "The period must end after it begins, %s.", q.Get("from"))
	}
	if to.IsZero() || to.After(last) {
		to = last
	}
	if to.Sub(from) > longestSpan {
		return TrendSpan{}, domain.InvalidField("from", "A period can have two years at most.")
	}
	s := spanOf(from, to, last)
	s.Value = interval(q)
	return s, nil
}

// spanOf is the span of whole slots around a period, up to the last full hour.
func spanOf(from, to, last time.Time) TrendSpan {
	s := TrendSpan{Slot: week}
	switch length := to.Sub(from); {
	case length <= longestByHours:
		s.Slot = time.Hour
	case length <= longestByDays:
		s.Slot = day
	}
	s.From = from.Truncate(s.Slot)
	s.Slots = int((to.Sub(s.From) + s.Slot - 1) / s.Slot)
	s.Words = ui.Plural(s.Slots, s.unit(), s.unit()+"s")
	if s.To = s.From.Add(s.Length()); s.To.After(last) {
		s.To = last
	}
	return s
}

// Window is the span's, seen from now: its last slot ends with the last full hour, so
// that the period before can be counted up to the same one. Weeks begin on Monday.
func (s TrendSpan) Window(now time.Time) Window {
	if !s.From.IsZero() {
		return Window{s.From, s.To}
	}
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

// options are the choices of a form, with the span that is chosen.
func (s TrendSpan) options() []ui.OptionProps {
	var choices []ui.OptionProps
	if !s.From.IsZero() {
		choices = append(choices, ui.OptionProps{Value: s.Value, Text: s.words()})
	}
	for _, s := range trendSpans {
		choices = append(choices, ui.OptionProps{Value: s.Value, Text: s.Words})
	}
	return choices
}

// words go after a count and "in".
func (s TrendSpan) words() string {
	if s.From.IsZero() {
		return s.Words
	}
	return s.Words + " " + spanWords(s.From, s.To)
}
