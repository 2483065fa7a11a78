// Package administration answers the requests of the pages of administrators.
//
//	pages.go      what the pages need
//	settings.go   users, tokens, and which networks require approval
//	audit.go      who did what
package administration
