package scrub

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// planter makes up secrets, so that none stands in the repository.
type planter struct{ *rand.Rand }

func (p planter) text(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[p.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	lowers    = "abcdefghijklmnopqrstuvwxyz"
	uppers    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	alnum     = uppers + lowers + digits
	base64url = alnum + "-_"
	hexes     = "0123456789abcdef"
)

func (p planter) words(n int) string {
	all := strings.Fields("correct horse battery staple purple monkey dishwasher river candle window garden marble pocket silver thunder velvet orange ladder")
	p.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return strings.Join(all[:n], " ")
}

func (p planter) groups(n int, alphabet, between string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = p.text(4, alphabet)
	}
	return strings.Join(all, between)
}

func (p planter) pem(kind string) string {
	var b strings.Builder
	b.WriteString("-----BEGIN " + kind + "PRIVATE KEY-----\n")
	for range 6 {
		b.WriteString(p.text(64, alnum+"+/") + "\n")
	}
	b.WriteString(p.text(22, alnum) + "==\n-----END " + kind + "PRIVATE KEY-----")
	return b.String()
}

func (p planter) jwt() string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(`{"sub":"`+p.text(9, digits)+`"}`)) + "." + p.text(43, base64url)
}

// secretKinds are the kinds of secrets with the name that each stands under.
var secretKinds = []struct {
	kind, name string
	make       func(p planter) string
}{
	{"access token", "access_token", func(p planter) string { return p.text(40, alnum) }},
	{"Graph token", "token", func(p planter) string { return "EAA" + p.text(120, alnum) }},
	{"refresh token", "refresh_token", func(p planter) string { return "1//0" + p.text(60, base64url) }},
	{"TikTok token", "note", func(p planter) string { return "act." + p.text(48, alnum) }},
	{"client secret", "client_secret", func(p planter) string { return p.text(32, hexes) }},
	{"app secret", "appSecret", func(p planter) string { return p.text(32, hexes) }},
	{"API key", "X-Api-Key", func(p planter) string { return p.text(32, alnum) }},
	{"Google API key", "detail", func(p planter) string { return "AIza" + p.text(35, base64url) }},
	{"JWT", "info", planter.jwt},
	{"password", "password", func(p planter) string { return p.text(6, lowers) + p.text(3, digits) + "!" }},
	{"password of words", "password", func(p planter) string {
		return "Wolke" + p.text(1, digits) + "-" + strings.ReplaceAll(p.words(2), " ", "-")
	}},
	{"French password of two words", "mot de passe", func(p planter) string { return p.text(8, alnum) + "7!" }},
	{"pass phrase", "passphrase", func(p planter) string { return p.words(4) }},
	{"PKCS 8", "private_key", func(p planter) string { return p.pem("") }},
	{"RSA key", "note", func(p planter) string { return p.pem("RSA ") }},
	{"JWK", "jwk", func(p planter) string {
		return `{"kty":"EC","crv":"P-256","x":"` + p.text(43, base64url) + `","d":"` + p.text(43, base64url) + `"}`
	}},
	{"JWK member", "d", func(p planter) string { return p.text(43, base64url) }},
	{"AWS id", "key_id", func(p planter) string { return "AKIA" + p.text(16, uppers+"234567") }},
	{"AWS secret", "aws_secret_access_key", func(p planter) string { return p.text(40, alnum+"/+") }},
	{"GitHub token", "note", func(p planter) string { return "ghp_" + p.text(36, alnum) }},
	{"Slack token", "note", func(p planter) string {
		return "xoxb-" + p.text(12, digits) + "-" + p.text(12, digits) + "-" + p.text(24, alnum)
	}},
	{"Slack hook", "url", func(p planter) string {
		return "https://hooks.slack.com/services/T" + p.text(8, uppers+digits) + "/B" + p.text(8, uppers+digits) + "/" + p.text(24, alnum)
	}},
	{"bot URL", "url", func(p planter) string {
		return "https://api.telegram.org/bot" + p.text(10, digits) + ":AA" + p.text(33, base64url) + "/sendMessage"
	}},
	{"URL with a password", "url", func(p planter) string { return "https://deploy:" + p.text(14, alnum) + "@db.example.com/x" }},
	{"Bluesky app password", "app_password", func(p planter) string { return p.groups(4, lowers+"234567", "-") }},
	{"Bluesky app password without a name", "note", func(p planter) string { return p.groups(4, lowers+"234567", "-") }},
	{"Google app password", "app password", func(p planter) string { return p.groups(4, lowers, " ") }},
	{"two-factor code", "two_factor_code", func(p planter) string { return p.text(6, digits) }},
	{"one-time password", "otp", func(p planter) string { return p.text(6, digits) }},
	{"session cookie", "sessionid", func(p planter) string { return p.text(32, alnum) }},
	{"CSRF token", "csrf_token", func(p planter) string { return p.text(32, alnum) }},
	{"signature", "X-Hub-Signature-256", func(p planter) string { return "sha256=" + p.text(64, hexes) }},
	{"PKCE", "code_verifier", func(p planter) string { return p.text(43, base64url) }},
	{"authorization code", "authorization_code", func(p planter) string { return "AQ" + p.text(40, base64url) }},
	{"French password", "mot_de_passe", func(p planter) string { return p.text(10, alnum) + "7" }},
	{"French key", "clé secrète", func(p planter) string { return p.text(32, alnum) }},
	{"French token", "jeton d'accès", func(p planter) string { return p.text(32, alnum) }},
	{"Spanish password", "contraseña", func(p planter) string { return p.text(10, alnum) + "7" }},
	{"Spanish token", "token de acceso", func(p planter) string { return p.text(32, alnum) }},
	{"German password", "Passwort", func(p planter) string { return p.text(10, alnum) + "7" }},
	{"German key", "API-Schlüssel", func(p planter) string { return p.text(32, alnum) }},
	{"German token", "Zugriffstoken", func(p planter) string { return p.text(32, alnum) }},
	{"Portuguese password", "senha", func(p planter) string { return p.text(10, alnum) + "7" }},
	{"Portuguese key", "chave_de_api", func(p planter) string { return p.text(32, alnum) }},
	{"Japanese password", "パスワード", func(p planter) string { return p.text(10, alnum) + "7" }},
	{"Japanese token", "アクセストークン", func(p planter) string { return p.text(32, alnum) }},
	{"name with spaces", "access token", func(p planter) string { return p.text(32, alnum) }},
	{"Stripe key", "note", func(p planter) string { return "sk_live_" + p.text(24, alnum) }},
}

func quoteJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func single(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(s) + "'"
}

func escapeHTML(s string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;").Replace(s)
}

// secretShapes are the shapes in which a name and a value come.
var secretShapes = []struct {
	shape string
	put   func(name, value string) string
}{
	{"JSON", func(n, v string) string {
		return `{"error":{"code":190,"message":"no"},"request":{` + quoteJSON(n) + `:` + quoteJSON(v) + `}}`
	}},
	{"JSON in a string", func(n, v string) string {
		return `{"code":190,"body":` + quoteJSON(`{`+quoteJSON(n)+`: `+quoteJSON(v)+`,"a":1}`) + `}`
	}},
	{"JSON in a string in a string", func(n, v string) string {
		return `{"body":` + quoteJSON(`{"body":`+quoteJSON(`{`+quoteJSON(n)+`:`+quoteJSON(v)+`}`)+`}`) + `}`
	}},
	{"query", func(n, v string) string {
		return "GET https://graph.example/me?fields=id&" + url.QueryEscape(n) + "=" + url.QueryEscape(v) + "&x=1 failed"
	}},
	{"form body", func(n, v string) string { return "grant=1&" + url.QueryEscape(n) + "=" + url.QueryEscape(v) }},
	{"URL-encoded JSON", func(n, v string) string { return "payload=" + url.QueryEscape(`{`+quoteJSON(n)+`:`+quoteJSON(v)+`}`) }},
	{"address in an address", func(n, v string) string {
		return "next=" + url.QueryEscape("https://a.example/?"+url.QueryEscape(n)+"="+url.QueryEscape(v)+"&b=1")
	}},
	{"headers", func(n, v string) string {
		return "HTTP/1.1 400 Bad Request\r\nDate: today\r\nX-" + strings.ReplaceAll(n, " ", "-") + ": " + strings.ReplaceAll(v, "\n", `\n`) + "\r\nServer: x\r\n\r\n"
	}},
	{"headers of curl", func(n, v string) string {
		return "> POST /me HTTP/2\n> x-" + strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(n, " ", "-"), "_", "-")) + ": " + strings.ReplaceAll(v, "\n", " ") + "\n> accept: */*\n"
	}},
	{"cookie", func(n, v string) string {
		return "Cookie: lang=fr; " + strings.ReplaceAll(n, " ", "_") + "=" + strings.ReplaceAll(v, "\n", "%0A") + "; theme=dark\r\n"
	}},
	{"Set-Cookie in JSON", func(n, v string) string {
		return `{"headers":{"set-cookie":[` + quoteJSON(strings.ReplaceAll(n, " ", "_")+"="+url.QueryEscape(v)+"; Path=/; HttpOnly") + `]}}`
	}},
	{"input", func(n, v string) string {
		return `<form><input type="hidden" name="` + n + `" value="` + escapeHTML(v) + `"><input name="q"></form>`
	}},
	{"input, value first", func(n, v string) string {
		return `<input value='` + escapeHTML(v) + `' type='hidden' name='` + n + `' />`
	}},
	{"Python dict", func(n, v string) string { return `request: {'id': 1, ` + single(n) + `: ` + single(v) + `, 'x': None}` }},
	{"Python tuple", func(n, v string) string { return `params=[('id', '1'), (` + single(n) + `, ` + single(v) + `)]` }},
	{"Python bytes", func(n, v string) string { return `{b` + single(n) + `: b` + single(v) + `}` }},
	{"PHP array", func(n, v string) string { return "array (\n  'id' => 1,\n  " + single(n) + " => " + single(v) + ",\n)" }},
	{"print_r", func(n, v string) string {
		return "Array\n(\n    [" + n + "] => " + v + "\n    [code] => 190\n)\n"
	}},
	{"var_dump", func(n, v string) string {
		return fmt.Sprintf("array(1) {\n  [\"%s\"]=>\n  string(%d) \"%s\"\n}", n, len(v), v)
	}},
	{"serialized", func(n, v string) string { return fmt.Sprintf(`a:1:{s:%d:"%s";s:%d:"%s";}`, len(n), n, len(v), v) }},
	{"Ruby hash", func(n, v string) string { return `{"id"=>1, ` + quoteJSON(n) + `=>` + quoteJSON(v) + `, :code=>190}` }},
	{"Ruby symbols", func(n, v string) string { return `{:"` + n + `"=>` + quoteJSON(v) + `}` }},
	{"Node", func(n, v string) string {
		return "{\n  id: 1,\n  " + single(n) + ": " + single(v) + ",\n  code: 190\n}"
	}},
	{"prose with a colon", func(n, v string) string {
		return "The request failed. " + n + ": " + strings.ReplaceAll(v, "\n", " ") + "."
	}},
	{"prose", func(n, v string) string {
		return "Sign-in with " + n + " " + strings.ReplaceAll(v, "\n", " ") + " was refused by the server"
	}},
	{"prose with is", func(n, v string) string {
		return "The " + n + " is " + strings.ReplaceAll(v, "\n", " ") + ", which is wrong"
	}},
	{"prose in quotes", func(n, v string) string {
		return "Bad " + n + " '" + strings.ReplaceAll(v, "\n", `\n`) + "' for this user"
	}},
	{"YAML", func(n, v string) string {
		if strings.Contains(v, "\n") {
			return "id: 1\n" + n + ": |\n  " + strings.ReplaceAll(v, "\n", "\n  ") + "\ncode: 190\n"
		}
		return "id: 1\n" + n + ": " + v + "\ncode: 190\n"
	}},
	{"pair", func(n, v string) string {
		return `{"params":[{"name":` + quoteJSON(n) + `,"value":` + quoteJSON(v) + `}]}`
	}},
	{"pair, value first", func(n, v string) string { return `[{"value": ` + quoteJSON(v) + `, "key": ` + quoteJSON(n) + `}]` }},
	{"HAR", func(n, v string) string {
		return `{"request":{"headers":[{"name":"Accept","value":"*/*"},{"name":` + quoteJSON(n) + `,"value":` + quoteJSON(v) + `,"comment":""}]}}`
	}},
	{"cookie list", func(n, v string) string {
		return `{"cookies":[{"name":"lang","value":"fr"},{"name":` + quoteJSON(n) + `,"value":` + quoteJSON(v) + `,"path":"/"}]}`
	}},
	{"object", func(n, v string) string {
		return `{"id":1,` + quoteJSON(n) + `: {"type": "string", "value": ` + quoteJSON(v) + `, "expires": 1}}`
	}},
	{"object in a string", func(n, v string) string {
		return `{"body":` + quoteJSON(`{`+quoteJSON(n)+`:{"stringValue":`+quoteJSON(v)+`}}`) + `}`
	}},
	{"object as a string", func(n, v string) string {
		return `{` + quoteJSON(n) + `:` + quoteJSON(`{"token":`+quoteJSON(v)+`}`) + `}`
	}},
	{"object in Python", func(n, v string) string {
		return `{'id': 1, ` + single(n) + `: {'value': ` + single(v) + `, 'x': None}}`
	}},
	{"object in Ruby", func(n, v string) string { return `{:"` + n + `"=>{:value=>` + quoteJSON(v) + `, :code=>190}}` }},
	{"list", func(n, v string) string {
		return `{` + quoteJSON(n) + `: [` + quoteJSON(v) + `, ` + quoteJSON(v) + `], "code": 190}`
	}},
	{"list of objects", func(n, v string) string {
		return `{` + quoteJSON(n) + `: [{"id": 1, "value": ` + quoteJSON(v) + `}, {"id": 2, "value": ` + quoteJSON(v) + `}]}`
	}},
	{"block in YAML", func(n, v string) string {
		return "a:\n  " + n + ": |\n    " + strings.ReplaceAll(v, "\n", "\n    ") + "\n  code: 190\n"
	}},
	{"folded block in YAML", func(n, v string) string {
		return "- " + n + ": >-\n    " + strings.ReplaceAll(v, "\n", "\n    ") + "\n    " + strings.ReplaceAll(v, "\n", "\n    ") + "\n- code: 190\n"
	}},
	{"block of YAML in a string", func(n, v string) string {
		return `{"body":` + quoteJSON(n+": |2- # note\r\n\r\n  "+strings.ReplaceAll(v, "\n", "\r\n  ")+"\r\n") + `}`
	}},
	{"CSV row of two cells", func(n, v string) string {
		return `"` + n + `","` + strings.ReplaceAll(v, `"`, `""`) + `"`
	}},
	{"CSV with semicolons", func(n, v string) string {
		return "\"champ\";\"valeur\"\r\n\"" + n + `";"` + strings.ReplaceAll(v, `"`, `""`) + "\"\r\n\"code\";\"190\"\r\n"
	}},
	{"prose, is and a colon", func(n, v string) string {
		return "The " + n + " is: " + strings.ReplaceAll(v, "\n", " ") + ", please check it"
	}},
	{"tab", func(n, v string) string {
		return "id\t1\n" + n + "\t" + strings.ReplaceAll(v, "\n", `\n`) + "\ncode\t190\n"
	}},
	{"many spaces", func(n, v string) string { return n + "            " + strings.ReplaceAll(v, "\n", `\n`) + "\n" }},
	{"spaces behind a colon", func(n, v string) string { return n + ":              " + strings.ReplaceAll(v, "\n", `\n`) + "\n" }},
	{"CSV", func(n, v string) string {
		return `"id","1"` + "\n" + `"` + n + `","` + strings.ReplaceAll(v, `"`, `""`) + `"` + "\n"
	}},
	{"CSV in columns", func(n, v string) string {
		return `id,` + n + ",code\n" + `7,"` + strings.ReplaceAll(v, `"`, `""`) + "\",190\n"
	}},
	{"curl -d", func(n, v string) string {
		return `curl -X POST https://a.example -d '` + n + `=` + url.QueryEscape(v) + `' -d x=1`
	}},
	{"curl -H", func(n, v string) string {
		return `curl -H "X-` + strings.ReplaceAll(n, " ", "-") + `: ` + strings.NewReplacer("\n", " ", `"`, `\"`).Replace(v) + `" https://a.example`
	}},
	{"curl -u", func(_, v string) string {
		return `curl -u 'bob:` + strings.ReplaceAll(v, "\n", `\n`) + `' https://a.example`
	}},
	{"log line", func(n, v string) string {
		return `time=1 level=error ` + strings.ReplaceAll(n, " ", "_") + `=` + logValue(v) + ` msg="no"`
	}},
	{"log line without quotes", func(n, v string) string {
		return `level=error ` + strings.ReplaceAll(n, " ", "_") + `=` + strings.ReplaceAll(v, "\n", `\n`) + ` code=190`
	}},
	{"environment", func(n, v string) string {
		return "export " + strings.ToUpper(strings.ReplaceAll(n, " ", "_")) + "=" + single(v) + "\n"
	}},
	{"XML", func(n, v string) string {
		tag := strings.NewReplacer(" ", "_", "'", "").Replace(n)
		return "<r><" + tag + ">" + escapeHTML(v) + "</" + tag + "></r>"
	}},
	{"entities", func(n, v string) string {
		return "<pre>" + strings.ReplaceAll(`{"`+n+`":`+quoteJSON(v)+`}`, `"`, "&quot;") + "</pre>"
	}},
	{"multipart", func(n, v string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"" + n + "\"\r\n\r\n" + strings.ReplaceAll(v, "\n", `\n`) + "\r\n--x--"
	}},
	{"Go map of lists", func(n, v string) string {
		return "map[Accept:[*/*] " + strings.ReplaceAll(n, " ", "-") + ":[" + strings.ReplaceAll(v, "\n", `\n`) + "] Code:[190]]"
	}},
	{"Java map", func(n, v string) string {
		return "{id=1, " + strings.ReplaceAll(n, " ", "_") + "=" + strings.ReplaceAll(v, "\n", `\n`) + ", code=190}"
	}},
}

func logValue(v string) string {
	if strings.ContainsAny(v, " \n\"") {
		return quoteJSON(v)
	}
	return v
}

// landed returns what of a planted secret is left: a third of it, as it was or
// escaped, is too much.
func landed(clean, secret string) bool {
	core := secret
	if i := strings.LastIndexAny(secret, "/:"); strings.HasPrefix(secret, "https://") && i > 0 {
		parts := strings.FieldsFunc(secret, func(r rune) bool { return strings.ContainsRune("/:@", r) })
		core = parts[0]
		for _, part := range parts {
			if len(part) > len(core) && !strings.Contains(part, ".") || strings.HasPrefix(part, "AA") {
				core = part
			}
		}
	}
	if i := strings.Index(secret, `"d":"`); i >= 0 {
		core = strings.TrimSuffix(secret[i+5:], `"}`)
	}
	core = strings.TrimPrefix(core, "sha256=")
	if strings.HasPrefix(core, "-----BEGIN") {
		core = core[100:180]
		core = core[:strings.IndexByte(core, '\n')]
	}
	if strings.Contains(core, ".") && strings.HasPrefix(core, "ey") {
		core = core[strings.LastIndexByte(core, '.')+1:]
	}
	size := max(5, len(core)/3)
	for i := 0; i+size <= len(core); i++ {
		if strings.Contains(clean, core[i:i+size]) || strings.Contains(clean, url.QueryEscape(core[i:i+size])) {
			return true
		}
	}
	return false
}

// TestPlantedSecretsAreRemoved plants each kind in each shape. A member that was torn
// out of its JSON Web Key has a name of one letter, and may land in a few shapes.
func TestPlantedSecretsAreRemoved(t *testing.T) {
	t.Parallel()
	p := planter{rand.New(rand.NewPCG(1, 2))}
	planted, left := 0, 0
	for _, kind := range secretKinds {
		for _, shape := range secretShapes {
			for range 3 {
				value := kind.make(p)
				text := shape.put(kind.name, value)
				clean, _ := Bytes([]byte(text))
				planted++
				if !landed(string(clean), value) {
					continue
				}
				left++
				if kind.kind != "JWK member" {
					t.Errorf("%s in %s: %s\nbecame %s", kind.kind, shape.shape, text, clean)
				}
			}
		}
	}
	if left*100 > planted {
		t.Errorf("%d of %d secrets landed", left, planted)
	}
	t.Logf("%d of %d secrets landed", left, planted)
}
