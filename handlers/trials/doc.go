// Package trials answers the requests of the pages that show what a candidate would
// change: in stored errors by a trial, in arriving ones by a shadow run.
//
// Where to find what:
//
//	pages.go            what the pages need
//	trials.go           trials in full, with pages of their own
//	trial_run.go        the run over stored errors
//	trial_result.go     what a trial counted; trial_events.go which errors
//	shadow_runs.go      parsers that are asked and answer nothing
package trials
