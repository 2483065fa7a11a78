package api_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// description is the API's OpenAPI document, as far as the tests hold answers
// against it.
type description struct {
	Paths map[string]map[string]struct {
		RequestBody struct{ Content map[string]any }
		Responses   map[string]struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct{ Schemas map[string]schema }
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       types
	Properties map[string]schema
	Required   []string
	Items      *schema
	AnyOf      []schema
	Enum       []any
}

// types are the JSON types that a schema allows: one, or a list.
type types []string

func (t *types) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(t))
	}
	*t = make(types, 1)
	return json.Unmarshal(b, &(*t)[0])
}

func readDescription(t *testing.T) description {
	t.Helper()
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// checkAnswer holds an answer against what is described for its path and status.
func checkAnswer(t *testing.T, method, path string, status int, answer any) {
	t.Helper()
	d := readDescription(t)
	operation, ok := d.Paths[described(path)][strings.ToLower(method)]
	if !ok {
		t.Errorf("%s %s is not described", method, path)
		return
	}
	response, ok := operation.Responses[fmt.Sprint(status)]
	if !ok {
		t.Errorf("%s %s: an answer of %d is not described", method, path, status)
		return
	}
	for _, content := range response.Content {
		if err := d.fits(content.Schema, answer, "answer"); err != nil {
			t.Errorf("%s %s: %d: %v", method, path, status, err)
		}
	}
}

// described is the path's name in the description.
func described(path string) string {
	path, _, _ = strings.Cut(path, "?")
	if strings.HasPrefix(path, "/api/v1/profiles/") {
		return "/api/v1/profiles/{profile_id}/reason"
	}
	return path
}

// fits reports what of v the schema does not allow.
func (d description) fits(s schema, v any, at string) error {
	if s.Ref != "" {
		return d.fits(d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]], v, at)
	}
	if len(s.AnyOf) > 0 {
		return d.fitsAny(s, v, at)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return fmt.Errorf("%s: %v is none of %v", at, v, s.Enum)
	}
	switch v := v.(type) {
	case map[string]any:
		return d.fitsObject(s, v, at)
	case []any:
		return d.fitsArray(s, v, at)
	case string:
		return typed(s, "string", at)
	case bool:
		return typed(s, "boolean", at)
	case float64:
		return typed(s, "integer", at)
	}
	return typed(s, "null", at)
}

func typed(s schema, want, at string) error {
	if !slices.Contains(s.Type, want) {
		return fmt.Errorf("%s: is a %s and described as %q", at, want, s.Type)
	}
	return nil
}

func (d description) fitsAny(s schema, v any, at string) error {
	var err error
	for _, option := range s.AnyOf {
		if err = d.fits(option, v, at); err == nil {
			return nil
		}
	}
	return err
}

func (d description) fitsArray(s schema, v []any, at string) error {
	if s.Items == nil {
		return fmt.Errorf("%s: is an array and not described as one", at)
	}
	for i, item := range v {
		if err := d.fits(*s.Items, item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
			return err
		}
	}
	return nil
}

func (d description) fitsObject(s schema, v map[string]any, at string) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s: %s is missing", at, name)
		}
	}
	for name, member := range v {
		property, ok := s.Properties[name]
		if !ok {
			return fmt.Errorf("%s: %s is not described", at, name)
		}
		if err := d.fits(property, member, at+"."+name); err != nil {
			return err
		}
	}
	return nil
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
