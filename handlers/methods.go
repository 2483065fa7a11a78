package handlers

import (
	"fmt"
	"net/http"
	"strings"

	"wherefore/domain"
)

// wrongMethod is the error of a request whose path exists for other methods.
type wrongMethod struct{ asked, allowed string }

func (e wrongMethod) Error() string {
	return fmt.Sprintf("%s can't be used here; use %s.", e.asked, strings.ReplaceAll(e.allowed, ", ", " or "))
}

// Nothing answers what no other pattern of a router takes. The router itself
// would answer 405 for a path that it knows by another method, were it not that
// the pattern of Nothing takes all of them.
func Nothing(mux *http.ServeMux) Func {
	return func(_ http.ResponseWriter, r *http.Request) error {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			_, pattern := mux.Handler(&http.Request{Method: method, URL: r.URL, Host: r.Host})
			if strings.Contains(pattern, " ") { // it names its method
				allowed = append(allowed, method)
			}
		}
		if len(allowed) > 0 {
			return wrongMethod{r.Method, strings.Join(allowed, ", ")}
		}
		return domain.Errorf(domain.NotFound, "There is no such page.")
	}
}
