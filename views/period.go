package views

import (
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/views/ui"
)

// Period is the window of a list or a chart, as its address names it: by the
// query's period, or by from and to.
type Period struct {
	Value    string    // of the query's period; for from and to, the interval that stands for them
	Words    string    // goes after a count: "in the last 7 days"
	From, To time.Time // To exclusive; a zero time is no bound; From is a full hour unless asked for by from
	custom   bool      // asked for by from and to
}

// DefaultPeriod is that of an address without one.
const DefaultPeriod = "7d"

// AllTime is the period without bounds.
const AllTime = "all"

// A form has one field for the period. One of from and to, which no choice of the
// form has, is a choice of its own: its value is an interval as in ISO 8601, with a
// slash between from and to, such as "2026-11-20/2026-11-24" or "2026-11-20/".

// withoutInterval replaces a query's period by from and to, if it is an interval.
func withoutInterval(q Query) Query {
	from, to, is := strings.Cut(q.Get("period"), "/")
	if !is || q.Get("from") != "" || q.Get("to") != "" {
		return q
	}
	return q.Without("period").With("from", from).With("to", to)
}

// isCustom reports whether a query has from or to in place of a period.
// Invalid names the period when there are both: one would silently win.
func isCustom(q Query) (bool, error) {
	custom := q.Get("from") != "" || q.Get("to") != ""
	if custom && q.Get("period") != "" {
		return false, domain.InvalidField("period", "Give either a period, or from and to: not both.")
	}
	return custom, nil
}

// interval is the value that a form has for from and to.
func interval(q Query) string { return q.Get("from") + "/" + q.Get("to") }

// Periods are the values of the periods that end now.
func Periods() []string {
	var values []string
	for _, p := range periods {
		values = append(values, p.value)
	}
	return values
}

var periods = []struct {
	value, text string
	span        time.Duration
}{
	{"24h", "24 hours", 24 * time.Hour},
	{DefaultPeriod, "7 days", 7 * 24 * time.Hour},
	{"30d", "30 days", 30 * 24 * time.Hour},
	{"90d", "90 days", 90 * 24 * time.Hour},
}

// ReadPeriod reads the period that a query asks for. One that ends now begins with a
// full hour, so that hourly counts tell how much is in it. Invalid names the part of
// the query that is no period or no time, or the period when there is from or to
// beside it.
func ReadPeriod(q Query, now time.Time) (Period, error) {
	custom, err := isCustom(q)
	if err != nil {
		return Period{}, err
	}
	if custom {
		return customOf(q)
	}
	value := q.Get("period")
	switch value {
	case AllTime:
		return Period{Value: AllTime, Words: "of all time"}, nil
	case "":
		value = DefaultPeriod
	}
	for _, p := range periods {
		if p.value == value {
			return Period{Value: value, Words: "in the last " + p.text, From: now.Add(-p.span).UTC().Truncate(time.Hour)}, nil
		}
	}
	return Period{}, domain.InvalidField("period", "There is no period “%s”.", value)
}

func customOf(q Query) (Period, error) {
	from, err := timeOf(q, "from")
	if err != nil {
		return Period{}, err
	}
	to, err := timeOf(q, "to")
	if err != nil {
		return Period{}, err
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return Period{}, domain.InvalidField("to", "The period must end after it begins, %s.", q.Get("from"))
	}
	return Period{Value: interval(q), custom: true, Words: spanWords(from, to), From: from, To: to}, nil
}

func timeOf(q Query, name string) (time.Time, error) {
	text := q.Get(name)
	at, ok := ParseTime(text)
	if !ok && text != "" {
		return at, domain.InvalidField(name, "“%s” is no time such as 2026-11-20 or 2026-11-20T10:00:00Z.", text)
	}
	return at, nil
}

// ParseTime reads a time as addresses have it: a day, or a time with its zone.
func ParseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func spanWords(from, to time.Time) string {
	const layout = "2 Jan 2006 15:04"
	switch {
	case from.IsZero() && to.IsZero():
		return "of all time"
	case from.IsZero():
		return "before " + to.Format(layout) + " UTC"
	case to.IsZero():
		return "since " + from.Format(layout) + " UTC"
	case from.Equal(from.Truncate(24*time.Hour)) && to.Equal(from.Add(24*time.Hour)):
		return "on " + from.Format("2 Jan 2006") + " UTC"
	default:
		return "from " + from.Format(layout) + " to " + to.Format(layout) + " UTC"
	}
}

// options are the choices of a form, with the period that is chosen.
func (p Period) options() []ui.OptionProps {
	var options []ui.OptionProps
	if p.custom {
		options = append(options, ui.OptionProps{Value: p.Value, Text: p.Words})
	}
	for _, choice := range periods {
		options = append(options, ui.OptionProps{Value: choice.value, Text: choice.text})
	}
	return append(options, ui.OptionProps{Value: AllTime, Text: "All time"})
}
