package views

import (
	"time"

	"github.com/a-h/templ"

	"wherefore/views/ui"
)

// buckets is how pages show the buckets of a trial.
var buckets = map[string]BucketProps{
	"newly-explained": {Title: "Newly explained", Hint: "unparsed now", Tone: ui.Good, WouldRead: true},
	"unchanged":       {Title: "Unchanged", Hint: "the same reason as now", Tone: ui.Plain, ReadsNow: true},
	"changes-reason":  {Title: "Changes its reason", Hint: "to be accepted pair by pair", Tone: ui.Warn, ReadsNow: true, WouldRead: true},
	"overridden":      {Title: "Overridden", Hint: "another parser wins", Tone: ui.Info, ReadsNow: true, WonBy: true},
	"lost":            {Title: "Lost", Hint: "explained now, not then", Tone: ui.Bad, ReadsNow: true},
	"still-unparsed":  {Title: "Still unparsed", Hint: "no parser matches", Tone: "1"},
}

// Bucket is a bucket of a trial without errors.
func Bucket(id string) BucketProps {
	b := buckets[id]
	b.ID = id
	return b
}

// TrialDayProps is what becomes of the errors of one day.
type TrialDayProps struct {
	Day     time.Time
	Buckets []int // in the order of the trial's
}

// maxTrialSlots is how many bars a trial's chart has room for; a longer window
// has a bar for each week.
const maxTrialSlots = 31

// chart draws the days of a trial, stacked by bucket.
func (t TrialProps) chart() ui.ChartProps {
	first, last := t.Window.From.UTC().Truncate(day), t.Window.To.UTC().Truncate(day)
	width, words := day, "day"
	if last.Sub(first) >= maxTrialSlots*day {
		width, words = 7*day, "week"
	}
	if n := len(t.Days); n > 0 && t.Days[n-1].Day.After(last) { // a sender's clock may be ahead
		last = t.Days[n-1].Day
	}
	chart := ui.ChartProps{Title: "Errors a " + words + ", by what would become of them", Kind: ui.Bars, Unit: "errors", Slot: width, Finding: t.finding()}
	for at := first; !at.After(last); at = at.Add(width) {
		chart.Slots = append(chart.Slots, ui.SlotProps{At: at, URL: t.dayURL(at, width), Partial: at.Add(width).After(t.Window.To)})
	}
	for i, bucket := range t.Buckets {
		series, any := ui.SeriesProps{Name: bucket.Title, Tone: bucket.Tone, Values: make([]float64, len(chart.Slots))}, false
		for _, d := range t.Days {
			if slot := int(d.Day.Sub(first) / width); slot >= 0 && slot < len(series.Values) && d.Buckets[i] > 0 {
				series.Values[slot] += float64(d.Buckets[i])
				any = true
			}
		}
		if any {
			chart.Series = append(chart.Series, series)
		}
	}
	return chart
}

// dayURL leads to the errors of a slot. There is no list of the errors of a week.
func (t TrialProps) dayURL(at time.Time, width time.Duration) templ.SafeURL {
	if t.Run == 0 || width != day {
		return ""
	}
	return TrialEventsURL(t.Run, Query{}.With("day", at.Format(time.DateOnly)))
}

// finding says on how many days the candidate would have explained more.
func (t TrialProps) finding() string {
	gained := 0
	for _, d := range t.Days {
		for i, bucket := range t.Buckets {
			if bucket.ID == "newly-explained" && d.Buckets[i] > 0 {
				gained++
			}
		}
	}
	if gained == 0 {
		return "On no day would it have explained more errors."
	}
	return "It would have explained more errors on " + ui.Plural(gained, "day", "days") + "."
}
