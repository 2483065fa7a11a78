package views

import (
	"strconv"
	"time"

	"wherefore/views/ui"
)

// chart draws the errors of each day.
func (p ClusterPageProps) chart() ui.ChartProps {
	days := strconv.Itoa(len(p.Days)) + " days"
	chart := ui.ChartProps{
		Title: "Unparsed errors a day, " + days, Kind: ui.Bars, Unit: "errors",
		Slots:  daySlots(len(p.Days), p.Now),
		Series: []ui.SeriesProps{{Name: "Unparsed", Values: p.Days}},
	}
	sum, top, day := 0, 0.0, time.Time{}
	for i, v := range p.Days {
		sum += int(v)
		if v > top {
			top, day = v, chart.Slots[i].At
		}
	}
	chart.Finding = "None occurred in these days."
	if sum > 0 {
		chart.Finding = ui.Plural(sum, "error", "errors") + " in " + days + ", the most on " + ui.Day(day) + ": " + ui.Number(int(top)) + "."
	}
	return chart
}

// daySlots are the last n days; the last is today, which is partial.
func daySlots(n int, now time.Time) []ui.SlotProps {
	slots := make([]ui.SlotProps, n)
	for i := range slots {
		slots[i] = ui.SlotProps{At: now.UTC().Truncate(24*time.Hour).AddDate(0, 0, i+1-n), Partial: i == n-1}
	}
	return slots
}
