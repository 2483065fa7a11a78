// Package workbench answers the requests of the pages on which engineers write
// parsers: a form is evaluated, tried on stored errors and promoted.
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
//	pins.go             pins of the parser that is written
//	parser_matches.go   how often it matches by day
//	shadow_start.go     from the form to a shadow run, and back
//	drafts.go           forms that are kept
package workbench
