package facts

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// TestDumpsOfAnErrorReadAlike holds one error in the notations in which programs print it.
func TestDumpsOfAnErrorReadAlike(t *testing.T) {
	t.Parallel()
	const message = "(#200) Can't post, sorry: \"no\" (page)"
	for name, raw := range map[string]string{
		"JSON":                    `{"error":{"message":"(#200) Can't post, sorry: \"no\" (page)","type":"OAuthException","code":200,"error_subcode":33}}`,
		"numbers in quotes":       `{"error":{"message":"(#200) Can't post, sorry: \"no\" (page)","type":"OAuthException","code":"200","error_subcode":"33"}}`,
		"inner object only":       `{"message":"(#200) Can't post, sorry: \"no\" (page)","type":"OAuthException","code":200,"error_subcode":33}`,
		"JSON string":             `"{\"error\":{\"message\":\"(#200) Can't post, sorry: \\\"no\\\" (page)\",\"type\":\"OAuthException\",\"code\":200,\"error_subcode\":33}}"`,
		"escaped without quotes":  `{\"error\":{\"message\":\"(#200) Can't post, sorry: \\\"no\\\" (page)\",\"type\":\"OAuthException\",\"code\":200,\"error_subcode\":33}}\n`,
		"field of a wrapper":      `{"code":400,"body":"{\"error\":{\"message\":\"(#200) Can't post, sorry: \\\"no\\\" (page)\",\"type\":\"OAuthException\",\"code\":200,\"error_subcode\":33}}"}`,
		"prefix and suffix":       `HTTP 403: {"error":{"message":"(#200) Can't post, sorry: \"no\" (page)","type":"OAuthException","code":200,"error_subcode":33}} (attempt 3)`,
		"no outer braces":         "\"error\": {\n  \"message\": \"(#200) Can't post, sorry: \\\"no\\\" (page)\",\n  \"type\": \"OAuthException\",\n  \"code\": 200,\n  \"error_subcode\": 33\n}",
		"start cut off":           `or":{"message":"(#200) Can't post, sorry: \"no\" (page)","type":"OAuthException","code":200,"error_subcode":33}}`,
		"end cut off":             `{"error":{"type":"OAuthException","code":200,"error_subcode":33,"message":"(#200) Can't post, sorry: \"no\" (page)","fbtr`,
		"unescaped quotes":        `{"error":{"message":"(#200) Can't post, sorry: "no" (page)","type":"OAuthException","code":200,"error_subcode":33}}`,
		"JSON in quotes":          `array:2 ["status" => "fail" "message" => "{"error":{"message":"(#200) Can't post, sorry: "no" (page)","type":"OAuthException","code":200,"error_subcode":33}}"]`,
		"curly quotes":            `{“error”:{“message”:“(#200) Can't post, sorry: \"no\" (page)”,“type”:“OAuthException”,“code”:200,“error_subcode”:33}}`,
		"Python 2":                `{u'error': {u'message': u'(#200) Can\'t post, sorry: "no" (page)', u'type': u'OAuthException', u'code': 200, u'error_subcode': 33, u'x': None}}`,
		"Python bytes":            `Body: b'{\n "error": {\n "message": "(#200) Can\'t post, sorry: \\"no\\" (page)",\n "type": "OAuthException", "code": 200, "error_subcode": 33}}'`,
		"Python tuple":            `('Graph API returned', 403, {'code': 200, 'error_subcode': 33, 'type': 'OAuthException', 'message': "(#200) Can't post, sorry: \"no\" (page)"})`,
		"constructor calls":       `Response(success=False, status_code=403, content=GraphError(code=200, error_subcode=33, type='OAuthException', message='(#200) Can\'t post, sorry: "no" (page)'), headers=Headers({'date': 'Mon'}))`,
		"constructor, bare words": `GraphException(code=200,error_subcode=33,type=OAuthException,message=(#200) Can't post, sorry: "no" (page))`,
		"PHP print_r":             "Array\n(\n    [error] => Array\n        (\n            [message] => (#200) Can't post, sorry: \"no\" (page)\n            [type] => OAuthException\n            [code] => 200\n            [error_subcode] => 33\n        )\n\n)\n",
		"PHP print_r on a line":   `stdClass Object ( [error] => stdClass Object ( [message] => (#200) Can't post, sorry: "no" (page) [type] => OAuthException [code] => 200 [error_subcode] => 33 ) )`,
		"PHP var_dump":            "object(stdClass)#37 (1) {\n  [\"error\"]=>\n  array(4) {\n    [\"message\"]=>\n    string(37) \"(#200) Can't post, sorry: \"no\" (page)\"\n    [\"type\"]=>\n    string(14) \"OAuthException\"\n    [\"code\"]=>\n    int(200)\n    [\"error_subcode\"]=>\n    int(33)\n  }\n}",
		"PHP members":             `GraphError Object ( [message:protected] => (#200) Can't post, sorry: "no" (page) [code:protected] => 200 [error_subcode:private] => 33 [type] => OAuthException )`,
		"Symfony dumper":          "{#176 ▼\n  +\"error\": {#12 ▼\n    +\"message\": \"(#200) Can't post, sorry: \"no\" (page)\"\n    +\"type\": \"OAuthException\"\n    +\"code\": 200\n    +\"error_subcode\": 33\n  }\n}",
		"Ruby hash":               `{"error"=>{"message"=>"(#200) Can't post, sorry: \"no\" (page)", "type"=>"OAuthException", "code"=>200, :error_subcode=>33}}`,
		"Ruby object":             `#<GraphError code: 200, error_subcode: 33, type: "OAuthException", message: "(#200) Can't post, sorry: \"no\" (page)">`,
		"Ruby instance":           `#<GraphError:0x000055 @code=200, @error_subcode=33, @type="OAuthException", @message="(#200) Can't post, sorry: \"no\" (page)">`,
		"Elixir":                  `%{"error" => %{"message" => "(#200) Can't post, sorry: \"no\" (page)", "type" => "OAuthException", "code" => 200, "error_subcode" => 33}}`,
		"Node inspect":            "{ error:\n   { message:\n      '(#200) Can\\'t post, sorry: \"no\" (page)',\n     type: 'OAuthException',\n     code: 200,\n     error_subcode: 33, causes: [ [Object] ], … } }",
		"Node error":              "GraphError: it failed\n    at post (/srv/a.js:7:9) {\n  status: 403,\n  data: { code: 200, error_subcode: 33, type: 'OAuthException', message: '(#200) Can\\'t post, sorry: \"no\" (page)' }\n}",
		"Node joined strings":     "{ code: 200, error_subcode: 33, type: 'OAuthException', message: '(#200) Can\\'t post,' +\n ' sorry: \"no\" (page)' }",
		"axios":                   `{ code: 'ERR_BAD_REQUEST', message: 'Request failed', config: { url: 'x', data: { code: 5 } }, response: { status: 403, data: { code: 200, error_subcode: 33, type: 'OAuthException', message: '(#200) Can\'t post, sorry: "no" (page)' } } }`,
		"NSDictionary":            "{\n    error =     {\n        code = 200;\n        \"error_subcode\" = 33;\n        message = \"(#200) Can't post, sorry: \\\"no\\\" (page)\";\n        type = OAuthException;\n    };\n}",
		"Swift":                   `["error": ["code": 200, "error_subcode": 33, "type": Optional("OAuthException"), "message": "(#200) Can't post, sorry: \"no\" (page)"]]`,
		"Java":                    `{error={message=(#200) Can't post, sorry: "no" (page), type=OAuthException, code=200, error_subcode=33}}`,
		"Java exception":          `{GraphException: code: 200, error_subcode: 33, type: OAuthException, message: "(#200) Can't post, sorry: "no" (page)"}`,
		"Go map":                  `map[code:200 error_subcode:33 message:(#200) Can't post, sorry: "no" (page) type:OAuthException]`,
		"logged line by line":     "09-12 10:11:12.001  451  460 E Graph: {\n09-12 10:11:12.002  451  460 E Graph:   \"error\": {\n09-12 10:11:12.003  451  460 E Graph:     \"code\": 200, \"error_subcode\": 33,\n09-12 10:11:12.004  451  460 E Graph:     \"type\": \"OAuthException\",\n09-12 10:11:12.005  451  460 E Graph:     \"message\": \"(#200) Can't post, sorry: \\\"no\\\" (page)\"\n09-12 10:11:12.006  451  460 E Graph:   }\n09-12 10:11:12.007  451  460 E Graph: }",
		"XML":                     `<?xml version="1.0"?><error><code>200</code><error_subcode>33</error_subcode><type>OAuthException</type><message>(#200) Can't post, sorry: &quot;no&quot; (page)</message></error>`,
		"behind a page":           `<!DOCTYPE html><html><head><title>Upload</title></head><body>code: 7</body></html>` + "\n" + `{"error":{"message":"(#200) Can't post, sorry: \"no\" (page)","type":"OAuthException","code":200,"error_subcode":33}}`,
		"pairs":                   `type: OAuthException, code: 200, error_subcode: 33, message: (#200) Can't post, sorry: "no" (page) [HTTP 403]`,
		"table":                   "error_type | \"OAuthException\"\ncode | 200\nerror_subcode | 33\nmessage | (#200) Can't post, sorry: \"no\" (page)",
		"logged pairs":            "12:00:00,001 DEBUG [a] o.G [G.java:4]    CODE        : 200\n12:00:00,002 DEBUG [a] o.G [G.java:5]    TYPE        : OAuthException\n12:00:00,002 DEBUG [a] o.G [G.java:6]    SUBCODE     : 33\n12:00:00,003 DEBUG [a] o.G [G.java:7]    MESSAGE     : (#200) Can't post, sorry: \"no\" (page)",
		"redirect":                `https://app.example/cb?error_code=200&error_subcode=33&error_type=OAuthException&error_message=%28%23200%29+Can%27t+post%2C+sorry%3A+%22no%22+%28page%29#_=_`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Read(graphLayout(t), 0, []byte(raw))
			if f.Code != "200" || f.Subcode != "33" || f.Type != "OAuthException" || f.Message != message {
				t.Errorf("%s\ngot code %q, subcode %q, type %q, message %q", raw, f.Code, f.Subcode, f.Type, f.Message)
			}
		})
	}
}

func TestDumpValuesAreDecoded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw  string
		want any
	}{
		{`{'a': None, 'b': True, 'c': [1, -2.5, 'x'], 'd': ()}`, map[string]any{"a": nil, "b": true, "c": []any{int64(1), -2.5, "x"}, "d": []any{}}},
		{`{"a"=>nil, :b=>false}`, map[string]any{"a": nil, "b": false}},
		{`{ a: undefined, b: [Object], c: 'a "b" c' }`, map[string]any{"a": nil, "b": "[Object]", "c": `a "b" c`}},
		{`{a=1, b=x, y, c=z}`, map[string]any{"a": int64(1), "b": "x, y", "c": "z"}},
		{"Array ( [0] => a [1] => b [k] => Array ( ) )", map[string]any{"": "b", "k": []any{}}},
		{`{"a": {"b": [1, {"c": "d`, map[string]any{"a": map[string]any{"b": []any{int64(1), map[string]any{"c": "d"}}}}},
		{`{"code":"400,"m":"x"}`, map[string]any{"code": "400", "m": "x"}},
		{`Error(error='E', n=Optional(3))`, map[string]any{"error": "E", "n": int64(3)}},
	} {
		v, _, ok := decodeDump(test.raw, strings.IndexAny(test.raw, "{[("))
		if !ok || !reflect.DeepEqual(v.Any(), test.want) {
			t.Errorf("%s\ngot  %#v\nwant %#v", test.raw, v.Any(), test.want)
		}
	}
}

// TestDecodeJSONAgrees holds the decoder against that of the standard library.
func TestDecodeJSONAgrees(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{}`, `[]`, `[[],{}]`, `{"a":[{"b":null},true,false,"",1e3,-0.5]}`, ` [ 1 , "é\u00e9\ud83d\ude00\n\/" ] `, `"x"`, `1`, `null`,
		`{`, `[1,]`, `{"a"}`, `{"a":1,}`, `[1 2]`, `{a:1}`, `"`, `tru`, `-`, `01x`, `[1]x`, `{"a":1]`, ``, `nul`,
	} {
		var want any
		err := json.Unmarshal([]byte(raw), &want)
		v, ok := decodeJSON(raw)
		if ok != (err == nil) {
			t.Errorf("%s: decoded %v, the standard library says %v", raw, ok, err)
			continue
		}
		got, _ := json.Marshal(v.Any())
		if again, _ := json.Marshal(want); ok && string(got) != string(again) {
			t.Errorf("%s: got %s", raw, got)
		}
	}
}
