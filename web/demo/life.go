package demo

import (
	"slices"
	"time"

	"wherefore/domain"
)

const (
	demoHasty    = 0.02 // of the errors that end no connection, the share at which hasty sources end it
	demoHastier  = 0.5  // the same by the end, after it grew for some days
	refutedShare = 0.02 // of the disconnections, the share after which a call still succeeds
	sampledShare = 0.12 // of the failed calls, the share after which a success is sampled
	growthPeriod = 5 * 24 * time.Hour
)

// mistakenCauses are the causes that hasty sources take for the end of a connection.
var mistakenCauses = []domain.Cause{"rate-limited", "quota-exceeded", "platform-outage", "duplicate-content", "app-misconfigured"}

// needless decides whether a source disconnects a profile for a cause that ends no
// connection. The hasty ones do so more often in the last days.
func (d *demo) needless(s sender, cause domain.Cause, at time.Time) bool {
	if !s.hasty || !slices.Contains(mistakenCauses, cause) {
		return false
	}
	progress := 1 - float64(min(d.end.Sub(at), growthPeriod))/float64(growthPeriod)
	return d.random.Float64() < demoHasty+(demoHastier-demoHasty)*progress
}

// refute lets a call of a disconnected profile succeed at times before it is
// reconnected, so that the disconnection proves needless.
func (d *demo) refute(p shopProfile, at, cured time.Time) {
	if d.random.Float64() < refutedShare {
		d.succeed(p, at, cured)
	}
}

// sample reports at times that the profile of a failed call works again.
func (d *demo) sample(p shopProfile, at time.Time) {
	if d.random.Float64() < sampledShare {
		d.succeed(p, at, at.Add(6*time.Hour))
	}
}

// succeed reports a call that succeeds at some time between two others.
func (d *demo) succeed(p shopProfile, after, before time.Time) {
	if before.After(d.end) {
		before = d.end
	}
	if room := before.Sub(after); room > 0 {
		d.report(p, after.Add(d.within(room)), domain.Succeeded, domain.Sample{})
	}
}
