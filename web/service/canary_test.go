package service

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/store"
	"wherefore/store/storetest"
	"wherefore/web/webtest"
)

// canary is a secret that this run made up, and where it was put.
type canary struct {
	where  string
	secret string
}

// canaries plants secrets and keeps them, to look for them.
type canaries struct {
	random  *rand.Rand
	planted []canary
}

func newCanaries(t *testing.T) *canaries {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return &canaries{random: rand.New(rand.NewPCG(seed, 0))}
}

const canaryLetters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"

// secret makes a secret of n characters up, with digits among letters.
func (c *canaries) secret(where string, n int) string {
	text := make([]byte, n)
	for i := range text {
		if text[i] = canaryLetters[c.random.IntN(len(canaryLetters))]; i%5 == 3 {
			text[i] = "23456789"[c.random.IntN(8)]
		}
	}
	c.planted = append(c.planted, canary{where, string(text)})
	return string(text)
}

// canaryShapes are ways in which secrets get into an error, as its text. Those who put
// one in take the secrets that they need from secret, which has a length.
var canaryShapes = []struct {
	name string
	text func(secret func(n int) string) string
}{
	{"JSON field", func(s func(int) string) string { return `{"error":{"code":190,"access_token":"` + s(32) + `"}}` }},
	{"name and value of an object", func(s func(int) string) string { return `{"headers":[{"name":"X-Api-Key","value":"` + s(32) + `"}]}` }},
	{"JSON in a string", func(s func(int) string) string {
		return quotedJSON(map[string]any{"body": quotedJSON(map[string]any{"client_secret": s(32)})})
	}},
	{"JSON in a string in a string", func(s func(int) string) string {
		return quotedJSON(map[string]any{"a": quotedJSON(map[string]any{"b": quotedJSON(map[string]any{"refresh_token": s(40)})})})
	}},
	{"escaped name", func(s func(int) string) string { return `{"\u0061ccess_token":"` + s(32) + `"}` }},
	{"query", func(s func(int) string) string {
		return "GET https://graph.example.com/v1/me?fields=id&access_token=" + s(40) + "&debug=1 failed"
	}},
	{"query in a query", func(s func(int) string) string {
		return "https://a.example.com/go?to=" + url.QueryEscape("https://b.example.com/cb?access_token="+s(40)+"&x=1")
	}},
	{"form", func(s func(int) string) string {
		return "grant_type=refresh_token&refresh_token=" + s(40) + "&client_id=12&client_secret=" + s(32)
	}},
	{"header dump", func(s func(int) string) string {
		return "POST /me HTTP/1.1\r\nHost: a.example.com\r\nAuthorization: Bearer " + s(60) + "\r\nContent-Type: text/plain\r\n\r\n"
	}},
	{"cookie", func(s func(int) string) string { return "Cookie: theme=dark; sessionid=" + s(32) + "; lang=en\r\n" }},
	{"Set-Cookie", func(s func(int) string) string {
		return "HTTP/1.1 302 Found\r\nSet-Cookie: sid=" + s(32) + "; Path=/; HttpOnly\r\nLocation: /\r\n"
	}},
	{"password in prose", func(s func(int) string) string {
		return "Could not sign in as bot with password: " + s(14) + ", giving up"
	}},
	{"password on the next line of YAML", func(s func(int) string) string {
		return "login:\n  user: bot\n  password: >-\n    " + s(14) + "\n  retries: 3\n"
	}},
	{"JWT", func(s func(int) string) string {
		part := base64.RawURLEncoding.EncodeToString
		return "refused eyJhbGciOiJIUzI1NiJ9." + part([]byte(`{"sub":"`+s(20)+`"}`)) + "." + s(43) + " as expired"
	}},
	{"private key", func(s func(int) string) string {
		return "-----BEGIN RSA PRIVATE KEY-----\n" + s(64) + "\n" + s(64) + "\n" + s(40) + "==\n-----END RSA PRIVATE KEY-----"
	}},
	{"private key in JSON", func(s func(int) string) string {
		return quotedJSON(map[string]any{"private_key": "-----BEGIN PRIVATE KEY-----\n" + s(64) + "\n" + s(64) + "\n-----END PRIVATE KEY-----\n"})
	}},
	{"password in a URL", func(s func(int) string) string {
		return "dial postgres://app:" + s(16) + "@db.example.com:5432/main: refused"
	}},
	{"basic authorization", func(s func(int) string) string {
		return "authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("bot:"+s(18)))
	}},
	{"curl", func(s func(int) string) string {
		return "curl -X POST -u bot:" + s(16) + " -H 'X-Api-Key: " + s(32) + "' https://a.example.com"
	}},
	{"environment", func(s func(int) string) string {
		return "DEBUG=1\nAWS_SECRET_ACCESS_KEY=" + s(40) + "\nexport STRIPE_KEY=\"sk_live_" + s(24) + "\"\nHOME=/root\n"
	}},
	{"PHP dump", func(s func(int) string) string {
		return "array (\n  'access_token' => '" + s(32) + "',\n  'code' => 190,\n)"
	}},
	{"Ruby dump", func(s func(int) string) string { return `{:code=>190, :access_token=>"` + s(32) + `"}` }},
	{"Python dump", func(s func(int) string) string { return "{'code': 190, 'client_secret': '" + s(32) + "'}" }},
	{"Go dump", func(s func(int) string) string { return "map[access_token:[" + s(32) + "] code:[190]]" }},
	{"XML", func(s func(int) string) string {
		return "<r><code>9</code><access_token>" + s(32) + "</access_token></r>"
	}},
	{"HTML", func(s func(int) string) string {
		return `<html><form><input type="hidden" name="csrf_token" value="` + s(32) + `"></form></html>`
	}},
	{"token without a name", func(s func(int) string) string { return "the service says ghp_" + s(36) + " is no good" }},
	{"table", func(s func(int) string) string { return "user,password\nbot," + s(14) + "\n" }},
	{"base64 of JSON", func(s func(int) string) string {
		return `{"request":"` + base64.StdEncoding.EncodeToString([]byte(`{"access_token":"`+s(32)+`","fields":"id"}`)) + `"}`
	}},
	{"broken JSON", func(s func(int) string) string { return `{"error":{"access_token":"` + s(32) + `","message":"cut` }},
}

func quotedJSON(v any) string {
	b, _ := json.Marshal(v) // what has only texts and maps
	return string(b)
}

// events returns two events for each shape, which is the error of both: one is taken,
// the other goes to quarantine.
func (c *canaries) events() (bodies [][]byte) {
	for i, shape := range canaryShapes {
		for _, type_ := range []string{"failed", "none"} { // the second is no type
			where := shape.name + " in the error of a type " + type_
			text := shape.text(func(n int) string { return c.secret(where, n) })
			var sent any = text
			if json.Valid([]byte(text)) && c.random.IntN(2) == 0 {
				sent = json.RawMessage(text)
			}
			bodies = append(bodies, jsonBody(map[string]any{
				"id": fmt.Sprint(type_, i), "profile_id": fmt.Sprint("p", i%5), "network": "facebook", "type": type_, "http_status": 400, "error": sent,
			}))
		}
	}
	return bodies
}

// fields returns events with a secret in each field, by itself and under a name.
func (c *canaries) fields() (bodies [][]byte) {
	for _, field := range []string{
		"id", "profile_id", "profile_name", "owner_id", "credential_id", "operation", "network", "occurred_at", "type", "http_status", "unknown",
	} {
		for i, start := range []string{"ghp_", "access_token=", "password: "} {
			secret := start + c.secret(fmt.Sprintf("field %s as %s…", field, start), 36)
			event := map[string]any{"id": fmt.Sprint(field, i), "profile_id": fmt.Sprint("f", i), "network": "facebook", "error": "No " + field}
			event[field] = secret
			bodies = append(bodies, jsonBody(event))
			event["error"] = nil // and without what an event needs
			event["id"] = map[string]any{"secret": secret}
			bodies = append(bodies, jsonBody(event))
		}
	}
	for i, cut := range []string{`{"id": "cut`, `{"profile_id": "p", `, ``, `[`} {
		bodies = append(bodies, fmt.Appendf(nil, `%s "access_token": "%s", "n": %d`, cut, c.secret("broken body "+cut, 32), i))
	}
	return bodies
}

func jsonBody(v any) []byte {
	b, _ := json.Marshal(v) // what has only texts and maps
	return b
}

// canarySite is a service that keeps what it logs.
type canarySite struct {
	*Service
	url string
	log *lockedBuffer
}

// lockedBuffer is a buffer for a log, which many write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

const canaryToken = "a-token-for-canaries"

func newCanarySite(t *testing.T, address string) canarySite {
	t.Helper()
	var log lockedBuffer
	everything := slog.New(requestLines{slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})})
	own, err := url.Parse("http://localhost:1")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{BaseURL: own, SessionKeys: [][]byte{make([]byte, 32)}, Token: canaryToken, QuarantineDays: 30}
	v, err := New(t.Context(), c, storetest.Open(t, address), everything)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	return canarySite{v, server.URL, &log}
}

// post sends a body as a service, packed or not, and returns the answer.
func (s canarySite) post(t *testing.T, path string, body []byte, packed bool) string {
	t.Helper()
	var sent bytes.Buffer
	sent.Write(body)
	if packed {
		sent.Reset()
		w := gzip.NewWriter(&sent)
		_, _ = w.Write(body) // to a buffer
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+path, &sent)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+canaryToken)
	if packed {
		r.Header.Set("Content-Encoding", "gzip")
	}
	return answerTo(t, r)
}

func answerTo(t *testing.T, r *http.Request) string {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode >= 500 {
		t.Errorf("%s %s answers %d: %s", r.Method, r.URL.Path, answer.StatusCode, body)
	}
	return string(body)
}

// plantInRequests sends requests with secrets around their bodies: in headers, in
// addresses, and as what somebody who signs in takes for a name. What such a request
// is answered is the sender's own.
func (s canarySite) plantInRequests(t *testing.T, c *canaries) {
	t.Helper()
	for _, name := range []string{"Authorization", "Cookie", "User-Agent", "Referer", "X-Request-Id", "X-Forwarded-For", "Traceparent", "Accept-Language", "Origin"} {
		for _, path := range []string{"/api/v1/catalogue", "/profiles", "/nothing"} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+canaryToken)
			r.Header.Set(name, map[string]string{"Authorization": "Bearer ", "Cookie": "session="}[name]+"ghp_"+c.secret("header "+name, 36))
			answerTo(t, r)
		}
	}
	for _, path := range []string{
		"/api/v1/profiles/%s/reason", "/api/v1/reason?profile_id=%s", "/api/v1/catalogue?access_token=%s", "/api/v1/%s", "/%s", "/profiles/%s",
		"/sign-in?back=%%2Fprofiles%%3Faccess_token%%3D%s", "/metrics?token=%s", "/static/%s",
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+fmt.Sprintf(path, "ghp_"+c.secret("address "+path, 36)), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+canaryToken)
		answerTo(t, r)
	}
	s.post(t, "/api/v1/events?access_token="+c.secret("query of the events", 32), []byte(`{"id":"q","profile_id":"q","network":"x","error":"q"}`), false)
	s.post(t, "/api/v1/parse", jsonBody(map[string]any{"network": "facebook", "error": "access_token=" + c.secret("error to parse", 32)}), false)
	s.post(t, "/api/v1/parse", jsonBody(map[string]any{"network": "ghp_" + c.secret("network to parse", 36), "error": "x"}), false)
	s.post(t, "/api/v1/reasons", jsonBody(map[string]any{"profile_ids": []string{"ghp_" + c.secret("ids of reasons", 36)}}), false)
	for _, name := range []string{"admin", c.secret("name of the form to sign in", 14)} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/sign-in",
			strings.NewReader(url.Values{"user": {name}, "password": {c.secret("password of the form to sign in", 14)}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answerTo(t, r)
	}
}

// TestCanariesAreNowhere sends secrets in many shapes, in every field of events and
// around them, and looks for them in all that stays and all that goes out: the
// database, the log, the metrics, answers, pages and CSV.
func TestCanariesAreNowhere(t *testing.T) {
	t.Parallel()
	c, address := newCanaries(t), storetest.URL(t)
	s := newCanarySite(t, address)
	out := map[string]string{}
	for i, body := range append(c.events(), c.fields()...) {
		out[fmt.Sprintf("the answer to %.60s", body)] = s.post(t, "/api/v1/events", body, i%4 == 0)
	}
	s.plantInRequests(t, c)
	s.group(t)
	s.readEverything(t, out)
	out["the log"] = s.log.String()
	for table, rows := range rowsOf(t, address) {
		out["table "+table] = rows
	}
	if len(out) < 250 || len(c.planted) < 150 {
		t.Errorf("%d texts and %d secrets", len(out), len(c.planted))
	}
	checkNoCanary(t, c.planted, out)
}

// group makes clusters, as a worker does.
func (s canarySite) group(t *testing.T) {
	t.Helper()
	if _, err := s.Store.NewGrouping(domain.Facebook, cluster.GroupingVersion, store.NewLeaves(store.MaxLeafBytes)).Step(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
}

// readEverything reads pages as an administrator: those that links lead to, and those
// of all events, profiles, clusters and entries in quarantine.
func (s canarySite) readEverything(t *testing.T, out map[string]string) {
	t.Helper()
	admin := webtest.Visit(t, s.Store, s.url, domain.Admin)
	walk(admin, 2, func(path string, status int, body []byte, _ *html.Node) {
		if out["page "+path] = string(body); status >= 500 {
			t.Errorf("%s answers %d", path, status)
		}
	})
	for _, path := range s.pagesOfRows(t) {
		if _, read := out["page "+path]; !read {
			status, body, _ := admin.Get(path)
			out["page "+path] = string(body)
			if ofRow.MatchString(path) && status != http.StatusOK {
				t.Errorf("%s answers %d", path, status)
			}
		}
	}
}

var (
	variable = regexp.MustCompile(`\{[^}]*\}`)
	ofRow    = regexp.MustCompile(`^/(?:events|profiles|clusters|quarantine)/`)
)

// pagesOfRows are the addresses of rows that stand in the database, and those of
// routes without a variable.
func (s canarySite) pagesOfRows(t *testing.T) (paths []string) {
	t.Helper()
	for _, pattern := range webtest.Patterns(t, "routes.go") {
		if path, ok := strings.CutPrefix(pattern, "GET "); ok && !variable.MatchString(path) {
			paths = append(paths, path)
		}
	}
	events, err := s.Store.Events(t.Context(), store.EventFilter{}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events.Rows {
		paths = append(paths, "/events/"+e.ID, "/profiles/"+url.PathEscape(e.ProfileID), "/profiles/"+url.PathEscape(e.ProfileID)+"/timeline.csv")
		if e.ClusterID != 0 {
			paths = append(paths, "/clusters/"+e.ClusterID.String())
		}
	}
	entries, err := s.Store.Quarantine(t.Context(), store.QuarantineFilter{}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries.Rows {
		paths = append(paths, fmt.Sprint("/quarantine/", e.ID))
	}
	if len(events.Rows) < 50 || len(entries.Rows) < 50 {
		t.Errorf("%d events, %d entries in quarantine", len(events.Rows), len(entries.Rows))
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

var hexBytes = regexp.MustCompile(`\\x[0-9a-f]{2,}`)

// rowsOf returns the rows of all tables as text, with bytes read.
func rowsOf(t *testing.T, address string) map[string]string {
	t.Helper()
	tables := map[string]string{}
	for table, rows := range storetest.Dump(t, storetest.DB(t, address)) {
		tables[table] = rows + hexBytes.ReplaceAllStringFunc(rows, func(text string) string {
			read, err := hex.DecodeString(text[2:])
			if err != nil {
				return text
			}
			return string(read)
		})
	}
	return tables
}

var word = regexp.MustCompile(`[A-Za-z0-9]{12,}`)

// checkNoCanary looks for parts of secrets, as they are and as base64 and hex say them.
// All of these are letters and digits only, so each word is looked through once,
// wherever it stands.
func checkNoCanary(t *testing.T, planted []canary, out map[string]string) {
	t.Helper()
	stands := map[string]string{} // by word
	for where, text := range out {
		for _, w := range word.FindAllString(text, -1) {
			stands[w] = where
		}
	}
	all := strings.Join(slices.Collect(maps.Keys(stands)), " ")
	for _, c := range planted {
		part := partIn(c.secret, all)
		if part == "" {
			continue
		}
		for w, where := range stands {
			if strings.Contains(w, part) {
				at := strings.Index(out[where], part)
				t.Errorf("%s: %s of %s is in %s: …%s…", c.where, part, c.secret, where, out[where][max(0, at-80):min(len(out[where]), at+len(part)+40)])
				break
			}
		}
	}
}

// partIn returns what a text has of a secret: twelve characters in a row or more.
func partIn(secret, text string) string {
	const least = 12
	for _, at := range []int{0, (len(secret) - least) / 2, len(secret) - least} {
		part := secret[at : at+least]
		for _, form := range append(base64Forms(part), part, hex.EncodeToString([]byte(part))) {
			if strings.Contains(text, form) {
				return form
			}
		}
	}
	return ""
}

// base64Forms are the three ways in which base64 says a text, as it begins at each of
// three places, without what depends on the text around it.
func base64Forms(text string) (forms []string) {
	for before := range 3 {
		all := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), text...))
		first := (before*8 + 5) / 6
		last := (before + len(text)) * 8 / 6
		forms = append(forms, all[first:last])
	}
	return forms
}
