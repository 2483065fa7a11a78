package ui

import (
	"math"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// ChartKind is how values are drawn.
type ChartKind string

// The kinds of charts.
const (
	Bars  ChartKind = "bars"  // series stacked on each other
	Lines ChartKind = "lines" // one line for each series
)

// ChartProps is values over time.
type ChartProps struct {
	Title   string // what is drawn and over which window
	Finding string // the sentence to take away: "Expired tokens doubled on Tuesday"
	Kind    ChartKind
	Slot    time.Duration        // how long a slot is: an hour, a day or a week; 0 is a day
	Slots   []SlotProps          // each can be reached by keyboard: better 30 days than 90
	Series  []SeriesProps        // at most 8: fold the rest into "other"
	Format  func(float64) string // of a value; nil writes whole numbers
	Unit    string               // what the values count, for the axis and the table
}

// SlotProps is one place on the horizontal axis.
type SlotProps struct {
	At      time.Time     // when it begins
	URL     templ.SafeURL // the rows behind it; "" for none
	Partial bool          // not over yet, so that its values will still grow
	Note    string        // what happened then: "Ruleset 12 promoted"; drawn as a mark
}

// SeriesProps is one value for each slot. NaN is no value.
type SeriesProps struct {
	Name   string
	Values []float64
	URLs   []templ.SafeURL // in each slot, the rows behind the value; nil for none
	Before bool            // of the period before: a dashed line, never stacked
	Tone   Tone            // its colour; "" takes the next of the palette
}

// url is where the rows behind a value are, "" for none.
func (s SeriesProps) url(slot int) templ.SafeURL {
	if s.URLs == nil {
		return ""
	}
	return s.URLs[slot]
}

// colour names what [data-series] stands for in the style sheet: a tone, or a
// place in the palette.
func colour(t Tone, place int) string {
	if t != "" {
		return string(t)
	}
	return strconv.Itoa(place + 1)
}

// label is what stands under the axis: "20 Nov", or "15:00" where slots are hours.
func (p ChartProps) label(slot SlotProps) string {
	if p.Slot == time.Hour {
		return slot.At.UTC().Format("15:04")
	}
	return slot.At.UTC().Format("2 Jan")
}

// name is what a slot is called in the table and on focus: "Fri 20 Nov 2026, so far".
func (p ChartProps) name(slot SlotProps) string {
	name := SlotName(slot.At, p.Slot)
	if slot.Partial {
		return name + ", so far"
	}
	return name
}

// text writes a value.
func (p ChartProps) text(v float64) string {
	switch {
	case math.IsNaN(v):
		return none
	case p.Format != nil:
		return p.Format(v)
	default:
		return Number(int(math.Round(v)))
	}
}

// top is the highest point that is drawn.
func (p ChartProps) top() float64 {
	top := 0.0
	for i := range p.Slots {
		stack := 0.0
		for _, s := range p.Series {
			v := zeroNaN(s.Values[i])
			if p.Kind == Bars && !s.Before {
				stack += v
			}
			top = max(top, v, stack)
		}
	}
	return top
}

func zeroNaN(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// axis returns the values of the horizontal lines from the top down to 0: at
// most six, a round step apart, the first not below top. Without Format steps
// are whole numbers.
func (p ChartProps) axis() []float64 {
	step := roundStep(p.top() / 4)
	if p.Format == nil {
		step = max(step, 1)
	}
	n := max(1, int(math.Ceil(p.top()/step-1e-9)))
	var lines []float64
	for i := n; i >= 0; i-- {
		lines = append(lines, float64(i)*step)
	}
	return lines
}

// roundStep is the least of 1, 2, 2.5, 5 and 10 times a power of ten that is
// not below least; 1 for 0.
func roundStep(least float64) float64 {
	if least <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= least*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// total is the sum of a slot's stacked series.
func (p ChartProps) total(slot int) float64 {
	sum := 0.0
	for _, s := range p.Series {
		if !s.Before {
			sum += zeroNaN(s.Values[slot])
		}
	}
	return sum
}

// stacked reports whether a total of the series means something.
func (p ChartProps) stacked() bool { return p.Kind == Bars && len(p.Series) > 1 }

// A bar, or a stretch of a line, in shares of the plot from its top left.
type shape struct {
	colour  string
	x, y    float64
	w, h    float64 // of a bar
	x2, y2  float64 // end of a stretch of a line
	before  bool
	partial bool
}

// A bar takes barFill of its slot, and no more than barLimit of the plot, so
// that few bars do not look like walls.
const (
	barFill  = 0.72
	barLimit = 0.06
)

func (p ChartProps) bars() []shape {
	if p.Kind != Bars {
		return nil
	}
	var out []shape
	top, n := p.axis()[0], float64(len(p.Slots))
	width := min(barFill/n, barLimit)
	for i, slot := range p.Slots {
		base := 0.0
		for k, s := range p.Series {
			v := zeroNaN(s.Values[i])
			if v == 0 || s.Before {
				continue
			}
			base += v
			out = append(out, shape{
				colour: colour(s.Tone, k), partial: slot.Partial,
				x: (float64(i)+0.5)/n - width/2, w: width,
				y: 1 - base/top, h: v / top,
			})
		}
	}
	return out
}

// lines are the series of a line chart, and those of the period before in any.
func (p ChartProps) lines() []shape {
	var out []shape
	for k, s := range p.Series {
		if p.Kind == Bars && !s.Before {
			continue
		}
		for i := 1; i < len(p.Slots); i++ {
			if stretch, ok := p.stretch(s, i); ok {
				stretch.colour = colour(s.Tone, k)
				out = append(out, stretch)
			}
		}
	}
	return out
}

// stretch leads from the slot before to slot i, if both have a value.
func (p ChartProps) stretch(s SeriesProps, i int) (shape, bool) {
	from, to := s.Values[i-1], s.Values[i]
	if math.IsNaN(from) || math.IsNaN(to) {
		return shape{}, false
	}
	top, n := p.axis()[0], float64(len(p.Slots))
	return shape{
		x: (float64(i) - 0.5) / n, y: 1 - from/top,
		x2: (float64(i) + 0.5) / n, y2: 1 - to/top,
		before: s.Before, partial: p.Slots[i].Partial && !s.Before,
	}, true
}

// labelEvery is how many slots share one label under the axis: six labels fit
// a narrow screen.
func (p ChartProps) labelEvery() int { return (len(p.Slots) + 5) / 6 }

// side is where a slot's values open so that they stay on the chart.
func (p ChartProps) side(slot int) string {
	switch 3 * slot / len(p.Slots) {
	case 0:
		return "start"
	case 1:
		return "middle"
	default:
		return "end"
	}
}

// percentOf writes a share as SVG wants it, so that charts need no width.
func percentOf(share float64) string {
	return strconv.FormatFloat(share*100, 'f', 2, 64) + "%"
}
