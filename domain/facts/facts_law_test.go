package facts

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// anError is an error of the Graph API, whatever notation it is written in.
type anError struct {
	message, kind string
	code, subcode int
}

func drawError(t *rapid.T) anError {
	word := rapid.StringMatching(`[A-Za-zéß]{1,9}`)
	e := anError{
		code:    rapid.IntRange(1, 99999).Draw(t, "code"),
		subcode: rapid.IntRange(1, 9999999).Draw(t, "subcode"),
		kind:    rapid.StringMatching(`[A-Z][a-z]{2,8}Exception`).Draw(t, "type"),
	}
	words := rapid.SliceOfN(word, 3, 9).Draw(t, "words")
	e.message = strings.Join(words, rapid.SampledFrom([]string{" ", " '", " (#1) ", ", ", " \"a\" ", ". "}).Draw(t, "between"))
	return e
}

func (e anError) json() string {
	m, _ := json.Marshal(e.message)
	return fmt.Sprintf(`{"error":{"message":%s,"type":"%s","code":%d,"error_subcode":%d}}`, m, e.kind, e.code, e.subcode)
}

// forms write the error itself.
var forms = map[string]func(anError) string{
	"json":   anError.json,
	"indent": func(e anError) string { return strings.NewReplacer(`,"`, ",\n  \"", `{"`, "{\n  \"").Replace(e.json()) },
	"inner":  func(e anError) string { return strings.TrimSuffix(strings.TrimPrefix(e.json(), `{"error":`), "}") },
	"python": func(e anError) string {
		return fmt.Sprintf("{u'error': {u'message': u'%s', u'code': %d, u'error_subcode': %d, u'type': u'%s', u'x': None}}", quoted(e.message, `'`), e.code, e.subcode, e.kind)
	},
	"ruby": func(e anError) string {
		return fmt.Sprintf(`{"error"=>{"message"=>"%s", "code"=>%d, :error_subcode=>%d, "type"=>"%s"}}`, quoted(e.message, `"`), e.code, e.subcode, e.kind)
	},
	"print_r": func(e anError) string {
		return fmt.Sprintf("Array\n(\n    [error] => stdClass Object\n        (\n            [message] => %s\n            [type] => %s\n            [code] => %d\n            [error_subcode] => %d\n        )\n)\n", e.message, e.kind, e.code, e.subcode)
	},
	"var_dump": func(e anError) string {
		return fmt.Sprintf("array(1) {\n  [\"error\"]=>\n  object(stdClass)#3 (4) {\n    [\"code\"]=>\n    int(%d)\n    [\"error_subcode\"]=>\n    string(%d) \"%d\"\n    [\"message\"]=>\n    string(%d) \"%s\"\n    [\"type\"]=>\n    string(%d) \"%s\"\n  }\n}",
			e.code, len(strconv.Itoa(e.subcode)), e.subcode, len(e.message), e.message, len(e.kind), e.kind)
	},
	"nsdictionary": func(e anError) string {
		return fmt.Sprintf("{\n    error =     {\n        code = %d;\n        \"error_subcode\" = %d;\n        message = \"%s\";\n        type = %s;\n    };\n}", e.code, e.subcode, quoted(e.message, `"`), e.kind)
	},
	"node": func(e anError) string {
		return fmt.Sprintf("{\n  error: {\n    message: '%s',\n    type: '%s',\n    code: %d,\n    error_subcode: %d\n  }\n}", quoted(e.message, `'`), e.kind, e.code, e.subcode)
	},
	"constructor": func(e anError) string {
		return fmt.Sprintf("Response(ok=False, content=GraphError(type='%s', code=%d, error_subcode=%d, message='%s'))", e.kind, e.code, e.subcode, quoted(e.message, `'`))
	},
}

func quoted(s, quote string) string { return strings.ReplaceAll(s, quote, `\`+quote) }

// wrappings put any text round another.
var wrappings = map[string]func(string) string{
	"string": func(s string) string { text, _ := json.Marshal(s); return string(text) },
	"field": func(s string) string {
		text, _ := json.Marshal(s)
		return `{"ok":false,"status":400,"body":` + string(text) + `}`
	},
	"prefix": func(s string) string { return "Uncaught GraphError at 12:30: HTTP 400 " + s },
	"suffix": func(s string) string { return s + " (trace 8f3a190, attempt 3)" },
	"log":    func(s string) string { return "[2025-11-02 09:41:12] prod.ERROR [17886258890677897]: " + s },
	"spaces": func(s string) string { return "\n \t" + s + "\r\n" },
	"request": func(s string) string {
		return "POST https://graph.example/v21.0/1788625/feed?code=7&type=x failed: " + s
	},
}

// TestSameErrorSameFacts is the law of reading facts: they are the error's, not
// those of the notation or the wrapping that it came in.
func TestSameErrorSameFacts(t *testing.T) {
	t.Parallel()
	l := graphLayout(t)
	rapid.Check(t, func(t *rapid.T) {
		e := drawError(t)
		raw := forms[rapid.SampledFrom(keys(forms)).Draw(t, "form")](e)
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(keys(wrappings)), 0, 3).Draw(t, "wrappings") {
			raw = wrappings[name](raw)
		}
		f := Read(l, 0, []byte(raw))
		if f.Code != strconv.Itoa(e.code) || f.Subcode != strconv.Itoa(e.subcode) || f.Type != e.kind || f.Message != strings.TrimSpace(e.message) {
			t.Fatalf("%s\ngot  %q %q %q %q\nwant %+v", raw, f.Code, f.Subcode, f.Type, f.Message, e)
		}
	})
}

// TestSameRedirectSameFacts: what the sign-in page says of an error in an address.
func TestSameRedirectSameFacts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := drawError(t)
		query := url.Values{"error_code": {strconv.Itoa(e.code)}, "error_message": {e.message}, "error_type": {e.kind}, "state": {"5"}, "code": {"AQ9"}}
		raw := rapid.SampledFrom([]string{"https://app.example/cb?", "sent to http://localhost:80/cb?", ""}).Draw(t, "address") + query.Encode()
		f := Read(graphLayout(nil), 0, []byte(raw))
		if f.Code != strconv.Itoa(e.code) || f.Type != e.kind || f.Message != strings.TrimSpace(e.message) {
			t.Fatalf("%s\ngot %q %q %q", raw, f.Code, f.Type, f.Message)
		}
	})
}

// TestCutErrorSameFacts: cutting an error off takes away, but changes nothing.
func TestCutErrorSameFacts(t *testing.T) {
	t.Parallel()
	l := graphLayout(t)
	rapid.Check(t, func(t *rapid.T) {
		e := drawError(t)
		raw := fmt.Sprintf(`{"error":{"code":%d ,"error_subcode":%d ,"type":"%s","message":`, e.code, e.subcode, e.kind)
		message, _ := json.Marshal(e.message)
		raw += string(message) + `,"fbtrace_id":"x"}}`
		at := rapid.IntRange(strings.Index(raw, `"message"`), len(raw)).Draw(t, "at")
		f := Read(l, 0, []byte(raw[:at]))
		if f.Code != strconv.Itoa(e.code) || f.Subcode != strconv.Itoa(e.subcode) || f.Type != e.kind {
			t.Fatalf("%s\ngot %q %q %q", raw[:at], f.Code, f.Subcode, f.Type)
		}
	})
}

func FuzzReadFacts(f *testing.F) {
	e := anError{"it's \"no\", sorry", "OAuthException", 190, 463}
	for _, form := range forms {
		f.Add([]byte(form(e)))
		f.Add([]byte(wrappings["field"](form(e))))
	}
	for _, seed := range []string{
		"", "\xff\x00", "[[[[{{{{((((", `{"a":"\ud800\u0000"}`, "<html><body>x", "<a><b>1</b></a>", "error=access_denied&error_code=200",
		"a: b, code=1", `{\"a\":\"b\"}`, "code | 4\ncode | 5\ncode | 6", `string(9999999999) "a"`, "#<A b: 1", "[a] => ", "u'",
	} {
		f.Add([]byte(seed))
	}
	l := graphLayout(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		facts := Read(l, 0, raw)
		for _, s := range []string{facts.Code, facts.Subcode, facts.Type, facts.Message} {
			if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
				t.Errorf("%q gives %q", raw, s)
			}
		}
		if len(facts.Message) > maxMessage {
			t.Errorf("a message of %d bytes", len(facts.Message))
		}
		facts.Body.Any()
		if search := searched(string(raw)); search.work > search.limit+maxLevels*len(raw)+len(raw) {
			t.Errorf("%q takes %d steps", raw, search.work)
		}
	})
}

// searched returns the search for structures in text as it ends.
func searched(text string) search {
	s := newSearch(len(text))
	s.text(text, 0)
	return s
}
