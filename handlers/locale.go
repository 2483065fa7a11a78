package handlers

import (
	"net/http"
	"strings"

	"wherefore/domain/catalog"
	"wherefore/handlers/input"
)

// Locale is the language of the answer's words: that of the query's locale, else
// the best of those that the client accepts, else English.
func Locale(w http.ResponseWriter, r *http.Request) string {
	w.Header().Add("Vary", "Accept-Language")
	if asked := input.Locale.In(input.Of(r)); asked != "" {
		return asked
	}
	accepted, _ := catalog.Locale(strings.Join(r.Header.Values("Accept-Language"), ","))
	return accepted
}
