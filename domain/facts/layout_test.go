package facts

import (
	"strings"
	"testing"

	"wherefore/domain"
)

func TestNewLayoutRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		spec LayoutSpec
		says string
	}{
		{LayoutSpec{JSON: []ShapeSpec{{Code: []string{"error..code"}}}}, "error..code"},
		{LayoutSpec{JSON: []ShapeSpec{{Type: []string{""}}}}, "empty name"},
		{LayoutSpec{JSON: []ShapeSpec{{Subcode: []string{"errors[x].code"}}}}, "errors[x].code"},
		{LayoutSpec{JSON: []ShapeSpec{{Message: []string{"errors[0"}}}}, "errors[0"},
		{LayoutSpec{Text: []string{`(?P<code>\d+`}}, "does not compile"},
		{LayoutSpec{Text: []string{`(?P<cod>\d+)`}}, `"cod"`},
		{LayoutSpec{Text: []string{`\d+`}}, "no group"},
	} {
		_, err := NewLayout(test.spec)
		if domain.KindOf(err) != domain.Invalid || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%+v: %v", test.spec, err)
		}
	}
}

func TestFirstShapeThatYieldsWins(t *testing.T) {
	t.Parallel()
	l, err := NewLayout(LayoutSpec{
		JSON: []ShapeSpec{
			{Code: []string{"errors[0].code", "json.errors[0][0]"}, Message: []string{"errors[0].message", "json.errors[0][1]"}},
			{Code: []string{"error.errors[0].reason"}, Type: []string{"error.status"}, Message: []string{"error.message"}},
			{Type: []string{"error"}, Message: []string{"error_description", "error"}},
		},
		Text:        []string{`\[(?P<code>\d+)\] (?P<message>.*)`, `on field '(?P<subcode>\w+)'`},
		IgnoreCodes: []string{"ok"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, raw, code, subcode, kind, message string }{
		{"index", `{"errors":[{"code":89,"message":"m"}]}`, "89", "", "", "m"},
		{"index in index", `{"json":{"errors":[["RATELIMIT","m","f"]]}}`, "RATELIMIT", "", "", "m"},
		{"names in another case", `{"Errors":[{"Code":89,"MESSAGE":"m"}]}`, "89", "", "", "m"},
		{"inside of a shape", `{"errors":[{"reason":"quota"}],"status":"S","message":"m"}`, "quota", "", "S", "m"},
		{"inside of an inside", `[{"reason":"quota"}]`, "quota", "", "", ""},
		{"a word", `{"error":"invalid_grant","error_description":"m"}`, "", "", "invalid_grant", "m"},
		{"a sentence", `{"error":"The access token is invalid"}`, "", "", "", "The access token is invalid"},
		{"a code before words", `{"error":"it failed","cause":{"errors":[{"code":89}]}}`, "89", "", "", ""},
		{"ignored code", `{"error":"ok","error_description":"m"}`, "", "", "", "m"},
		{"patterns add up", "[324] media is bad on field 'ids'", "324", "ids", "", "media is bad on field 'ids'"},
		{"pattern in a message", `{"error":"[324] media is bad"}`, "324", "", "", "media is bad"},
	} {
		f := Read(l, 400, []byte(test.raw))
		if f.Code != test.code || f.Subcode != test.subcode || f.Type != test.kind || f.Message != test.message {
			t.Errorf("%s: code %q, subcode %q, type %q, message %q", test.name, f.Code, f.Subcode, f.Type, f.Message)
		}
	}
}
