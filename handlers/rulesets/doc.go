// Package rulesets answers the requests of the pages that show the rulesets of the
// networks, live and as they were, and of the changes that need no new condition.
//
// Where to find what:
//
//	pages.go            what the pages need
//	parsers.go          the live ruleset; parser_days.go how often its parsers match by day
//	live.go             the live ruleset and its compiled form
//	rulesets.go         its versions; ruleset_diff.go what differs, ruleset_change.go retiring, moving and rolling back
//	consent.go          what people accept, and what speaks against a change
//	proposals.go        versions that wait for a second person
//	pins.go             pinned errors; disputes.go explanations that somebody says are wrong
//	reparses.go         stored errors that are parsed again by a new version
package rulesets
