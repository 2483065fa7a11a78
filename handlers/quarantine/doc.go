// Package quarantine answers the requests of the pages of what could not be used,
// and of what each source sent.
//
//	pages.go        what the pages need
//	quarantine.go   the list; entry.go one entry, replay and discard
//	sources.go      sources: volume, missing and mended fields
//	lookups.go      what was looked up in the directory
package quarantine
