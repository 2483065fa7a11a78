package facts

import "testing"

func TestReadFactsFromProse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ raw, code, subcode, kind, message string }{
		{"Unsupported request (code 100, subcode 33)", "100", "33", "", "Unsupported request (code 100, subcode 33)"},
		{"upload failed with error code '2207026'", "2207026", "", "", "upload failed with error code '2207026'"},
		{"it went wrong. code - 191", "191", "", "", "it went wrong. code - 191"},
		{"The code has expired. [code=100]", "100", "", "", "The code has expired."},
		{"Check failed: no right; code=100; subcode=33", "100", "33", "", "Check failed: no right; code=100; subcode=33"},
		{"API Error Code: 100\nAPI Error Description: bad\nError Message: Give a redirect URI.", "100", "", "", "Give a redirect URI."},
		{"oauth_problem=token_rejected", "", "", "token_rejected", "token_rejected"},
		{"https://a.example/cb?error=x_denied&error_code=200&code=AQB7#_", "200", "", "", "https://a.example/cb?error=x_denied&error_code=200&code=AQB7#_"},
		{"next=https%3A%2F%2Fa.example%3Ferror_code%3D200%26error_message%3Dno+way", "200", "", "", "no way"},
		{"com.example.GraphException: Page not found", "", "", "", "Page not found"},
		{"PHP Fatal error:  Uncaught exception 'A\\B' with message 'Page limit' in /srv/a.php:131\nStack trace:\n#0 {main}", "", "", "", "Page limit"},
		{"TypeError: no token\n    at post (/srv/a.js:7:9)\n    at run (/srv/b.js:1:1)", "", "", "", "no token"},
		{"'It can\\'t be done.'", "", "", "", "It can't be done."},
		{"GraphError: no page limit\n    at post (/srv/a.js:7:9)\n  code: 'InvalidRequest',\n  message: 'InvalidRequest'", "InvalidRequest", "", "", "no page limit"},
	} {
		f := Read(graphLayout(t), 400, []byte(test.raw))
		if f.Code != test.code || f.Subcode != test.subcode || f.Type != test.kind || f.Message != test.message {
			t.Errorf("%s\ngot code %q, subcode %q, type %q, message %q", test.raw, f.Code, f.Subcode, f.Type, f.Message)
		}
	}
}

// TestNumbersThatAreNoCodes holds what once was read as a code by someone's program.
func TestNumbersThatAreNoCodes(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"error":{"message":"m","fbtrace_id":"A490190"}}`, `{"error":{"message":"m","code":0}}`, `{"error":{"message":"m","code":"0"}}`,
		`{"error":{"code":"ok","message":"m"}}`, `{"error":{"code":true,"message":"m"}}`, `{"error":{"code":"a sentence","message":"m"}}`,
		"trace 190 at 12:04:36", "x-fb-trace-id: 190", "status code: 403", "exit code 190", "authorization code: 4096", "country code: 49",
		"POST https://graph.example/v21.0/190/feed?code=190&type=page", "Unknown path components: /190/code", "2019-12-19 08:08:18 190 bytes",
		"Content-Type: text/html", `{"headers":{"code":190},"x":1}`, `{"config":{"data":{"code":190,"type":"T"}},"message":"m"}`,
		"('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", "error (32, 'EPIPE')",
		`{"message":"error code 111: connection refused"}`, "error: [Errno 32] Broken pipe",
		"in a.php:190", "did:plc:190", "code: expired", "type: of what", `{"message":"m","error":{"code":19`,
	} {
		f := Read(graphLayout(t), 0, []byte(raw))
		if f.Code+f.Subcode+f.Type != "" {
			t.Errorf("%s: code %q, subcode %q, type %q", raw, f.Code, f.Subcode, f.Type)
		}
	}
}

func TestStatusIsRead(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]int{
		"HTTP Error 429: Too Many": 429, "Request failed with status code 400": 400, "returned HTTP 403 for /x": 403,
		"Response(status_code=400, content=A(b='c'))": 400, "HTTP/2.0 401 Unauthorized\nHost: x": 401, "upload: 502 Bad Gateway": 502,
		"resulted in a `403 Forbidden` response": 403, `{"statusCode": 503}`: 503, `{"a":{"http_code":"404"}}`: 404, "[HTTP 400]": 400,
		"received 413 HTTP response": 413, "[status code] 429 [url] /x": 429, "HTTP status code: 500.": 500, "<html><title>429 Too Many Requests</title></html>": 429,
		"The remote server returned an error: (403) Forbidden.": 403, "does not indicate success: 429 (Too Many Requests).": 429,
		"error 506: posted before": 0, "took 403 ms": 0, `{"status":"fail"}`: 0, `{"status":200}`: 0, "HTTP 4030": 0, "id 403": 0,
	} {
		if f := Read(nil, 0, []byte(raw)); f.Status != want {
			t.Errorf("%s: %d, want %d", raw, f.Status, want)
		}
	}
	if f := Read(nil, 401, []byte("HTTP 500")); f.Status != 401 {
		t.Errorf("the sender's status became %d", f.Status)
	}
}

func TestFormatIsRecognized(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw     string
		format  Format
		message string
	}{
		{" \n", Empty, ""}, {"\ufeff", Empty, ""}, {`""`, Empty, ""},
		{"plain", Text, "plain"}, {`"quoted"`, Text, "quoted"}, {"a {not} a (structure)", Text, "a {not} a (structure)"},
		{"{&quot;message&quot;:&quot;it&#39;s&quot;}", JSON, "it's"}, {`{"ok":false,"answer":"Not now."}`, JSON, "Not now."},
		{`{"request":{"text":"Hello all of you"},"answer":"Not now."}`, JSON, "Not now."},
		{`{"message":"m"}`, JSON, "m"}, {`[{"detail":"m"}]`, JSON, "m"}, {`{}`, JSON, ""}, {`[1]`, JSON, ""},
		{"x {'message': 'm'}", JSON, "m"}, {"<error><message>a &amp; b</message></error>", JSON, "a & b"},
		{`<error code="89">Invalid</error>`, JSON, ""},
		{"failed with code: 403, message: <?xml version=\"1.0\"?>\n<error><message>No right</message></error>", JSON, "No right"},
		{"<!doctype html><title>Sorry</title><style>p{}</style><script>var a={code:1}</script><body><h1>Sorry</h1> <p>Try&nbsp;later</p>", HTML, "Sorry Try later"},
		{"I/app (12): <html>\nI/app (12): <title>\nI/app (12): Login\nI/app (12): </title>\n", HTML, "Login"},
		{"502 from <HTML><BODY>Down</BODY></HTML>", HTML, "502 from Down"},
		{`<HttpError 403 "more than <a href="/q">quota</a>.">`, Text, `<HttpError 403 "more than <a href="/q">quota</a>.">`},
		{`<HttpError 403 returned "more than <a href="/q">quota</a>.". Details: "[{'message': 'more than <a href="/q">quota</a>.'}]">`, JSON, `more than <a href="/q">quota</a>.`},
		{"bytes \xff\x00 here", Text, "bytes \ufffd\ufffd here"},
	} {
		f := Read(graphLayout(t), 0, []byte(test.raw))
		if f.Format != test.format || f.Message != test.message {
			t.Errorf("%q: %s %q", test.raw, f.Format, f.Message)
		}
		if (f.Body.Kind() != NullValue) != (f.Format == JSON) {
			t.Errorf("%q: format %s with body %v", test.raw, f.Format, f.Body.Any())
		}
	}
}
