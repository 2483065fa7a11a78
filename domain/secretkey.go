package domain

import "strings"

// secretKey is a name that stands in front of a secret.
type secretKey struct {
	kind string // empty: it names no secret
	// loose is a name in prose, as in "access token: abc": the value may as well be
	// a sentence about it, and has to look like a secret.
	loose bool
	query bool // name=value, the value ending as in an address
}

// secretNames maps names, in lower case and without - and _, to kinds of secrets.
var secretNames = map[string]string{
	"accesstoken": "access_token", "oauth2accesstoken": "access_token", "fbexchangetoken": "access_token",
	"inputtoken": "access_token", "pageaccesstoken": "access_token", "useraccesstoken": "access_token",
	"refreshtoken": "refresh_token", "idtoken": "id_token", "oauthtoken": "oauth_token",
	"oauthtokensecret": "oauth_token_secret", "oauthsignature": "signature", "oauthverifier": "oauth_verifier",
	"clientsecret": "client_secret", "appsecret": "client_secret", "consumersecret": "client_secret", "clientassertion": "client_assertion",
	"appsecretproof": "appsecret_proof", "signedrequest": "signed_request",
	"apikey": "api_key", "xapikey": "api_key", "appkey": "api_key", "consumerkey": "api_key", "oauthconsumerkey": "api_key", "xgoogapikey": "api_key",
	"privatekey": "private_key", "accesskey": "access_key", "secretkey": "secret_key", "awsaccesskeyid": "access_key", "secretaccesskey": "secret_key",
	"password": "password", "passwd": "password", "pwd": "password", "passphrase": "password", "apppassword": "password",
	"cookie": "cookie", "cookies": "cookie", "setcookie": "cookie", "sessionid": "session", "sessionkey": "session", "phpsessid": "session",
	"authorization": "authorization", "proxyauthorization": "authorization", "dpop": "authorization",
	"code": "code", "authcode": "code", "authorizationcode": "code", "devicecode": "code", "codeverifier": "code_verifier",
	"sig": "signature", "signature": "signature", "xamzsignature": "signature", "xgoogsignature": "signature", "hmac": "signature",
	"xamzcredential": "credential", "xgoogcredential": "credential", "xamzsecuritytoken": "token",
}

// secretEndings are the ends of the names of other secrets, such as csrf_token.
var secretEndings = []struct{ end, kind string }{
	{"token", "token"}, {"secret", "secret"}, {"password", "password"}, {"cookie", "cookie"},
	{"signature", "signature"}, {"apikey", "api_key"}, {"privatekey", "private_key"},
}

// harmlessNames end like a secret's and are none: words of errors, page marks.
var harmlessNames = map[string]bool{
	"invalidtoken": true, "expiredtoken": true, "badtoken": true, "missingtoken": true, "unexpectedtoken": true,
	"nexttoken": true, "pagetoken": true, "nextpagetoken": true, "prevpagetoken": true, "invalidaccesstoken": true,
	"invalidpassword": true, "invalidsignature": true,
}

// kindOf returns the kind of secret that name stands in front of, or "".
func kindOf(name string) string {
	var buffer [48]byte
	folded := buffer[:0]
	for i := 0; i < len(name) && len(folded) < len(buffer); i++ {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			folded = append(folded, c|0x20)
		case isLetter(c) || isDigit(c):
			folded = append(folded, c)
		}
	}
	if kind := secretNames[string(folded)]; kind != "" {
		return kind
	}
	if harmlessNames[string(folded)] {
		return ""
	}
	for _, known := range secretEndings {
		if strings.HasSuffix(string(folded), known.end) {
			return known.kind
		}
	}
	return ""
}

// key returns the name in front of the separator at i.
func (s *scrubber) key(i int) secretKey {
	end := i
	if s.src[i] == '>' && i > 0 && s.src[i-1] == '=' {
		end--
	}
	for stop := max(0, end-4); end > stop && (s.src[end-1] == ' ' || s.src[end-1] == '\t' || s.src[end-1] == '\r' || s.src[end-1] == '\n' && s.src[i] == '\n'); {
		end--
	}
	last := end
	for stop := max(0, last-6); last > stop && strings.IndexByte("\"'`]\\", s.src[last-1]) >= 0; {
		last--
	}
	start := last
	for stop := max(0, last-48); start > stop && isKeyByte(s.src[start-1]); {
		start--
	}
	if start > 0 && s.src[start-1] == '%' { // what is left of an escape: %3Faccess_token, %253Faccess_token
		digits := 2
		if strings.HasPrefix(s.src[start:last], "25") {
			digits = 4
		}
		start = min(last, start+digits)
	}
	if start == last || last-start == 48 || start < s.done || strings.HasSuffix(s.src[:start], markStart) {
		return secretKey{}
	}
	k := secretKey{kind: kindOf(s.src[start:last])}
	if k.kind != "" && !s.separates(i, last < end, start, &k) {
		return secretKey{}
	}
	return k
}

// separates reports whether what stands at i separates the name from a value; some
// separators do behind some names only.
func (s *scrubber) separates(i int, quoted bool, start int, k *secretKey) bool {
	c := s.src[i]
	switch {
	case c == '>' && s.src[i-1] != '=': // <access_token>
		return start > 0 && s.src[start-1] == '<'
	case c == ',': // ("Set-Cookie", "a=b")
		return quoted && k.header()
	case c == '\n': // a part of a form: name="password", an empty line, the value
		return quoted && strings.HasSuffix(s.src[max(0, start-6):start], "name=\"") || quoted && strings.HasSuffix(s.src[max(0, start-6):start], "name='")
	case c == ':' && strings.HasPrefix(s.src[i:], "::"):
		return false
	}
	k.query = c == '=' && !quoted || c == '%'
	k.loose = c == ':' && !quoted && !k.header()
	return true
}

// header reports whether k is a header, whose value takes the rest of its line.
func (k secretKey) header() bool { return k.kind == "cookie" || k.kind == "authorization" }

func isKeyByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }

// fits reports whether value can be the secret that k names: neither an error's
// word nor a sentence.
func (k secretKey) fits(value string) bool {
	if strings.HasPrefix(value, markStart) || harmlessValue(value) {
		return false
	}
	switch {
	case k.kind == "cookie":
		return strings.IndexByte(value, '=') > 0
	case k.kind == "authorization":
		scheme, credentials, two := strings.Cut(value, " ")
		return two && isScheme(scheme) && !strings.HasPrefix(credentials, markStart) && !strings.HasPrefix(credentials, "auth") || looksRandom(value, 16)
	case k.kind == "code": // an authorization code, not an error code
		return looksRandom(value, 16)
	case k.kind == "password":
		return !aboutPassword(value)
	case strings.IndexByte(strings.TrimSpace(value), ' ') >= 0:
		return false
	}
	return !k.loose || looksRandom(value, 8)
}

// harmlessValue reports whether value says something about a secret instead of
// being one.
func harmlessValue(value string) bool {
	switch value {
	case "null", "nil", "None", "true", "false", "undefined", "invalid", "expired", "missing", "required", "revoked",
		"empty", "unknown", "incorrect", "wrong", "not", "is", "has", "was", "The", "the", "Invalid", "Expired", "Missing",
		"Bearer", "bearer", "string", "Array", "Object":
		return true
	}
	return oauthWords[value]
}

// aboutPassword reports whether value is a sentence of a validation ("is too short").
func aboutPassword(value string) bool {
	word, _, more := strings.Cut(value, " ")
	if !more {
		return false
	}
	switch word {
	case "is", "was", "has", "can't", "cannot", "must", "may", "should", "does", "doesn't", "and", "or", "for", "not", "you", "please", "contains":
		return true
	}
	return strings.Count(value, " ") > 3
}

// looksRandom reports whether s is one word of at least n bytes with digits in it,
// as tokens are and the words of a sentence are not.
func looksRandom(s string, n int) bool {
	digits, letters := false, false
	for _, c := range []byte(s) {
		if c == ' ' {
			return false
		}
		digits = digits || isDigit(c)
		letters = letters || isLetter(c)
	}
	return len(s) >= n && digits && letters
}
