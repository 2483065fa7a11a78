// Package handlers answers the dashboard's requests: it reads input, asks the
// store or the domain, and renders a page or redirects. Handlers return their
// errors; an Adapter turns those into pages. Page groups have
// packages of their own beside this one; the JSON API is in handlers/api.
//
// What all pages need:
//
//	dashboard.go               Dashboard: what the pages need of the program
//	adapter.go methods.go      errors to answers; wrong methods and unknown paths
//	query.go parameters.go     what each route reads from its query
//	forms.go render.go csv.go  forms, pages and downloads
//	inputs.go words.go         what several pages check, and say of a reason
//
// Who asks:
//
//	permissions.go             who may ask for a page; who asks, for pages and the audit log
//	sessions.go signin.go credentials.go turns.go   sessions, signing in, the pace of sign-ins
//	ownpassword.go settings.go audit.go   passwords, users and tokens, who did what
//	proxies.go                 the address of a client behind proxies
package handlers
