// Package events answers the requests of the pages of events: lists of them, of
// the profiles in them, and one event.
//
//	pages.go           what the pages need
//	disconnections.go  the list, and its filter
//	needless.go        disconnections that were needless
//	affected.go        the profiles in a list
//	event.go           one event; event_pins.go pinning and disputing it
package events
