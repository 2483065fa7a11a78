// Package trial compares the live ruleset of a network with the one that would
// follow it, over stored events, before anything changes.
//
//	trial.go      a trial, and its effect on one event
//	counter.go    counts of effects
//	partial.go    counting on all processors: each goroutine has a counter, and they merge
//	coverage.go   in how many errors the facts are that the candidate reads
//	result.go     the counts in the form that is stored
//	estimator.go  the effect on an event that was not read, from its stored verdict
package trial
