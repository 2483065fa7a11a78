// Package workbench answers the requests of the pages on which engineers change
// rulesets: a form is evaluated, tried on stored errors and promoted.
//
// Where to find what:
//
//	pages.go            what the pages need
//	workbench.go        the workbench's page, and what a new form is filled in from
//	form.go             the form as it was sent; form_editor.go its rows, form_refused.go its way back
//	evaluate.go         the form beside the live ruleset
//	samples.go          the errors that are shown beside the form
//	suggestions.go      likely reasons, and what a condition has to leave out
//	trial_run.go        a trial while its author waits; trial_start.go one in full
//	promote.go          from the form to a ruleset version
//	consent.go          what people accept, and what speaks against a change
//	pins.go             pinned errors; disputes.go explanations that somebody says are wrong
//	parsers.go          the live ruleset; parser_matches.go how often its parsers match, parser_days.go by day
//	rulesets.go         its versions; ruleset_diff.go what differs, ruleset_change.go retiring, moving and rolling back
//	proposals.go        versions that wait for a second person
//	shadow_start.go     from the form to a shadow run, and back
//	reparses.go         stored errors that are parsed again by a new version
//	drafts.go           forms that are kept
package workbench
