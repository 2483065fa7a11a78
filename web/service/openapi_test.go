package service

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryAPIRouteIsDescribed holds the API's description against the routes.
func TestEveryAPIRouteIsDescribed(t *testing.T) {
	source, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var routed []string
	for _, m := range regexp.MustCompile(`"([A-Z]+ /api/v1/[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		if m[1] != "GET /api/v1/openapi.json" {
			routed = append(routed, m[1])
		}
	}
	raw, err := os.ReadFile("../../handlers/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var description struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(raw, &description); err != nil {
		t.Fatal(err)
	}
	var described []string
	for path, operations := range description.Paths {
		for method := range operations {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routed)
	slices.Sort(described)
	if len(routed) == 0 || !slices.Equal(routed, described) {
		t.Errorf("routed    %q\ndescribed %q", routed, described)
	}
}
