// Package views holds the pages: one templ file for each group of them, made of
// the parts in views/ui. A page gets all it shows in its properties; nothing is
// fetched while rendering.
//
//	urls.go query.go window.go period.go   addresses of pages, and what stands in their queries
//	layout.templ sections.go               the frame around each page, and its navigation
//	error.templ signin.templ password.templ   errors, signing in, the own password
//	vocabulary.go eventrow.templ           words and cells that many pages share
//
//	overview.templ runninghour.templ       the last day
//	disconnections.templ needless.templ affected.templ   events, and the profiles behind counts
//	events.templ                           one event
//	profile*.templ                         profiles: look-up, and one with its timeline
//	reasons.templ                          the catalogue
//	trend*                                 reasons over time
//	cluster*                               clusters, and how people change them
//
//	workbench.templ editor.templ reasonpicker.templ samplefacts.templ   writing of a parser
//	trial* drafts.templ pins.templ disputes.templ shadow*   what is known of a candidate
//	parsers.templ rateanomalies.templ ruleset* proposals.templ reparses.templ   live rulesets and their versions
//
//	quarantine*.templ replays.templ sources.templ lookups.templ   what could not be used, by source, and what was looked up
//	audit.templ settings.templ             who did what; users and tokens
package views
