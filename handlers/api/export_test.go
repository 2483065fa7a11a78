package api

import (
	"time"

	"golang.org/x/time/rate"
)

// MaxInFlight is what Hold can take at most.
const MaxInFlight = maxInFlight

// InFlight is how many bytes requests take at the moment.
func (a *API) InFlight() int64 { return a.inFlight.bytes.Load() }

// Hold takes what a request of n bytes would.
func (a *API) Hold(n int) (release func(), err error) {
	s := &share{of: &a.inFlight}
	return s.release, s.take(n)
}

// MaxLimiters is after how many limiters those that are not needed are forgotten.
const MaxLimiters = maxLimiters

// Limiters is how many there are.
func (a *API) Limiters() int { return len(a.limiters.sources) }

// Spend uses up what a source may send for a long time.
func (a *API) Spend(source int64) {
	l := a.limiters.of(source, a.Rates)
	for _, one := range []*rate.Limiter{l.requests, l.events} {
		for range 100 {
			if one != nil {
				one.ReserveN(time.Now(), one.Burst())
			}
		}
	}
}

// Limit makes the limiter of a source.
func (a *API) Limit(source int64) { a.limiters.of(source, a.Rates) }
