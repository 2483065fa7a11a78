package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestBodyIsSplitIntoItems writes ( ) for the braces of objects {"id":"…"} that are whole, such
// as (a), so that a case fits a line.
func TestBodyIsSplitIntoItems(t *testing.T) {
	both := []bool{false, true}
	for _, c := range []struct {
		in    string
		lines []bool
		want  []string // "-" before what is no object
	}{
		{`[]`, both, nil}, {`[ `, both, nil}, {``, both, nil}, {` , ,]`, both, nil},
		{`(a)`, both, []string{"(a)"}},
		{`[(a),(b)]`, both, []string{"(a)", "(b)"}},
		{`[(a) (b),(c)]`, both, []string{"(a)", "(b)", "(c)"}},
		{`[(a)(b),,(c),]`, both, []string{"(a)", "(b)", "(c)"}},
		{`(a)(b) (c)`, both, []string{"(a)", "(b)", "(c)"}},
		{`(a),(b)`, both, []string{"(a)", "(b)"}},
		{`[(a)][(b)]`, both, []string{"(a)", "(b)"}},
		{"[(a),(b)]\n[(c)]\n(d)", both, []string{"(a)", "(b)", "(c)", "(d)"}},
		{`[[(a)],[(b)]]`, both, []string{"(a)", "(b)"}},
		{"(a)\n\xef\xbb\xbf(b)\r\n\xef\xbb\xbf\r\n(c)", both, []string{"(a)", "(b)", "(c)"}},
		{"{\n \"id\": \"a\",\n \"error\": [\n  {}\n ]\n}\n{\n}\n", both, []string{"{\n \"id\": \"a\",\n \"error\": [\n  {}\n ]\n}", "{\n}"}},
		{"[\r\n  (a),\r\n  (b)\r\n]", both, []string{"(a)", "(b)"}},
		{"{\n\"id\": \"a\",\n\"error\":\n\"b\"\n,\"x\":1\n}", both, []string{"{\n\"id\": \"a\",\n\"error\":\n\"b\"\n,\"x\":1\n}"}},
		{`{"error":"{ [ \" } {","x":"{" }(b)`, both, []string{`{"error":"{ [ \" } {","x":"{" }`, "(b)"}},
		{"{\"error\":\"a\n{b\"}(b)", both, []string{"{\"error\":\"a\n{b\"}", "(b)"}},
		{"{\"error\":\n{\"code\":1}}", []bool{false}, []string{"{\"error\":\n{\"code\":1}}"}},

		{`[7, "x,]" ,[1,2],(a), nul ]`, []bool{false}, []string{"-7", `-"x,]"`, "-1", "-2", "(a)", "-nul"}},
		{"7 8\n(a) x, y\n\"[\"", []bool{true}, []string{"-7 8", "(a)", "-x, y", `-"["`}},
		{`(a) and more`, both, []string{"(a)", "-and more"}},
		{`[(a), (b]`, both, []string{"(a)", "-(b]"}},
		{`[{"id":"a","error":{"code":1,"x":{}},(b),(c)]`, both, []string{`-{"id":"a","error":{"code":1,"x":{}},`, "(b)", "(c)"}},
		{`[{"id":"a","error":{"code":1,(b),(c)]`, both, []string{`-{"id":"a","error":{"code":1,`, "(b)", "(c)"}},
		{`[{"id":"a","error":"cut},(b),(c)]`, both, []string{`-{"id":"a","error":"cut},`, "(b)", "(c)"}},
		{`[{"id":"a,"error":"x"},(b),(c)]`, both, []string{`-{"id":"a,"error":"x"},`, "(b)", "(c)"}},
		{`[{"path":"C:\"},(b),(c)]`, both, []string{`-{"path":"C:\"},`, "(b)", "(c)"}},
		{`[{"id":"a","error":[{"c":1},{"c":2}},(b)]`, both, []string{`-{"id":"a","error":[{"c":1},{"c":2}}`, "(b)"}},
		{`[{"id":"a" "error":1},(b)]`, []bool{false}, []string{`-{"id":"a" "error":1}`, "(b)"}},
		{"{\"id\":\n(b)\n{\"id\":\"x\",\r\n(c)\n{\"id\":\"x\"\n7\n{\"id\":\"cut\n(d)", []bool{true},
			[]string{`-{"id":`, "(b)", `-{"id":"x",`, "(c)", `-{"id":"x"`, "-7", `-{"id":"cut`, "(d)"}},
		{"it's 5\" wide\n(a)", both, []string{`-it's 5" wide`, "(a)"}},
		{`x {`, both, []string{"-x {"}}, {`{"a`, both, []string{`-{"a`}}, {`"{`, both, []string{`-"{`}}, {`"\`, both, []string{`-"\`}},
	} {
		for _, lines := range c.lines {
			var got []string
			for raw, fields := range split([]byte(wholeObjects.Replace(c.in)), lines) {
				if fields == nil {
					raw = append([]byte("-"), raw...)
				}
				got = append(got, string(raw))
			}
			for i, want := range c.want {
				c.want[i] = wholeObjects.Replace(want)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, in lines %v:\n %q, want\n %q", c.in, lines, got, c.want)
			}
		}
	}
}

var wholeObjects = strings.NewReplacer("(", `{"id":"`, ")", `"}`)

// TestWholeObjectsAreReadWhateverStandsBetween joins good events in all ways,
// with broken ones between them: each good one is read, as it was sent.
func TestWholeObjectsAreReadWhateverStandsBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.Bool().Draw(t, "lines")
		joins := []string{"", " ", ",", ", ", "\n", ",\n  ", "\r\n\xef\xbb\xbf", "][", "]\n[", ",,", " 7,", "\nnul\n", ",{\"id\":\"x\",", "\n{\"error\":{\"code\":1,",
			`,{"id":"x","error":"cut},`, "\n{\"id\":\"cut\n", `{"id":[}`, `{"a" 1},`, "\"text\"\n", `<p class="a">`}
		if lines {
			joins = append(joins, "\n{\"id\":\n", "\n{\"id\":[\n", "\n{\"id\":\"x\"\n")
		}
		var body strings.Builder
		body.WriteString(rapid.SampledFrom([]string{"", "[", " [\n"}).Draw(t, "beginning"))
		var want []string
		for i := range rapid.IntRange(1, 8).Draw(t, "events") {
			shape := rapid.SampledFrom([]string{`{"id":"e%d"}`, "{\n  \"id\": \"e%d\",\n  \"error\": {\n    \"a\": [1, {}]\n  }\n}", `{"id":"e%d","error":"{\"x\":[ \\"}`}).Draw(t, "shape")
			want = append(want, fmt.Sprintf(shape, i))
			body.WriteString(want[i] + rapid.SampledFrom(joins).Draw(t, "join"))
		}
		var got []string
		for raw, fields := range split([]byte(body.String()), lines) {
			if bytes.HasPrefix(fields["id"], []byte(`"e`)) {
				got = append(got, string(raw))
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("of %s\n%q were read, want\n%q", body.String(), got, want)
		}
	})
}

// FuzzSplit holds that nothing is read twice or lost but what separates events,
// and that the elements of a JSON array of objects are read as they are.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(`[{"id":"a"} {"id":"b"},7,"x"`), false)
	f.Add([]byte("{\"id\":\n{\"id\":\"cut\n\xef\xbb\xbf{}[{}]"), true)
	f.Add([]byte(`[{"a":{"b":[{}]}},{}]`), false)
	f.Fuzz(func(t *testing.T, body []byte, lines bool) {
		rest, objects := body, [][]byte{}
		for raw, fields := range split(body, lines) {
			between, after, ok := bytes.Cut(rest, raw)
			if !ok || len(raw) == 0 || len(bytes.Trim(between, " \t\r\n\v\f,[]\u0085\u00a0\ufeff")) > 0 {
				t.Fatalf("%q: %q is lost before %q", body, between, raw)
			}
			if rest = after; fields != nil {
				objects = append(objects, raw)
			}
		}
		if len(bytes.Trim(rest, " \t\r\n\v\f,[]\u0085\u00a0\ufeff")) > 0 {
			t.Fatalf("%q: %q is lost at the end", body, rest)
		}
		var want []map[string]json.RawMessage
		if lines || json.Unmarshal(body, &want) != nil || want == nil || slices.ContainsFunc(want, isNil) {
			return
		}
		if len(objects) != len(want) {
			t.Fatalf("%q: %q were read, want %d", body, objects, len(want))
		}
	})
}

func isNil(object map[string]json.RawMessage) bool { return object == nil }
