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
	mux := http.NewServeMux()
	for _, pattern := range Patterns(t, file) {
		mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	return mux
}

// Patterns lists the patterns that Routes has.
func Patterns(t *testing.T, file string) []string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for _, m := range regexp.MustCompile(`"((?:GET|POST) /[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		patterns = append(patterns, m[1])
	}
	return patterns
}
