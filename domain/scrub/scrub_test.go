package scrub

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
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
		{"JWT", "token was " + jwt + ".", "token was [removed:jwt].", "jwt"},
		{"bare Graph token", "the token " + graph + " is bad", "the token [removed:access_token] is bad", "access_token"},
		{"prose", "access token: " + graph, "access token: [removed:access_token]", "access_token"},
		{"password in an address", "https://bob:hunter2@db.example/x", "https://bob:[removed:password]@db.example/x", "password"},
		{"object", `{"password": {"value": "Wolke7-Regen-Haus"}}`, `{"password": {"value": "[removed:password]"}}`, "password"},
		{"object of a token", `{"access_token": {"token": "k3Jx9aQp", "expires": 1}}`, `{"access_token": {"token": "[removed:access_token]", "expires": 1}}`, "access_token"},
		{"object with facts", `{"client_secret": {"type": "string", "stringValue": "topsecret", "code": "ERR_7"}}`, `{"client_secret": {"type": "string", "stringValue": "[removed:client_secret]", "code": "ERR_7"}}`, "client_secret"},
		{"object, cut off", `{"password": {"value": "Wolke7-Reg`, `{"password": {"value": "[removed:password]`, "password"},
		{"member of any name", `{"access_tokens": {"page": "k3Jx9aQp2LmZ7vT"}}`, `{"access_tokens": {"page": "[removed:access_token]"}}`, "access_token"},
		{"list in the plural", `{"passwords": ["hunter two", "b2"]}`, `{"passwords": ["[removed:password]", "[removed:password]"]}`, "password"},
		{"next line", "user: x\npassword:\n  k3Jx9aQp2LmZ\ncode: 1\n", "user: x\npassword:\n  [removed:password]\ncode: 1\n", "password"},
		{"block in one line", "user: x password: |   k3Jx9aQp2LmZ code: 1", "user: x password: |   [removed:password] code: 1", "password"},
		{"block", "access_token: |\n  k3Jx9aQp\n\n  2LmZ7vTx\ncode: 1\n", "access_token: |\n  [removed:access_token]\n\n  [removed:access_token]\ncode: 1\n", "access_token"},
		{"row of words", `"Passwort","Wolke-Regen-Haus"`, `"Passwort","[removed:password]"`, "password"},
		{"row of a name with spaces", "\"mot de passe\",\"wolkeregen\"\n\"code\",\"190\"\n", "\"mot de passe\",\"[removed:password]\"\n\"code\",\"190\"\n", "password"},
		{"last sign of a password", "The password is Blue7xQ2!, please check it", "The password is [removed:password], please check it", "password"},
		{"is and a colon", "The password is: Blue7xQ2!", "The password is: [removed:password]", "password"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clean, kinds := Bytes([]byte(test.raw))
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
		`{"code":"ERR_HTTP2_STREAM_CANCEL"}`, "code: ERR_HTTP2_STREAM_CANCEL", `{'code': 'user_2fa_required_for_login', 'status': 400}`,
		`{"error":{"code":"7f9c24e8-3b12-4d5a-9f60-0c1d2e3f4a5b"}}`, "error code=7f9c24e8-3b12-4d5a-9f60-0c1d2e3f4a5b", `{"code":"E2EE_KEY_BACKUP_V3_REQUIRED"}`,
		"<p>Send <code>POST /me</code> or <code>a1b2c3d4e5f6a7b8c9d0</code></p>", "<code>\n190\n</code>", "https://a.example/feed?code=190&type=page",
		"https://a.example/cb?error=server_error&code=ERR_HTTP2_STREAM_CANCEL", `{"code":"20250612033551A7D9C403C69ED91B3FEF"}`,
		`{"error":"invalid_token","error_description":"Invalid DPoP key binding"}`, "prawcore.exceptions.InvalidToken: received 401 HTTP response",
		"E ValidateAPIKey:   \"code\": 400", `{"next_page_token":"CAUQAA9x8y7z6w5v4u3t2s1r"}`, `["access_token","client_secret","password"]`,
		"The password is too short", "Passwort: darf nicht leer sein", "La contraseña es incorrecta", "mot de passe incorrect", "パスワードが正しくありません。",
		`{"password":["This field is required."]}`, "('password', 'required')", "read what-does-this-mean and that-must-come-from first",
		"this text does have some more that goes with them", "Session has expired at 12:04", "the session ended", "sign-in", "key: value", "pin 1234567890123456789",
		"secret sauce", "token type: bearer", `{"token_type":"bearer","expires_in":3600}`, "Unexpected token < in JSON at position 0",
		`{"password": {"message": "is too short"}}`, `{"token": {"code": "invalid_token", "message": "The token is expired"}}`,
		`{"properties": {"password": {"type": "string", "format": "password", "minLength": 8}}}`, `{"password": {"value": null, "required": true}}`,
		`{"password": [{"message": "Mot de passe trop faible", "key": "validation.password.min"}]}`, `{"password": {"_errors": ["Weak password"]}}`,
		`{"token": {"id": "17886258890677897", "created_at": "2025-01-01T00:00:00Z"}}`, `{"token": {"log_id": "20250612033551A7D9C403C69ED91B3FEF"}}`,
		`{"tokens": ["hello", "world", "max_length_12"]}`, `{"errors": {"passwords": ["can't be blank"]}}`, `{"next_page_tokens": ["k3Jx9aQp2LmZ7vT"]}`,
		"password:\n  required\n", "password:\n  min_length: 8\n", "token:\n  is expired\n", "Password:\nincorrect\n", "password: |   is too short",
		"token: |\n  The token has\n  expired\n", "password: >-\n  is too short and must\n  contain a digit\n", "token: |\ncode: a1b2c3d4e5\n",
		`"mot de passe","incorrect"`, `"Passwort","ungültig"`, "\"password\",\n\"username\"\n", "Your password is too short!", "Das Passwort ist falsch!",
	} {
		clean, kinds := Bytes([]byte(raw))
		if string(clean) != raw || kinds != nil {
			t.Errorf("%s\nbecame %s (%v)", raw, clean, kinds)
		}
	}
}

// FuzzBytes: scrubbing ends, keeps UTF-8, does not blow a text up, and scrubbing
// again changes nothing.
func FuzzBytes(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"abc1234567"}`, "token:token:code%3Dcode%3D", "Cookie: a=b\ncookie:cookie:", "Bearer eyJabc.def.ghi==", "\xff\x00password='",
		"authorization: OAuth a=\"b\", c=\"d", "[removed:access_token]=x9", "https://a:b@c", strings.Repeat("cookie:", 40),
		"-----BEGIN PRIVATE KEY-----", `{"kty":"EC","d":"abcdefghijklmnopqrstuvwxyz012345"}`, `<input name="token" value="x9x9x9x9">`,
		"password\tabc\n", "a,password\n1,x\n", `{"name":"token","value":"x"}`, `{\"password\":\"a\\\"b\"}`, "passphrase: one two three",
		"%70assword%3Dx%2520y", "&quot;token&quot;:&quot;x9x9x9x9&quot;", "curl -u a:b", "abcd-efgh-ijkl-mnop", "パスワード：x", "clé secrète=1",
		`{"password": {"value": "x", "a": ["y", {"b": "z9"}]}}`, "token: |\n  x9\n\n  y\n", "\"mot de passe\",\"abcde\"\n", `{"tokens":[{`, "the password is: Blue7!, a",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		clean, kinds := Bytes(raw)
		again, more := Bytes(clean)
		if !bytes.Equal(again, clean) || more != nil {
			t.Errorf("%q\nbecame %q %v\nthen   %q %v", raw, clean, kinds, again, more)
		}
		if utf8.Valid(raw) && !utf8.Valid(clean) {
			t.Errorf("%q became invalid UTF-8 %q", raw, clean)
		}
		if len(clean) > 16*len(raw) {
			t.Errorf("%d bytes became %d", len(raw), len(clean))
		}
	})
}

// BenchmarkBytes300 scrubs a usual answer of a network.
func BenchmarkBytes300(b *testing.B) {
	raw := []byte(`{"error":{"message":"Error validating access token: Session has expired on Sunday, 02-Nov-25 04:00:00 PST. ` +
		`The current time is Sunday, 02-Nov-25 09:41:12 PST.","type":"OAuthException","code":190,"error_subcode":463,` +
		`"error_user_title":"Sign in again","error_user_msg":"Your session has ended.","fbtrace_id":"AbCdEfGhIjKlMnOpQrStUvW"}}`)
	b.ReportAllocs()
	for b.Loop() {
		Bytes(raw)
	}
}
