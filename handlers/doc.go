// Package handlers holds what all pages of the dashboard need; each page group has
// a package of its own beside it, named like its addresses. A page reads its input,
// asks the store or the domain, and renders or redirects. It returns its error; an
// Adapter turns that into a page. What each route reads is in handlers/input.
//
// Requests and answers:
//
//	adapter.go methods.go      errors to answers; wrong methods and unknown paths
//	locale.go                  the language of an answer
//	forms.go render.go csv.go  forms, pages and downloads
//	checks.go words.go         what several pages check, and say of a reason
//
// Who asks:
//
//	permissions.go             who may ask for a page; who asks, for pages and the audit log
//	sessions.go signin.go credentials.go turns.go   sessions, signing in, the pace of sign-ins
//	ownpassword.go             the own password
//	proxies.go                 the address of a client behind proxies
package handlers
