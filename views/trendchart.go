package views

import (
	"strings"

	"github.com/a-h/templ"

	"wherefore/domain"
	"wherefore/domain/anomaly"
	"wherefore/views/ui"
)

// trendSeries is how many rows the chart tells apart; the rest are "others".
const trendSeries = 8

// chart stacks the biggest rows and, where it says something, draws the whole
// of the period before over them.
func (p TrendsProps) chart() ui.ChartProps {
	c := ui.ChartProps{Title: p.chartTitle(), Finding: p.Finding(), Kind: ui.Bars, Slot: p.Span.Slot}
	if p.AsShare {
		c.Format = ui.Share
	}
	for i, slot := range p.Slots {
		c.Slots = append(c.Slots, ui.SlotProps{At: slot.Window.From, URL: p.slotRows(i), Partial: slot.Partial, Note: slot.Note})
	}
	top := p.Rows
	if len(top) > trendSeries+1 { // one more fits in the place of "others"
		top = top[:trendSeries]
	}
	for _, r := range top {
		c.Series = append(c.Series, ui.SeriesProps{Name: p.keyName(r.Key), Values: p.values(r.Errors, p.All), URLs: p.slotURLs(func(i int) templ.SafeURL {
			return p.rows(p.Slots[i].Window, r.Key)
		})})
	}
	if rest := p.Rows[len(top):]; len(rest) > 0 {
		c.Series = append(c.Series, ui.SeriesProps{Name: ui.Number(len(rest)) + " others", Tone: ui.Plain, Values: p.values(p.sums(rest, errorsOf), p.All)})
	} else if len(top) > trendSeries {
		c.Series[trendSeries].Tone = ui.Plain
	}
	if sum(p.sums(p.Rows, beforeOf)) > 0 && (!p.AsShare || p.partOfAll()) {
		c.Series = append(c.Series, ui.SeriesProps{Name: p.Span.Words + " before, in all", Before: true, Tone: ui.Bad, Values: p.values(p.sums(p.Rows, beforeOf), p.AllBefore), URLs: p.slotURLs(p.slotRowsBefore)})
	}
	return c
}

func (p TrendsProps) chartTitle() string {
	what := "Errors"
	switch domain.EventType(p.Query.Get("type")) {
	case domain.Disconnected:
		what = "Disconnections"
	case domain.Failed:
		what = "Failed calls"
	}
	if p.AsShare {
		what = "Share of " + strings.ToLower(what)
	}
	return what + " by " + string(p.By) + ", each " + p.Span.unit() + " of " + p.Span.Words
}

// values are counts, or their shares of all.
func (p TrendsProps) values(counts, all []int) []float64 {
	values := floats(counts)
	if !p.AsShare {
		return values
	}
	for i := range values {
		values[i] /= float64(all[i]) // NaN, which is no value, for 0 of 0
	}
	return values
}

// partOfAll reports whether the rows are less than all errors.
func (p TrendsProps) partOfAll() bool { return !p.Query.Only("category", "side", "reason").Empty() }

func errorsOf(r TrendRowProps) []int { return r.Errors }
func beforeOf(r TrendRowProps) []int { return r.Before }

// sums adds rows up, slot by slot.
func (p TrendsProps) sums(rows []TrendRowProps, of func(TrendRowProps) []int) []int {
	sums := make([]int, len(p.Slots))
	for _, r := range rows {
		for i, n := range of(r) {
			sums[i] += n
		}
	}
	return sums
}

func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

func (p TrendsProps) past() int { return sum(p.sums(p.Rows, beforeOf)) }

// comparable is false when most likely nobody sent events in the period before.
func (p TrendsProps) comparable() bool { return p.past()*20 >= p.errors() }

func (p TrendsProps) errors() int { return sum(p.sums(p.Rows, errorsOf)) }

// Finding is the chart in one sentence or two.
func (p TrendsProps) Finding() string {
	errors, past := p.errors(), p.past()
	finding := ui.Plural(errors, "error", "errors")
	switch {
	case past == 0:
		return finding + ", and none in the " + p.Span.Words + " before to compare with."
	case !p.comparable():
		return finding + ", and only " + ui.Number(past) + " in the " + p.Span.Words + " before: too few to compare with."
	}
	finding += ", " + ui.Change(errors, past) + " on the " + p.Span.Words + " before."
	mover, by := p.mover()
	if len(p.Rows) < 2 || by == 0 {
		return finding
	}
	change := " Grown most: "
	if by < 0 {
		change = " Fallen most: "
	}
	return finding + change + p.keyName(mover.Key) + ", from " + ui.Number(sum(mover.Before)) + " to " + ui.Number(sum(mover.Errors)) + "."
}

// change is by how much a row changed, where that says anything.
func (p TrendsProps) change(errors, before int) templ.Component {
	if !p.comparable() {
		return ui.Quiet("–")
	}
	return ui.Text(ui.Change(errors, before))
}

// mover is the row that changed most beyond chance, and by how much: one that
// grew if any did, else one that fell. By is 0 when nothing moved.
func (p TrendsProps) mover() (mover TrendRowProps, by int) {
	for _, r := range p.Rows {
		now, before := sum(r.Errors), sum(r.Before)
		if !anomaly.Moved(now, before) {
			continue
		}
		change := now - before
		if change > max(by, 0) || by <= 0 && change < by {
			mover, by = r, change
		}
	}
	return mover, by
}

// window is that of all slots.
func (p TrendsProps) window() Window {
	return Window{p.Slots[0].Window.From, p.Slots[len(p.Slots)-1].Window.To}
}

// windowBefore is that of the period before, up to the same hour.
func (p TrendsProps) windowBefore() Window {
	return Window{p.window().From.Add(-p.Span.Length()), p.Until}
}

// slotRows are the errors of a slot, "" if the list can't choose them.
func (p TrendsProps) slotRows(i int) templ.SafeURL { return p.windowRows(p.Slots[i].Window) }

func (p TrendsProps) windowRows(w Window) templ.SafeURL {
	if p.Query.Get("side") != "" {
		return ""
	}
	return w.rows(p.Query.Only("network", "category", "type", "reason"))
}

// rows are the errors of a row in a window, "" if the list can't choose them:
// it does not know sides, so only a single reason's are the same.
func (p TrendsProps) rows(w Window, key string) templ.SafeURL {
	return p.listed(DisconnectionsURL, w, key)
}

// listed is the address of a list of a row's errors, or of what has them.
func (p TrendsProps) listed(list func(Query) templ.SafeURL, w Window, key string) templ.SafeURL {
	q := w.of(p.Query.Only("network", "category", "type", "reason"))
	switch {
	case key == "":
		return list(q.With("reason", UnparsedReason))
	case p.Query.Get("side") != "" && p.By != TrendByReason:
		return ""
	default:
		return list(q.With(string(p.By), key))
	}
}

// slotRowsBefore are the errors of the same slot in the period before.
func (p TrendsProps) slotRowsBefore(i int) templ.SafeURL {
	w := p.Slots[i].Window
	return p.windowRows(Window{w.From.Add(-p.Span.Length()), w.To.Add(-p.Span.Length())})
}

func (p TrendsProps) slotURLs(rows func(slot int) templ.SafeURL) []templ.SafeURL {
	urls := make([]templ.SafeURL, len(p.Slots))
	for i := range p.Slots {
		urls[i] = rows(i)
	}
	return urls
}

// keyName is what a row is called.
func (p TrendsProps) keyName(key string) string {
	switch {
	case key == "":
		return UnparsedReason
	case p.By == TrendByNetwork:
		return domain.Network(key).Name()
	default:
		return key
	}
}
