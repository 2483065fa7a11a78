package scrub

import (
	"strings"
	"testing"
)

// TestScrubbingIsLinear counts the bytes that are looked at: twice the text may cost
// twice the work and no more, whatever it repeats.
func TestScrubbingIsLinear(t *testing.T) {
	t.Parallel()
	units := []string{
		"cookie:", "token: ", "code=", "token='", "password\t", "kty", `name="token" `, "-----BEGIN PRIVATE KEY-----", "token=", "passphrase ",
		`\"password\":`, "%3Dtoken", "sk-", "xoxb-", "eyJ", "ghp_", "password:“", "cookies:[", "cookies:{", "token:[", "httponly", "a-", "1234-",
		"abcd ", "<token>", "curl -u a:", "://a", "code is ", "key=", "-us", "authorization: ", "authorization: digest a=", "password=a,", "password=a&",
		"password,b\n", "<add name=password ", "token\n\n", "AKIA", `Set-Cookie: a="`, `"cookie": "`, "LS0tLS1CRUdJ", "grant_type code=abcdefghi&",
		"?code=abcdefgh", "x|", "password:|\n ", "token ", "secret_", `cookie: a="`, "password=\"'", "token:\\\"", "cookies: ['", "password: a ",
		`"token":{"a":`, `"tokens":["a",`, "token: |\n  a\n", " token: |\n", `"password","abcde"` + "\n", "password is: ",
	}
	for _, before := range []string{"", `{"token":"`, "name=", "<a "} {
		for _, unit := range units {
			once, twice := worked(before+strings.Repeat(unit, 6_000/len(unit))), worked(before+strings.Repeat(unit, 12_000/len(unit)))
			if twice > 4*once+50_000 || twice > 2000*12_000 {
				t.Errorf("%q%q…: %d bytes looked at for 6 KB, %d for 12 KB", before, unit, once, twice)
			}
		}
	}
}

func worked(text string) int {
	f := finder{s: text}
	f.run()
	return f.work
}
