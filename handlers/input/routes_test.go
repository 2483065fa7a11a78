package input

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// Each route that is said to read something is one that the service has.
func TestRoutesExist(t *testing.T) {
	source, err := os.ReadFile("../../web/service/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	has := func(pattern string) {
		if !strings.Contains(string(source), "("+strconv.Quote(pattern)) {
			t.Errorf("there is no route %s", pattern)
		}
	}
	for pattern := range parameters {
		has(pattern)
	}
	for pattern := range forms {
		has(pattern)
	}
}
