// Package demo fills an empty database with users and a made-up history, in which
// every situation that the product knows occurs.
//
//	demo.go        Fill, which stores it, and Password
//	history.go     the events of a history: when which profile has which trouble
//	shops.go       the profiles, their networks and what sends their events
//	life.go        signs of life: needless disconnections and calls that succeed
//	directory.go   the company's own database of profiles, and a source that leaves fields out
//	drafts.go      unfinished work on parsers
//	quarantine.go  what can't be used, and sources that are silent
package demo
