package api

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wherefore/handlers"
)

// Rates are how many requests and events a source may send to one replica per second;
// 0 is no limit.
type Rates struct{ Requests, Events int }

const (
	burstSeconds = 10    // a source that was silent for so long may send as much at once
	maxLimiters  = 1_000 // sources beyond are remembered only while they send
)

// limiters hold each source to its rates.
type limiters struct {
	mu      sync.Mutex
	sources map[int64]sourceLimiter
}

// sourceLimiter is that of one source; nil is no limit.
type sourceLimiter struct{ requests, events *rate.Limiter }

func (l *limiters) of(sourceID int64, rates Rates) sourceLimiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.sources[sourceID]
	if ok {
		return s
	}
	if len(l.sources) >= maxLimiters {
		maps.DeleteFunc(l.sources, func(_ int64, s sourceLimiter) bool { return isFull(s.requests) && isFull(s.events) })
	}
	if l.sources == nil {
		l.sources = map[int64]sourceLimiter{}
	}
	s = sourceLimiter{newLimiter(rates.Requests, 1), newLimiter(rates.Events, maxItems)}
	l.sources[sourceID] = s
	return s
}

// newLimiter returns a limiter that lets at least a number through at once.
func newLimiter(perSecond, atLeast int) *rate.Limiter {
	if perSecond == 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perSecond), max(burstSeconds*perSecond, atLeast))
}

// isFull reports whether a limiter is as good as a new one.
func isFull(l *rate.Limiter) bool { return l == nil || l.Tokens() >= float64(l.Burst()) }

// takeFrom takes n of what a limiter lets through; TooMany, with the time after which
// to come back, when there are fewer left.
func takeFrom(l *rate.Limiter, n int, what string) error {
	if l == nil {
		return nil
	}
	now := time.Now()
	reserved := l.ReserveN(now, n)
	wait := reserved.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reserved.CancelAt(now)
	return handlers.RetryIn(wait, fmt.Sprintf("A source may send %.0f %s a second. Send the same again after the time in Retry-After.", float64(l.Limit()), what))
}
