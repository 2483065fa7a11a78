package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is the API's OpenAPI document, as far as the tests look names up in it.
type description struct {
	Paths map[string]map[string]struct {
		RequestBody struct{ Content map[string]any }
		Responses   map[string]struct{ Content map[string]any }
	}
	Components struct {
		Schemas map[string]struct {
			Properties map[string]any
			Required   []string
		}
	}
}

func readDescription(t *testing.T) description {
	t.Helper()
	raw, err := os.ReadFile(described)
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

const described = "openapi.json"

// schemas are those of the description, which are JSON Schema 2020-12 as OpenAPI
// 3.1 has it. Formats are asserted.
type schemas struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
}

var readSchemas = sync.OnceValues(func() (*schemas, error) {
	file, err := os.Open(described)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	return &schemas{compiler: c}, c.AddResource(described, document)
})

// at compiles the schema at a place in the description, once.
func (s *schemas) at(place ...string) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pointer := described + "#"
	for _, name := range place {
		pointer += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return s.compiler.Compile(pointer)
}

// checkAnswer holds an answer against what is described for its path, status
// and content type.
func checkAnswer(t *testing.T, method, path string, status int, contentType string, body []byte) {
	t.Helper()
	if err := fits(method, path, status, contentType, body); err != nil {
		t.Errorf("%s %s: %d as %s: %v", method, path, status, contentType, err)
	}
}

func fits(method, path string, status int, contentType string, body []byte) error {
	s, err := readSchemas()
	if err != nil {
		return err
	}
	schema, err := s.at("paths", route(path), strings.ToLower(method), "responses", strconv.Itoa(status), "content", contentType, "schema")
	if err != nil {
		return fmt.Errorf("it is not described: %w", err)
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(answer)
}

// route is the path's name in the description.
func route(path string) string {
	path, _, _ = strings.Cut(path, "?")
	if strings.HasPrefix(path, "/api/v1/profiles/") {
		return "/api/v1/profiles/{profile_id}/reason"
	}
	return path
}

func TestAnswersOtherThanDescribedAreNoticed(t *testing.T) {
	const known = `"profile_id": "p", "network": "x", "state": "connected", "outcome": "none", "current": false, "needless": false, "reason": null`
	for _, tt := range []struct{ what, since, more string }{
		{"nothing", `"2026-11-20T10:00:00Z"`, ""},
		{"a time that is none", `"yesterday"`, ""},
		{"a field that nobody knows", `"2026-11-20T10:00:00Z"`, `, "odd": 1`},
		{"a reason that is half told", `"2026-11-20T10:00:00Z"`, `, "reason": {"id": "x.outage"}`},
	} {
		err := fits("GET", "/api/v1/reason", 200, "application/json", []byte("{"+known+`, "since": `+tt.since+tt.more+"}"))
		if (err == nil) != (tt.what == "nothing") {
			t.Errorf("wrong is %s, noticed is %v", tt.what, err)
		}
	}
	for _, other := range []struct {
		path, contentType string
		status            int
	}{{"/api/v1/nothing", "application/json", 200}, {"/api/v1/reason", "application/json", 418}, {"/api/v1/reason", "text/html", 200}} {
		if err := fits("GET", other.path, other.status, other.contentType, []byte("{}")); err == nil {
			t.Errorf("%v is described", other)
		}
	}
}

// TestAnswersHaveDescribedFieldsOnly holds that each object in an answer says
// what else may stand in it: a schema that leaves that open allows everything.
func TestAnswersHaveDescribedFieldsOnly(t *testing.T) {
	s, err := readSchemas()
	if err != nil {
		t.Fatal(err)
	}
	for path, operations := range readDescription(t).Paths {
		for method, operation := range operations {
			for status, response := range operation.Responses {
				for contentType := range response.Content {
					schema, err := s.at("paths", path, method, "responses", status, "content", contentType, "schema")
					if err != nil {
						t.Fatal(err)
					}
					checkClosed(t, schema, map[*jsonschema.Schema]bool{})
				}
			}
		}
	}
}

func checkClosed(t *testing.T, s *jsonschema.Schema, seen map[*jsonschema.Schema]bool) {
	t.Helper()
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	if len(s.Properties) > 0 && s.AdditionalProperties == nil {
		t.Errorf("%s leaves open what else it has", s.Location)
	}
	parts := slices.Concat(s.AnyOf, s.OneOf, s.AllOf, slices.Collect(maps.Values(s.Properties)), []*jsonschema.Schema{s.Ref, s.Items2020})
	if more, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		parts = append(parts, more)
	}
	for _, part := range parts {
		checkClosed(t, part, seen)
	}
}

// TestDescribedFieldsAreRead holds the description of an event against what is
// read of one: a list in place of a field's value is noticed.
func TestDescribedFieldsAreRead(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name := range readDescription(t).Components.Schemas["Event"].Properties {
		event := map[string]any{"id": "of " + name, "profile_id": "p", "network": "facebook", "error": "x", name: []any{}}
		if name == "error" {
			delete(event, name)
		}
		body, _ := json.Marshal(event)
		_, got := s.call("POST", "/api/v1/events", string(body))
		result := got["results"].([]any)[0].(map[string]any)
		mended, _ := result["mended"].([]any)
		if result["field"] != name && !slices.Contains(mended, any(name)) {
			t.Errorf("%s as a list: %v", name, got)
		}
	}
}

func TestNullsAndUnknownFieldsAreAllowed(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	event := map[string]any{}
	schema := readDescription(t).Components.Schemas["Event"]
	for name := range schema.Properties {
		event[name] = nil
	}
	for _, name := range schema.Required {
		event[name] = "some"
	}
	event["network"], event["a field of tomorrow"] = "facebook", map[string]any{"a": 1}
	body, _ := json.Marshal(event)
	if _, got := s.call("POST", "/api/v1/events", string(body)); counts(got) != "1 0 0" || len(got["results"].([]any)) != 0 {
		t.Errorf("%s: %v", body, got)
	}
}
