package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestMembersOfAnObjectAreSplit(t *testing.T) {
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	for _, c := range []struct {
		name, in string
		want     map[string]string // nil: not an object
	}{
		{"empty", `{}`, map[string]string{}},
		{"spaces", " { \"a\" : 1 , \"b\":\"x,}\" } ", map[string]string{"a": "1", "b": `"x,}"`}},
		{"nested", `{"error":{"a":[1,{"b":"]"}]},"n":null}`, map[string]string{"error": `{"a":[1,{"b":"]"}]}`, "n": "null"}},
		{"the last of two", `{"a":1,"a":2}`, map[string]string{"a": "2"}},
		{"escaped name and quote", `{"a\"":"\\"}`, map[string]string{`a"`: `"\\"`}},
		{"very deep", `{"error":` + deep + `}`, map[string]string{"error": deep}},
		{"not UTF-8", "{\"a\":\"\xff\"}", map[string]string{"a": "\"\xff\""}},
		{"cut", `{"a":1,"b":`, nil},
		{"cut string", `{"a":"x`, nil},
		{"trailing", `{"a":1} x`, nil},
		{"array", `[1]`, nil},
		{"no name", `{1:2}`, nil},
		{"nothing", ``, nil},
	} {
		got, ok := members([]byte(c.in))
		if ok != (c.want != nil) {
			t.Errorf("%s: ok = %v", c.name, ok)
			continue
		}
		for name, v := range c.want {
			if string(got[name]) != v {
				t.Errorf("%s: %s = %.60s, want %.60s", c.name, name, got[name], v)
			}
		}
		if ok && len(got) != len(c.want) {
			t.Errorf("%s: %d fields, want %d", c.name, len(got), len(c.want))
		}
	}
}

func TestStringsAreUnquoted(t *testing.T) {
	for _, c := range []struct {
		in, want string
		whole    bool
	}{
		{`""`, "", true},
		{`"plain"`, "plain", true},
		{`"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t", true},
		{`"\u00e9\u0000x"`, "é\x00x", true},
		{`"\ud83d\ude00"`, "😀", true},
		{`"\ud83d"`, `\ud83d`, false},
		{`"\ud83d\u0041"`, `\ud83dA`, false},
		{`"\q\u12"`, `\q\u12`, false},
		{"\"\xff\\n\"", "\xff\n", true},
	} {
		text, whole := unquoteText([]byte(c.in))
		if got := unquote([]byte(c.in)); got != c.want || whole != c.whole || whole && text != got {
			t.Errorf("%s: %q, %q %v, want %q %v", c.in, got, text, whole, c.want, c.whole)
		}
		if !whole && (!strings.Contains(text, "\uFFFD") || strings.Contains(text, `\u`)) {
			t.Errorf("%s as text: %q", c.in, text)
		}
	}
}

// FuzzMembers holds the splitter against encoding/json: what that takes as an
// object has the same fields here.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"c":["x",null,true]},"d":"\ud83d\ude00"}`))
	f.Add([]byte(`{"a":"\u0000","":[]}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := members(b)
		var want map[string]json.RawMessage
		if json.Unmarshal(b, &want) != nil || want == nil {
			return
		}
		if !ok || len(got) < len(want) {
			t.Fatalf("%q: %d fields (%v), want %d", b, len(got), ok, len(want))
		}
		for name, v := range want {
			if ours, ok := got[name]; ok && !bytes.Equal(ours, v) {
				t.Errorf("%q: %s = %q, want %q", b, name, ours, v)
			}
		}
	})
}
