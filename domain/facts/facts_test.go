package facts

import (
	"maps"
	"slices"
	"testing"
)

func graphLayout(t testing.TB) *Layout {
	if t != nil {
		t.Helper()
	}
	l, err := NewLayout(LayoutSpec{
		JSON: []ShapeSpec{
			{
				Code: []string{"error.code"}, Subcode: []string{"error.error_subcode"},
				Type: []string{"error.type"}, Message: []string{"error.message", "error.error_user_msg"},
			},
			{Code: []string{"code"}, Subcode: []string{"error_subcode"}, Type: []string{"type"}, Message: []string{"message"}},
		},
		Text:        []string{`\(#(?P<code>\d{1,7})\)\s*(?P<message>.*)`},
		IgnoreCodes: []string{"ok"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestReadFactsStrictJSONAndText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, raw, code, subcode, kind, message string }{
		{"graph", `{"error":{"message":"Session has expired","type":"OAuthException","code":190,"error_subcode":463}}`, "190", "463", "OAuthException", "Session has expired"},
		{"nested", `{"response":[{"data":{"error":{"code":"4","message":"a\u00e9\nb"}}}]}`, "4", "", "", "aé\nb"},
		{"success filler", `{"error":{"code":0,"message":"fine"}}`, "", "", "", "fine"},
		{"text", "Graph returned an error: (#200) Requires a permission", "200", "", "", "Requires a permission"},
		{"no code", "  something else\n", "", "", "", "something else"},
		{"spaces", `{"error":{"message":"The  user has\t not accepted","code":10}}`, "10", "", "", "The user has not accepted"},
		{"wrapped by a console", "The session ended because the\nuser has changed the password.\nOn Monday,\n  at noon", "", "", "", "The session ended because the user has changed the password.\nOn Monday, at noon"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := Read(graphLayout(t), 400, []byte(test.raw))
			if f.Code != test.code || f.Subcode != test.subcode || f.Type != test.kind || f.Message != test.message {
				t.Errorf("got code %q, subcode %q, type %q, message %q", f.Code, f.Subcode, f.Type, f.Message)
			}
		})
	}
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
