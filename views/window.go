package views

import (
	"time"

	"github.com/a-h/templ"
)

// Window is a period of whole hours in UTC, To exclusive; without To it goes on
// until now. Counts are kept by the hour, so only such a window has exactly the rows
// that a number counts.
type Window struct{ From, To time.Time }

// LastHours is the window of the last n full hours. The hour that runs is left out,
// so that the window can be compared with an earlier one.
func LastHours(now time.Time, n int) Window {
	to := now.UTC().Truncate(time.Hour)
	return Window{to.Add(-time.Duration(n) * time.Hour), to}
}

// LastDays is the window of the last n days, the one that runs now included.
func LastDays(now time.Time, n int) Window {
	to := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
	return Window{to.AddDate(0, 0, -n), to}
}

// Earlier is the window moved back by whole days.
func (w Window) Earlier(days int) Window {
	return Window{w.From.AddDate(0, 0, -days), w.To.AddDate(0, 0, -days)}
}

// of narrows a query to the window.
func (w Window) of(q Query) Query {
	q = q.With("from", w.From.Format(time.RFC3339)).Without("to", "period")
	if !w.To.IsZero() {
		q = q.With("to", w.To.Format(time.RFC3339))
	}
	return q
}

// rows are the errors of the window that a query chooses.
func (w Window) rows(q Query) templ.SafeURL { return DisconnectionsURL(w.of(q)) }

// profiles are the profiles that have these errors.
func (w Window) profiles(q Query) templ.SafeURL { return AffectedURL(w.of(q)) }
