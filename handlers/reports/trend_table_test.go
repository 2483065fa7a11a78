package reports

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
)

// Every point is in one row and one slot, whatever it is told apart by.
func TestTrendRowsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := views.Query{}.With("period", rapid.SampledFrom([]string{"24h", "7d", "30d", "90d"}).Draw(t, "period"))
		span, err := views.ReadTrendSpan(q, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		asked := trends{query: q, span: span, now: time.Date(2026, 11, 21, rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, time.UTC)}
		asked.by = rapid.SampledFrom([]views.TrendKey{views.TrendByReason, views.TrendByNetwork, views.TrendByCategory}).Draw(t, "by")
		window := span.Window(asked.now)
		asked.filter = store.TrendFilter{From: window.From, To: window.To}
		want := 0
		for range rapid.IntRange(0, 50).Draw(t, "points") {
			n := rapid.IntRange(0, 9).Draw(t, "errors")
			want += n
			network := rapid.SampledFrom(domain.Networks()).Draw(t, "network")
			reason := rapid.SampledFrom([]domain.ReasonID{"", domain.Reason(network, "token-expired"), domain.Reason(network, "bad-request")}).Draw(t, "reason")
			at := window.From.Add(time.Duration(rapid.IntRange(0, span.Slots-1).Draw(t, "slot")) * span.Slot)
			asked.points = append(asked.points, store.TrendPoint{At: at, Network: network, Reason: reason, Events: n})
		}
		p := asked.props()
		got := 0
		for i, row := range p.Rows {
			got += countOf(row.Errors)
			if slices.ContainsFunc(p.Rows[:i], func(r views.TrendRowProps) bool { return r.Key == row.Key }) {
				t.Fatalf("%q has two rows", row.Key)
			}
		}
		if got != want || countOf(p.All) != want {
			t.Fatalf("rows count %d, slots %d, points %d", got, countOf(p.All), want)
		}
		whole := window.To.Equal(window.To.Truncate(span.Slot))
		if last := p.Slots[len(p.Slots)-1]; last.Partial == whole || !last.Window.To.Equal(window.To) || p.Slots[0].Partial {
			t.Fatalf("slots end with %+v", last)
		}
	})
}
