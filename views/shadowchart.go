package views

import "wherefore/views/ui"

// shadowBuckets are the kinds of matches of a shadow, in the order of its chart.
var shadowBuckets = []string{"newly-explained", "unchanged", "changes-reason", "overridden"}

// chart draws the matches of the newest 31 days, by what would have become of them.
func (p ShadowPageProps) chart() ui.ChartProps {
	last, first := p.Now.UTC().Truncate(day), p.Shadow.StartedAt.UTC().Truncate(day)
	if earliest := last.Add(-30 * day); first.Before(earliest) {
		first = earliest
	}
	chart := ui.ChartProps{Title: "Matches a day, by what would have become of them", Kind: ui.Bars, Unit: "errors"}
	for at := first; !at.After(last); at = at.Add(day) {
		chart.Slots = append(chart.Slots, ui.SlotProps{At: at, Partial: at.Equal(last)})
	}
	total := 0
	for _, id := range shadowBuckets {
		series := ui.SeriesProps{Name: Bucket(id).Title, Tone: Bucket(id).Tone, Values: make([]float64, len(chart.Slots))}
		sum := 0
		for _, d := range p.Days {
			if i := int(d.Day.Sub(first) / day); d.Bucket == id && i >= 0 && i < len(series.Values) {
				series.Values[i] += float64(d.Events)
				sum += d.Events
			}
		}
		if total += sum; sum > 0 {
			chart.Series = append(chart.Series, series)
		}
	}
	chart.Finding = "It matched " + ui.Plural(total, "error", "errors") + " in " + ui.Plural(len(chart.Slots), "day", "days") + "."
	return chart
}
