// Package api is the JSON API that other services call. It takes bearer
// tokens only, and answers every error as problem+json.
//
//	api.go          API, and the check of the token
//	problem.go      errors as problem+json; JSON answers
//	openapi.go      the description of the API
//
//	events.go       POST /api/v1/events
//	body.go         reading of bodies, and the bound on the memory they take together
//	rate.go         how much each source may send
//	batch.go        a body to items, by its content type
//	split.go object.go   whole objects in a body that is damaged
//	json.go         JSON read by hand, for split.go and item.go
//	item.go         an item to an event, field by field
//	mend.go         cleaning of optional fields
//	scrub.go        removing of secrets from fields and ids
//	directory.go    what the company's own database tells of profiles
//	intake.go       what becomes of each item: accepted, duplicate or quarantined
//	quarantine.go   entries in quarantine, read again
//
//	reasons.go      why profiles are disconnected
//	parse.go        a verdict for an error that is not stored
//	catalog.go      networks and reasons with their words
package api
