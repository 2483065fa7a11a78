// Package store is the only place that speaks SQL. Reads are nouns, writes are
// verbs. Errors that a caller can act on carry a domain.Kind: NotFound,
// Conflict, Invalid with the field's name, or Unavailable when the database is
// away, busy or too slow; any other error is a defect.
//
// What all files need:
//
//	store.go connection.go plans.go tx.go   the pools, connections that end with their context, prepared statements, transactions
//	errors.go rows.go page.go      errors of the driver, arrays for bulk statements, pages of lists
//	migrate.go clock.go            migrations and partitions; the database's clock
//	notify.go                      notifications of what changed
//	predicate.go                   conditions of SQL that are put together, conditions of parsers among them
//
// Events and what is counted of them:
//
//	intake.go                      what sources send, committed together
//	ingest.go eventrows.go eventkeys.go   adding of events in one transaction
//	profiles.go profilestates.go spells.go worked.go lostby.go   profiles, and what their events say of them
//	events.go eventpages.go eventgroups.go affected.go   lists of events, their counts, and the profiles behind them
//	storedevents.go samples.go     stored errors, read again
//	reasons.go                     why a profile is disconnected
//	impacts.go impactparts.go impactlists.go impactrecount.go   what errors did to profiles, counted from packed lists
//	missingfields.go               fields that sources left out, that were mended or looked up
//	directory.go directoryquery.go directorydemo.go   the company's own database of profiles: look-ups, its SQL, and one for the demo
//	counts.go trends.go outages.go needless.go parserdays.go   counts, and lists of them
//	source*.go tokens.go           the services that send
//	quarantine*.go                 what can't be an event
//	hashkeys.go                    the key of hashed ids
//
// Rulesets:
//
//	rulesets.go rulesetversions.go   versions, and how one is made
//	promotions.go changes.go proposals.go rulesetcheck.go   changes, and what they are checked by
//	builtins.go catalog.go         the parsers and reasons of the program
//	pins.go disputes.go drafts.go shadows.go   pinned errors, disputes, forms that are kept, shadow runs
//	trial*.go                      trials over stored errors
//
// Clusters:
//
//	grouping.go grouping_leaves.go placement.go   the grouping of shapes, what of it is in memory, and their clusters
//	cluster*.go occurrences.go     clusters, how people change them, and when they were seen
//
// Background jobs:
//
//	jobs.go                        the queue
//	reparses.go regroupings.go replays.go replaystep.go   a step of each kind
//
// People:
//
//	users.go sessions.go signins.go audit.go   users, sessions, the pace of sign-ins, who did what
package store
