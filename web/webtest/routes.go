package webtest

import (
	"net/http"
	"os"
	"regexp"
	"testing"
)

// Routes has every pattern of the file that lists the routes, but not the ones that
// catch all.
func Routes(t *testing.T, file string) *http.ServeMux {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, m := range regexp.MustCompile(`"((?:GET|POST) /[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		mux.HandleFunc(m[1], func(http.ResponseWriter, *http.Request) {})
	}
	return mux
}
