package ui

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func november(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }

func TestSlotsAreNamedByTheirTime(t *testing.T) {
	for _, tt := range []struct {
		at          time.Time
		slot        time.Duration
		label, name string
	}{
		{november(20).Add(15 * time.Hour), time.Hour, "15:00", "Fri 20 Nov, 15:00 UTC"},
		{november(20), 24 * time.Hour, "20 Nov", "Fri 20 Nov 2026"},
		{november(20), 0, "20 Nov", "Fri 20 Nov 2026"},
		{november(20).Add(15 * time.Hour), 0, "20 Nov", "24 hours from Fri 20 Nov 2026, 15:00 UTC"},
		{november(16), 7 * 24 * time.Hour, "16 Nov", "week of Mon 16 Nov 2026"},
	} {
		p, s := ChartProps{Slot: tt.slot}, SlotProps{At: tt.at}
		if label, name := p.label(s), p.name(s); label != tt.label || name != tt.name {
			t.Errorf("%v and %v long: %q, %q", tt.at, tt.slot, label, name)
		}
	}
}

// threeDays has two series over three days, the last not over and without a
// value in the second.
func threeDays(kind ChartKind) ChartProps {
	return ChartProps{
		Title: "Disconnections a day", Finding: "Fridays are worst", Kind: kind,
		Slots: []SlotProps{{At: november(1)}, {At: november(2), URL: "/on/2"}, {At: november(3), Partial: true, Note: "Ruleset 12"}},
		Series: []SeriesProps{
			{Name: "expired", Values: []float64{10, 1204, 0}},
			{Name: "revoked", Values: []float64{30, 5, math.NaN()}},
		},
	}
}

func TestChartSaysItsFindingAndHoldsItsNumbers(t *testing.T) {
	root := render(t, Chart(threeDays(Bars)))
	if svg := the(t, root, "svg"); attr(svg, "role") != "img" || attr(svg, "aria-label") != "Fridays are worst" {
		t.Errorf("the picture is %q named %q", attr(svg, "role"), attr(svg, "aria-label"))
	}
	want := "Period expired revoked Total" + " Sun 1 Nov 2026 10 30 40" + " Mon 2 Nov 2026 1,204 5 1,209" + " Tue 3 Nov 2026, so far Ruleset 12 0 – 0"
	if table := the(t, root, "table"); !strings.HasSuffix(words(table), want) {
		t.Errorf("the table reads %q", words(table))
	}
}

// Values are shown on focus, so there must be something to focus for each slot.
func TestChartSlotsCanBeReached(t *testing.T) {
	root := render(t, Chart(threeDays(Lines)))
	var reached []string
	for _, n := range each(root, "*") {
		if attr(n, "class") == "chart-slot" && (attr(n, "href") != "" || attr(n, "tabindex") == "0") {
			reached = append(reached, words(n))
		}
	}
	want := "Sun 1 Nov 2026 expired 10 revoked 30|Mon 2 Nov 2026 expired 1,204 revoked 5|Tue 3 Nov 2026, so far expired 0 revoked – Ruleset 12"
	if got := strings.Join(reached, "|"); got != want {
		t.Errorf("reached %q", got)
	}
}

func TestChartDrawsWhatItsKindSays(t *testing.T) {
	bars := render(t, Chart(threeDays(Bars)))
	if n := len(each(bars, "rect")); n != 4 {
		t.Errorf("%d bars, want one for each value that is not 0", n)
	}
	lines := render(t, Chart(threeDays(Lines)))
	if n := len(each(lines, "rect")); n != 0 {
		t.Errorf("%d bars in a line chart", n)
	}
	stretches := 0
	for _, n := range each(lines, "line") {
		if attr(n, "data-series") != "" {
			stretches++
		}
	}
	if stretches != 3 {
		t.Errorf("%d stretches, want two and, before the missing value, one", stretches)
	}
}

func TestChartOfNothing(t *testing.T) {
	p := ChartProps{Slots: []SlotProps{{At: november(1)}}, Series: []SeriesProps{{Name: "none", Values: []float64{0}}}, Kind: Bars}
	if strings.Contains(text(render(t, Chart(p))), "NaN") || len(p.bars()) != 0 {
		t.Error("zeros draw something")
	}
}

func TestBarsStayInThePlotAndStack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawnChart(t)
		top := p.axis()[0]
		heights := make([]float64, len(p.Slots))
		for _, b := range p.bars() {
			if b.x < 0 || b.x+b.w > 1+1e-9 || b.y < -1e-9 || b.y+b.h > 1+1e-9 {
				t.Fatalf("%+v leaves the plot", b)
			}
			heights[int((b.x+b.w/2)*float64(len(p.Slots)))] += b.h
		}
		for i, h := range heights {
			if math.Abs(h-p.total(i)/top) > 1e-6 {
				t.Fatalf("slot %d is %v high, want %v", i, h, p.total(i)/top)
			}
		}
	})
}

func TestAxisIsRoundAndShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawnChart(t)
		lines := p.axis()
		if len(lines) < 2 || len(lines) > 6 || lines[len(lines)-1] != 0 {
			t.Fatalf("axis %v", lines)
		}
		if lines[0] < p.top()*(1-1e-9) {
			t.Fatalf("axis ends at %v below %v", lines[0], p.top())
		}
		step := lines[len(lines)-2]
		for i := 1; i < len(lines); i++ {
			if math.Abs(lines[i-1]-lines[i]-step) > step*1e-6 {
				t.Fatalf("axis %v is uneven", lines)
			}
		}
	})
}

func drawnChart(t *rapid.T) ChartProps {
	slots := rapid.IntRange(1, 60).Draw(t, "slots")
	value := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 1e7).Draw(t, "value")) })
	values := rapid.SliceOfN(value, slots, slots)
	p := ChartProps{Kind: Bars, Slots: make([]SlotProps, slots)}
	for range rapid.IntRange(1, 8).Draw(t, "series") {
		p.Series = append(p.Series, SeriesProps{Values: values.Draw(t, "values")})
	}
	return p
}

func TestSharesAddUp(t *testing.T) {
	p := SharesProps{Label: "all", Parts: []PartProps{{Text: "a", N: 1}, {Text: "b", N: 0}, {Text: "c", N: 3}}}
	last := len(p.Parts) - 1
	if end := startOf(p, last) + shareOf(p, last); math.Abs(end-1) > 1e-9 {
		t.Errorf("the bar ends at %v", end)
	}
	if got := words(the(t, render(t, Shares(p)), "ul")); got != "a 1 25% b 0 0% c 3 75%" {
		t.Errorf("reads %q", got)
	}
}

func TestSparkStaysInItsPicture(t *testing.T) {
	root := render(t, Spark(SparkProps{Values: []float64{0, 5, 10}, Finding: "doubled"}))
	if got, want := attr(the(t, root, "polyline"), "points"), "2,16 36,9 70,2"; got != want {
		t.Errorf("points %q, want %q", got, want)
	}
	for _, values := range [][]float64{nil, {1}} {
		if n := len(each(render(t, Spark(SparkProps{Values: values})), "polyline")); n != 0 {
			t.Errorf("%v draws a line", values)
		}
	}
}
