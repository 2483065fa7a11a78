package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// runWith runs a command as main does, on text.
func runWith(t *testing.T, stdin string, args ...string) (stdout string, err error) {
	t.Helper()
	var out bytes.Buffer
	err = run(context.Background(), env{
		args: args, getenv: func(string) string { return "" }, stdin: strings.NewReader(stdin), stdout: &out, stderr: &out,
	})
	return out.String(), err
}

func TestParseAnswersEachLineInItsPlace(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2<<20)
	tests := []struct{ name, line, want string }{
		{"parsed", `{"id":"a","network":"facebook","http_status":400,"error":{"error":{"type":"OAuthException","code":190,"error_subcode":460}}}`,
			`"id":"a","network":"facebook","reason":"facebook.user-changed-password","category":"reconnect"`},
		{"facts", `{"network":"facebook","error":{"error":{"code":190,"error_subcode":460}}}`, `"format":"json","code":"190","subcode":"460"`},
		{"evidence", `{"network":"facebook","error":{"error":{"code":190,"error_subcode":460}}}`, `{"fact":"code","value":"190","match":"190"}`},
		{"number as id", `{"id":7,"network":"x","error":""}`, `"id":7,`},
		{"no id", `{"network":"x","error":"gibberish"}`, `{"id":null,"network":"x","reason":null,"category":null,"parser":null,"format":"text","code":"","subcode":"","evidence":[]}`},
		{"string is text", `{"network":"x","error":"{\"errors\":[{\"code\":89}]}"}`, `"format":"json","code":"89"`},
		{"null is empty", `{"network":"x","error":null}`, `"format":"empty"`},
		{"array", `{"network":"x","error":[]}`, `"reason":null`},
		{"number", `{"network":"x","error":503}`, `"network":"x"`},
		{"no status", `{"network":"x","http_status":null,"error":"x"}`, `"reason":null`},
		{"lone surrogate and NUL", `{"network":"x","error":"\ud800 \u0000"}`, `"reason":null`},
		{"carriage return", `{"network":"x","error":"x"}` + "\r", `"reason":null`},
		{"long", `{"network":"x","error":"` + long + `"}`, `"reason":null`},
		{"deep", `{"network":"x","error":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, `"reason":null`},
		{"empty line", ``, `{"error":"not JSON`},
		{"not JSON", `{"id":`, `{"error":"not JSON`},
		{"not an object", `[1]`, `{"error":"the line is a array, not an object"}`},
		{"bad UTF-8", "{\"network\":\"x\",\"error\":\"\xff\xfe\"}", `"reason":null`},
		{"unknown network", `{"id":"b","network":"myspace","error":"x"}`, `{"id":"b","error":"unknown network \"myspace\""}`},
		{"no network", `{"error":"x"}`, `{"error":"unknown network \"\""}`},
		{"no error", `{"id":"c","network":"x"}`, `{"id":"c","error":"error is missing"}`},
		{"status as text", `{"network":"x","http_status":"400","error":"x"}`, `{"error":"http_status can't be a string"}`},
		{"status", `{"network":"x","http_status":-1,"error":"x"}`, `{"error":"http_status -1 is not an HTTP status"}`},
		{"last", `{"id":"z","network":"x","error":"x"}`, `"id":"z"`},
	}
	var lines []string
	for _, tt := range tests {
		lines = append(lines, tt.line)
	}
	out, err := runWith(t, strings.Join(lines, "\n"), "parse")
	if err == nil || !strings.Contains(err.Error(), "8 lines were not usable") {
		t.Errorf("error %v", err)
	}
	answers := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(answers) != len(tests) {
		t.Fatalf("%d answers for %d lines", len(answers), len(tests))
	}
	for i, tt := range tests {
		if !strings.Contains(answers[i], tt.want) || !json.Valid([]byte(answers[i])) {
			t.Errorf("%s: %.300s, want %s", tt.name, answers[i], tt.want)
		}
	}
}

func TestParseOfUsableLinesSucceeds(t *testing.T) {
	t.Parallel()
	out, err := runWith(t, `{"network":"x","error":"x"}`+"\n", "parse")
	if err != nil || strings.Count(out, "\n") != 1 {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := runWith(t, "", "parse"); err != nil || out != "" {
		t.Errorf("no lines: %q, %v", out, err)
	}
}

func TestParseLineTooLong(t *testing.T) {
	t.Parallel()
	out, err := runWith(t, strings.Repeat("x", maxLine+1)+"\n"+`{"network":"x","error":"x"}`, "parse")
	lines := strings.Split(out, "\n")
	if err == nil || len(lines) != 3 || !strings.Contains(lines[0], "longer than") || !strings.Contains(lines[1], `"network":"x"`) {
		t.Errorf("%v, %.200q", err, out)
	}
}
