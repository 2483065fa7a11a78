package domain

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestScrubRemoves(t *testing.T) {
	t.Parallel()
	const graph = "EAAGm0PX4ZCpsBAKZC8ZBxyz9ZAqwErTy1234"
	const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	for _, test := range []struct{ name, raw, want, kind string }{
		{"query", "GET /me?access_token=" + graph + "&fields=id", "GET /me?access_token=[removed:access_token]&fields=id", "access_token"},
		{"JSON", `{"access_token":"abc.DEF-123","code":190}`, `{"access_token":"[removed:access_token]","code":190}`, "access_token"},
		{"camel case", `{"refreshToken": "1//0abcdef"}`, `{"refreshToken": "[removed:refresh_token]"}`, "refresh_token"},
		{"JSON in JSON", `{"body":"{\"client_secret\":\"s3cr3t\\/x\"}"}`, `{"body":"{\"client_secret\":\"[removed:client_secret]\"}"}`, "client_secret"},
		{"cut off", `{"access_token":"EAAB123`, `{"access_token":"[removed:access_token]`, "access_token"},
		{"Python", `{u'appsecret_proof': u'0a1b2c3d'}`, `{u'appsecret_proof': u'[removed:appsecret_proof]'}`, "appsecret_proof"},
		{"Ruby", `{:password=>"hunter two"}`, `{:password=>"[removed:password]"}`, "password"},
		{"print_r", "    [oauth_token] => 12-abcDEF\n", "    [oauth_token] => [removed:oauth_token]\n", "oauth_token"},
		{"var_dump", `["id_token"]=> string(5) "a1b2c"`, `["id_token"]=> string(5) "[removed:id_token]"`, "id_token"},
		{"XML", "<access_token>abcdef</access_token>", "<access_token>[removed:access_token]</access_token>", "access_token"},
		{"URL-encoded", "redirect=https%3A%2F%2Fa.example%2F%3Faccess_token%3Dabc123%26x%3D1", "redirect=https%3A%2F%2Fa.example%2F%3Faccess_token%3D[removed:access_token]%26x%3D1", "access_token"},
		{"form body", "grant_type=refresh_token&refresh_token=abc&client_secret=topsecret", "grant_type=refresh_token&refresh_token=[removed:refresh_token]&client_secret=[removed:client_secret]", "client_secret"},
		{"multipart", "name=\"password\"\r\n\r\nhunter2\r\n--x", "name=\"password\"\r\n\r\n[removed:password]\r\n--x", "password"},
		{"authorization code", "https://app.example/cb?code=AQDk3_x9Jq2LmNoPqRsTuV&state=x", "https://app.example/cb?code=[removed:code]&state=x", "code"},
		{"signed address", "https://s3.example/v.mp4?X-Amz-Credential=AK%2F1&X-Amz-Signature=00ff", "https://s3.example/v.mp4?X-Amz-Credential=[removed:credential]&X-Amz-Signature=[removed:signature]", "signature"},
		{"header", "Authorization: Bearer abc.def-123\nAccept: */*", "Authorization: [removed:authorization]\nAccept: */*", "authorization"},
		{"OAuth 1 header", `Authorization: OAuth oauth_consumer_key="xvz1", oauth_token="3-a"` + "\nHost: x", "Authorization: [removed:authorization]\nHost: x", "authorization"},
		{"header without its name", "curl said Bearer abcdef123456789.x and left", "curl said Bearer [removed:authorization] and left", "authorization"},
		{"basic", "headers: {'authorization': 'Basic dXNlcjpwYXNz'}", "headers: {'authorization': '[removed:authorization]'}", "authorization"},
		{"cookie", "Cookie: a=1; sid=xyz\nHost: x", "Cookie: [removed:cookie]\nHost: x", "cookie"},
		{"cookies in a list", `"set-cookie": ["datr=A; path=/", "fr=B"], "x": 1`, `"set-cookie": ["[removed:cookie]", "[removed:cookie]"], "x": 1`, "cookie"},
		{"cookie in a tuple", `("Set-Cookie","datr=abc; path=/")`, `("Set-Cookie","[removed:cookie]")`, "cookie"},
		{"JWT", "token was " + jwt + ".", "token was [removed:jwt]", "jwt"},
		{"bare Graph token", "the token " + graph + " is bad", "the token [removed:access_token] is bad", "access_token"},
		{"prose", "access token: " + graph, "access token: [removed:token]", "token"},
		{"password in an address", "https://bob:hunter2@db.example/x", "https://bob:[removed:password]@db.example/x", "password"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clean, kinds := Scrub([]byte(test.raw))
			if string(clean) != test.want || !slices.Contains(kinds, test.kind) {
				t.Errorf("got  %s %v\nwant %s", clean, kinds, test.want)
			}
		})
	}
}

func TestScrubKeeps(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"error":{"message":"Error validating access token: Session has expired on Sunday, 02-Nov-25.","code":190,"error_subcode":463}}`,
		`{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`,
		`{"error":{"code":"access_token_invalid","message":"The access token is invalid.","log_id":"20250612033551A7D9C403C69ED91B3FEF"}}`,
		`{"code":"unaudited_client_can_only_post_to_private_accounts"}`,
		`{"token":"invalid_token"}`, `{"errors":{"password":["can't be blank"]}}`,
		"invalid token: invalid token audience", "Invalid OAuth access token data. (Code 190)",
		"code: 190, error_subcode: 463", "token: The token is bad", "Authorization: failed",
		`WWW-Authenticate: OAuth "Facebook Platform" "invalid_token" "Error validating access token."`,
		`Bearer realm="x", error="invalid_token", error_description="The access token expired"`,
		"Basic authentication failed for this request", "at://did:plc:4wghgnexbtp7kxjxyu7wakex/app.bsky.feed.post/3lbhxlhgir22m",
		"https://graph.facebook.com/v21.0/17886258890677897/insights?metric=reach", "",
	} {
		clean, kinds := Scrub([]byte(raw))
		if string(clean) != raw || kinds != nil {
			t.Errorf("%s\nbecame %s (%v)", raw, clean, kinds)
		}
	}
}

func TestScrubKeepsJSONValidAndFacts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringMatching(`[A-Za-z0-9_.-]{8,60}`).Draw(t, "token")
		name := rapid.SampledFrom([]string{"access_token", "client_secret", "refreshToken", "csrf_token"}).Draw(t, "name")
		raw := `{"request":{"` + name + `":"` + token + `"},"error":{"code":190,"message":"m"}}`
		clean, _ := Scrub([]byte(raw))
		if _, ok := decodeJSON(string(clean)); !ok {
			t.Fatalf("no JSON: %s", clean)
		}
		if !harmlessValue(token) && bytes.Contains(clean, []byte(token)) {
			t.Fatalf("still there: %s", clean)
		}
		if f := ReadFacts(graphLayout(nil), 0, clean); f.Code != "190" || f.Message != "m" {
			t.Fatalf("facts of %s: %+v", clean, f)
		}
	})
}

func FuzzScrub(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"abc1234567"}`, "token:token:code%3Dcode%3D", "Cookie: a=b\ncookie:cookie:", "Bearer eyJabc.def.ghi==", "\xff\x00password='",
		"authorization: OAuth a=\"b\", c=\"d", "[removed:access_token]=x9", "https://a:b@c", strings.Repeat("cookie:", 40),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		clean, kinds := Scrub(raw)
		again, more := Scrub(clean)
		if !bytes.Equal(again, clean) || more != nil {
			t.Errorf("%q\nbecame %q %v\nthen   %q %v", raw, clean, kinds, again, more)
		}
		if utf8.Valid(raw) && !utf8.Valid(clean) {
			t.Errorf("%q became invalid UTF-8 %q", raw, clean)
		}
	})
}
