package reports

import (
	"cmp"
	"slices"
	"time"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/views"
)

// trends is what is asked for, and the counts that answer it.
type trends struct {
	query   views.Query
	span    views.TrendSpan
	now     time.Time
	by      views.TrendKey
	filter  store.TrendFilter
	reasons []domain.ReasonID // nil: all, unparsed included
	points  []store.TrendPoint
	before  []store.TrendPoint // of the period before
}

// defaultKey tells the hundreds of reasons of all networks apart by category,
// and fewer of them by reason.
func defaultKey(q views.Query) views.TrendKey {
	if q.Only("network", "category", "side", "reason").Empty() {
		return views.TrendByCategory
	}
	return views.TrendByReason
}

// filterBefore chooses the period before, up to the hour of the day or the week
// that it is now: a day that has just begun is not compared with a whole one.
func (t trends) filterBefore() store.TrendFilter {
	f := t.filter
	f.From, f.To = f.From.Add(-t.span.Length()), t.until()
	return f
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (t trends) until() time.Time { return t.filter.To.Add(-t.span.Length()) }

// props spreads the counts over rows and slots.
func (t trends) props() views.TrendsProps {
	p := views.TrendsProps{
		Now: t.now, Query: t.query, Span: t.span, By: t.by, AsShare: t.query.Get("as") == "share", Until: t.until(),
		All: make([]int, t.span.Slots), AllBefore: make([]int, t.span.Slots),
	}
	for i := range t.span.Slots {
		from := t.filter.From.Add(time.Duration(i) * t.span.Slot)
		to := from.Add(t.span.Slot)
		p.Slots = append(p.Slots, views.TrendSlotProps{
			Window: views.Window{From: from, To: earlier(to, t.filter.To)}, Partial: to.After(t.filter.To),
		})
	}
	rows := map[string]*views.TrendRowProps{}
	t.spread(t.points, t.filter.From, rows, p.All, func(r *views.TrendRowProps) []int { return r.Errors })
	t.spread(t.before, t.filterBefore().From, rows, p.AllBefore, func(r *views.TrendRowProps) []int { return r.Before })
	for _, row := range rows {
		p.Rows = append(p.Rows, *row)
	}
	slices.SortFunc(p.Rows, func(a, b views.TrendRowProps) int {
		return cmp.Or(countOf(b.Errors)-countOf(a.Errors), countOf(b.Before)-countOf(a.Before), cmp.Compare(a.Key, b.Key))
	})
	return p
}

// spread adds points that begin at from to all, and those of the reasons that
// are asked for to their rows.
func (t trends) spread(points []store.TrendPoint, from time.Time, rows map[string]*views.TrendRowProps, all []int, of func(*views.TrendRowProps) []int) {
	for _, point := range points {
		slot := int(point.At.Sub(from) / t.span.Slot)
		all[slot] += point.Events
		if point.Events == 0 || t.reasons != nil && !slices.Contains(t.reasons, point.Reason) {
			continue
		}
		key := t.key(point)
		if rows[key] == nil {
			rows[key] = &views.TrendRowProps{Key: key, Errors: make([]int, t.span.Slots), Before: make([]int, t.span.Slots)}
		}
		of(rows[key])[slot] += point.Events
	}
}

func (t trends) key(point store.TrendPoint) string {
	switch t.by {
	case views.TrendByNetwork:
		return string(point.Network)
	case views.TrendByCategory:
		info, _ := point.Reason.Cause().Info()
		return string(info.Category)
	default:
		return string(point.Reason)
	}
}

func countOf(counts []int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}
