package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/handlers/api"
	"wherefore/store"
	"wherefore/store/storetest"
)

const token = "a-token-for-tests"

// server answers the API on a database of its own, with one parser.
type server struct {
	t        *testing.T
	database string
	store    *store.Store
	api      *api.API
	url      string
}

func newServer(t *testing.T) server {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	database := storetest.URL(t)
	a := &api.API{
		Store: storetest.Open(t, database), Engine: engine(t, c), Catalog: c, Log: slog.New(slog.DiscardHandler),
		EventURL: func(id string) string { return "https://why.example/events/" + id },
	}
	a.Intake, a.Tokens = store.NewIntake(a.Store), store.NewTokens(a.Store)
	if _, err := a.Store.AddToken(t.Context(), store.Actor{Name: "test"}, "planner", store.HashToken(token)); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /api/v1/events", a.Handle(a.AddEvents))
	mux.Handle("GET /api/v1/profiles/{profile_id}/reason", a.Handle(a.ShowReason))
	mux.Handle("GET /api/v1/reason", a.Handle(a.ShowReason))
	mux.Handle("POST /api/v1/reasons", a.Handle(a.ListReasons))
	mux.Handle("POST /api/v1/parse", a.Handle(a.Parse))
	mux.Handle("GET /api/v1/catalogue", a.Handle(a.ShowCatalog))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return server{t, database, a.Store, a, s.URL}
}

func engine(t *testing.T, c *catalog.Catalog) *explain.Engine {
	t.Helper()
	layout, err := facts.NewLayout(c.Network(domain.Facebook).Layout)
	if err != nil {
		t.Fatal(err)
	}
	var parsers []*parse.Parser
	for _, spec := range []domain.ParserSpec{
		{Name: "password", Reason: "facebook.user-changed-password", Condition: `code == "190" && subcode == "460"`},
		{Name: "checkpoint", Reason: "facebook.login-checkpoint", Condition: `subcode == "459"`},
		{Name: "busy", Reason: "facebook.rate-limited", Condition: `code == "4"`},
	} {
		spec.Network = domain.Facebook
		p, err := parse.NewParser(spec)
		if err != nil {
			t.Fatal(err)
		}
		parsers = append(parsers, p)
	}
	rules, err := parse.NewRuleset(domain.Facebook, 7, parsers)
	if err != nil {
		t.Fatal(err)
	}
	e := explain.NewEngine(map[domain.Network]*facts.Layout{domain.Facebook: layout})
	e.Swap(rules)
	return e
}

// call sends a request and decodes its answer.
func (s server) call(method, path, body string, header ...string) (int, map[string]any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	answer := map[string]any{}
	if err := json.Unmarshal(raw, &answer); err != nil {
		s.t.Fatalf("%s %s: %d %q: %v", method, path, res.StatusCode, raw, err)
	}
	if res.StatusCode >= 400 && res.Header.Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("%s %s: a %d of type %q", method, path, res.StatusCode, res.Header.Get("Content-Type"))
	}
	checkAnswer(s.t, method, path, res.StatusCode, res.Header.Get("Content-Type"), raw)
	return res.StatusCode, answer
}

func counts(answer map[string]any) string {
	return fmt.Sprint(answer["accepted"], answer["duplicates"], answer["quarantined"])
}

const password = `{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":460}}`

func TestEventThenReason(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	status, got := s.call("POST", "/api/v1/events",
		`{"id":"e1","profile_id":"p/1","network":"facebook","http_status":400,"error":`+password+`,"profile_name":"Corner Bakery"}`)
	if status != 200 || counts(got) != "1 0 0" {
		t.Fatalf("%d %v", status, got)
	}
	status, got = s.call("GET", "/api/v1/profiles/p%2F1/reason?locale=en", "")
	reason, _ := got["reason"].(map[string]any)
	if status != 200 || got["outcome"] != "parsed" || got["state"] != "disconnected" || reason["id"] != "facebook.user-changed-password" ||
		reason["category"] != "reconnect" || reason["reconnect_helps"] != "yes" || reason["locale"] != "en" || reason["title"] == "" {
		t.Errorf("%d %v", status, got)
	}
	if parser, _ := got["parser"].(map[string]any); parser["name"] != "password" || parser["ruleset"] != 7.0 {
		t.Errorf("parser %v", got["parser"])
	}
	if url := "https://why.example/events/" + fmt.Sprint(got["event_id"]); got["url"] != url {
		t.Errorf("url %v, want %s", got["url"], url)
	}
}

func TestUnparsedReasonHidesTheRawText(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.call("POST", "/api/v1/events", `{"id":"e1","profile_id":"p1","network":"facebook","error":"a text that nobody knows"}`)
	status, got := s.call("GET", "/api/v1/profiles/p1/reason", "")
	whole, _ := json.Marshal(got)
	unparsed, _ := got["error"].(map[string]any)
	if status != 200 || got["outcome"] != "unparsed" || got["reason"] != nil || unparsed["code"] != "unparsed" || unparsed["cluster"] == nil {
		t.Errorf("%d %s", status, whole)
	}
	if bytes.Contains(whole, []byte("nobody knows")) {
		t.Errorf("the raw text shows: %s", whole)
	}
}

// What a call that went through is sent with is not an error.
func TestSucceededHasNoReason(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	_, taken := s.call("POST", "/api/v1/events", `{"id":"e1","profile_id":"p1","type":"succeeded","network":"facebook","error":`+password+`}`)
	_, got := s.call("GET", "/api/v1/profiles/p1/reason", "")
	if taken["accepted"] != 1.0 || got["state"] != "connected" || got["outcome"] != "none" || got["reason"] != nil || got["error"] != nil {
		t.Errorf("%v, %v", taken, got)
	}
}

func TestReconnectedHasNoReason(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.call("POST", "/api/v1/events", `[
		{"id":"e1","profile_id":"p1","network":"facebook","occurred_at":"2026-11-01T10:00:00Z","error":`+password+`},
		{"id":"e2","profile_id":"p1","type":"reconnected","network":"facebook","occurred_at":"2026-11-01T11:00:00Z"}]`)
	_, got := s.call("GET", "/api/v1/profiles/p1/reason", "")
	if got["state"] != "connected" || got["outcome"] != "none" || got["reason"] != nil || got["error"] != nil {
		t.Errorf("%v", got)
	}
}

func TestBatchTakesTheGoodItems(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	body := `[{"id":"a","profile_id":"p","network":"facebook","error":1},
		{"id":"b","profile_id":"p","network":"facebook"},
		{"id":"a","profile_id":"p","network":"facebook","error":2},
		{"id":"c","profile_id":"new","error":3},
		{"id":"d","profile_id":"p","network":"myspace","error":4},
		7,
		{"id":"e","profile_id":"p","network":"facebook","error":5},
		{"id":"f",`
	status, got := s.call("POST", "/api/v1/events", body)
	if status != 200 || counts(got) != "2 1 5" {
		t.Fatalf("%d %v", status, got)
	}
	var fields []string
	for _, r := range got["results"].([]any) {
		r := r.(map[string]any)
		fields = append(fields, fmt.Sprint(r["index"], " ", r["status"], " ", r["field"]))
	}
	want := "1 quarantined error|2 duplicate <nil>|3 quarantined network|4 quarantined network|5 quarantined <nil>|7 quarantined <nil>"
	if strings.Join(fields, "|") != want {
		t.Errorf("results %s\nwant    %s", strings.Join(fields, "|"), want)
	}
}

func TestOneEventALine(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	body := `{"id":"a","profile_id":"p","network":"facebook","error":1}` + "\n\n" + `{"id":"b",` + "\r\n" +
		`{"id":"c","profile_id":"p","error":3}` + "\n"
	_, got := s.call("POST", "/api/v1/events", body, "Content-Type", "application/x-ndjson; charset=utf-8")
	if counts(got) != "2 0 1" {
		t.Errorf("first %v", got)
	}
	for _, label := range []string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
		"application/json-lines", "text/x-ndjson", "Application/NDJSON;charset=utf-8", "", "application/json", "text/plain"} {
		if _, got := s.call("POST", "/api/v1/events", body, "Content-Type", label); counts(got) != "0 2 1" {
			t.Errorf("%q: %v", label, got)
		}
	}
}

// TestTypesOfLinesAreDescribed holds that the names in use for one JSON value a
// line are those of the description.
func TestTypesOfLinesAreDescribed(t *testing.T) {
	described := readDescription(t).Paths["/api/v1/events"]["post"].RequestBody.Content
	want := []string{"application/json", "application/jsonl", "application/ndjson", "application/x-ndjson"}
	if got := slices.Sorted(maps.Keys(described)); !slices.Equal(got, want) {
		t.Errorf("described are %q, want %q", got, want)
	}
}

// TestEventsAreReadWhateverStandsBetween sends bodies that are not quite JSON,
// as each content type.
func TestEventsAreReadWhateverStandsBetween(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	event := func(id string) string { return `{"id":"` + id + `","profile_id":"p","network":"facebook","error":1}` }
	a, b, c := event("a"), event("b"), event("c")
	s.call("POST", "/api/v1/events", "["+a+","+b+","+c+"]")
	pretty := strings.NewReplacer(",", ",\n  ", "{", "{\n  ", "}", "\n}").Replace(a)
	for body, want := range map[string]string{
		"[" + a + " " + b + "," + c + "]": "0 3 0", a + b: "0 2 0", a + " " + b + "\n" + c: "0 3 0", "[" + a + "," + b + "]\n[" + c + "]": "0 3 0",
		"[" + a + "][" + b + "]": "0 2 0", a + "\n\ufeff" + b: "0 2 0", pretty: "0 1 0", pretty + "\n" + pretty: "0 2 0", "[\n" + a + ",\n" + pretty + "\n]": "0 2 0",
		a + " and more": "0 1 1", `[{"id":"x","error":{"code":1,` + b + "," + c + "]": "0 2 1",
	} {
		for _, label := range []string{"application/json", "application/x-ndjson"} {
			if status, got := s.call("POST", "/api/v1/events", body, "Content-Type", label); status != 200 || counts(got) != want {
				t.Errorf("%s as %s: %d %v, want %s", body, label, status, got, want)
			}
		}
	}
}

// TestWhatCanNotBeAnEventIsKept sends each fault alone: the request is fine,
// and the event is in quarantine with the field that is at fault.
func TestWhatCanNotBeAnEventIsKept(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, c := range []struct{ body, field, message string }{
		{`{"profile_id":"p","error":1}`, "id", "A text of at most 255 characters is needed."},
		{`{"id":"a","error":1}`, "profile_id", "A text of at most 255 characters is needed."},
		{`{"id":"a","profile_id":"p","network":"facebook"}`, "error", "What the network answered is needed, as any JSON value."},
		{`{"id":"a","profile_id":"p","network":"facebook","error":"` + strings.Repeat("x", 1<<20+1) + `"}`, "error", "At most 1048576 bytes are taken, not 1048577."},
		{`{"id":"a","profile_id":"p","error":1,"type":"odd"}`, "type", `Give disconnected, failed, reconnected or succeeded, not "odd".`},
		{`{"id":"a","profile_id":"p","error":1}`, "network", "A value is needed, since the profile was never heard of."},
		{`{"id":"a","profile_id":"p","error":1,"network":4}`, "network", "A value is needed, since the profile was never heard of."},
		{`{"id":"a","profile_id":"p","error":1,"network":"orkut"}`, "network", "There is no such network."},
		{`{}`, "id", "A text of at most 255 characters is needed."},
	} {
		status, got := s.call("POST", "/api/v1/events", c.body)
		if status != 200 || counts(got) != "0 0 1" {
			t.Errorf("%.80s: %d %v", c.body, status, got)
			continue
		}
		r := got["results"].([]any)[0].(map[string]any)
		if r["status"] != "quarantined" || r["field"] != c.field || r["error"] != c.message {
			t.Errorf("%.80s: %v", c.body, r)
		}
		kept := must(s.store.Quarantine(t.Context(), store.QuarantineFilter{}, "", 1))(t).Rows[0]
		if kept.Field != c.field || kept.Problem != c.message || !bytes.HasPrefix([]byte(c.body), kept.Raw) || kept.Size != len(c.body) {
			t.Errorf("%.80s: in quarantine is %s %s: %.80s", c.body, kept.Field, kept.Problem, kept.Raw)
		}
	}
}

func TestUnreadableBodiesAreRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, c := range []struct {
		body   string
		status int
	}{
		{"", 400}, {"hello", 400}, {`{"id":`, 400}, {"[7]", 400}, {"\xff\xfe", 400}, {`{"id":"a"`, 400}, {"[7]\n[8]", 400},
		{"[]", 200}, {" [] \n", 200}, {`{"id":"a"} and more`, 200},
		{strings.Repeat(" ", 33<<20), 413},
		{"[" + strings.Repeat("1,", 10000) + "1]", 413},
	} {
		if status, got := s.call("POST", "/api/v1/events", c.body); status != c.status {
			t.Errorf("%.20q: %d %v", c.body, status, got)
		}
	}
}

// TestHostileErrorsAreTaken sends what databases and parsers choke on; all is stored,
// and the profile's reason can be asked for.
func TestHostileErrorsAreTaken(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for i, sent := range []string{
		`"nul \u0000 byte"`, `{"message":"\u0000"}`, "\"broken \xff utf-8\"", `"half \ud83d pair"`, `{"a":"\ud83d"}`, `""`, `null`, `{}`,
		strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		`"` + strings.Repeat("x", 1<<20) + `"`,
	} {
		id := fmt.Sprint("p", i)
		status, got := s.call("POST", "/api/v1/events", `{"id":"`+id+`","profile_id":"`+id+`","network":"facebook","error":`+sent+`}`)
		if status != 200 || counts(got) != "1 0 0" {
			t.Errorf("%.30q: %d %v", sent, status, got)
			continue
		}
		if status, got := s.call("GET", "/api/v1/profiles/"+id+"/reason", ""); status != 200 || got["outcome"] != "unparsed" {
			t.Errorf("%.30q: %d %v", sent, status, got)
		}
	}
}

func TestSecretsNeverLand(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	const secret = "EAABsbCS1iHgBAKZCZBZASecretSecretSecret"
	_, got := s.call("POST", "/api/v1/events", `[
		{"id":"a","profile_id":"p","network":"facebook","error":"GET /me?access_token=`+secret+`&fields=id failed"},
		{"id":"b","profile_id":"p2","network":"orkut","error":{"access_token":"`+secret+`"}}]`)
	if counts(got) != "1 0 1" {
		t.Fatalf("%v", got)
	}
	db := storetest.DB(t, s.database)
	if len(storetest.Holding(t, db, "orkut")) == 0 {
		t.Error("what is in quarantine can't be found")
	}
	for table, n := range storetest.Holding(t, db, secret) {
		t.Errorf("%d rows of %s hold the secret", n, table)
	}
}

func TestManyReasonsAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.call("POST", "/api/v1/events", `{"id":"a","profile_id":"p1","network":"facebook","error":`+password+`}`)
	status, got := s.call("POST", "/api/v1/reasons", `{"profile_ids":["nobody","p1"],"locale":"en"}`)
	reasons, _ := got["reasons"].([]any)
	if status != 200 || len(reasons) != 2 {
		t.Fatalf("%d %v", status, got)
	}
	if r := reasons[0].(map[string]any); r["profile_id"] != "nobody" || r["outcome"] != "unknown" {
		t.Errorf("first %v", r)
	}
	if r := reasons[1].(map[string]any); r["profile_id"] != "p1" || r["outcome"] != "parsed" {
		t.Errorf("second %v", r)
	}
	many, _ := json.Marshal(map[string]any{"profile_ids": make([]string, 1001)})
	for _, body := range []string{`{}`, `x`, `{"profile_ids":"p1"}`, string(many)} {
		if status, got := s.call("POST", "/api/v1/reasons", body); status != 422 || got["field"] != "profile_ids" {
			t.Errorf("%.40s: %d %v", body, status, got)
		}
	}
}

func TestParseStoresNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	status, got := s.call("POST", "/api/v1/parse", `{"network":"facebook","http_status":400,"error":`+password+`}`)
	if status != 200 || got["reason"] != "facebook.user-changed-password" || got["code"] != "190" || got["ruleset"] != 7.0 {
		t.Errorf("%d %v", status, got)
	}
	status, got = s.call("POST", "/api/v1/parse", `{"network":"facebook","error":"nothing known"}`)
	if status != 200 || got["reason"] != nil || got["template"] == nil {
		t.Errorf("%d %v", status, got)
	}
	for body, field := range map[string]string{
		`{"error":1}`: "network", `{"network":"orkut","error":1}`: "network", `{"network":"x"}`: "error",
		`{"network":"x","error":1,"http_status":"often"}`: "http_status",
	} {
		if status, got := s.call("POST", "/api/v1/parse", body); status != 422 || got["field"] != field {
			t.Errorf("%s: %d %v", body, status, got)
		}
	}
}

func TestCatalogListsEveryNetwork(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	_, got := s.call("GET", "/api/v1/catalogue", "")
	networks, _ := got["networks"].([]any)
	if len(networks) != len(domain.Networks()) {
		t.Fatalf("%d networks", len(networks))
	}
	for _, n := range networks {
		n := n.(map[string]any)
		if reasons, _ := n["reasons"].([]any); len(reasons) == 0 {
			t.Errorf("%v has no reasons", n["id"])
		}
		// Every test's database knows all, those of the files and those found since.
		if reasons := n["reasons"].([]any); len(reasons) != len(domain.Causes()) || slices.ContainsFunc(reasons, func(r any) bool { return r.(map[string]any)["title"] == "" }) {
			t.Errorf("%v has %d reasons, not all with words", n["id"], len(reasons))
		}
	}
}

func TestOnlySourcesComeIn(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, header := range []string{"", "Basic abc", "Bearer", "Bearer wrong"} {
		status, got := s.call("GET", "/api/v1/catalogue", "", "Authorization", header)
		if status != 401 || got["detail"] == "" {
			t.Errorf("%q: %d %v", header, status, got)
		}
	}
	if status, _ := s.call("GET", "/api/v1/profiles/nobody/reason", ""); status != 404 {
		t.Errorf("a profile never heard of: %d", status)
	}
}

// The words are in the language that suits best what is asked for, by parameter
// or header, in whatever form programs write languages.
func TestWordsAreInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.call("POST", "/api/v1/events", `{"id":"a","profile_id":"p1","network":"facebook","error":`+password+`}`)
	const path = "/api/v1/reason?profile_id=p1"
	for _, c := range []struct{ query, header, want string }{
		{"", "", "en"},
		{"&locale=pt_BR", "", "pt"},
		{"&locale=de_AT", "fr", "de"},
		{"&locale=fr-CH,fr;q=0.9,en;q=0.8", "", "fr"},
		{"&locale=xx", "fr", "en"},
		{"", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"", "pt-BR", "pt"},
		{"", "nl, ja;q=0.5", "ja"},
		{"", "!!", "en"},
	} {
		status, got := s.call("GET", path+c.query, "", "Accept-Language", c.header)
		reason, _ := got["reason"].(map[string]any)
		if status != 200 || reason["locale"] != c.want {
			t.Errorf("%q with Accept-Language %q answers %d in %v, want %s", c.query, c.header, status, reason["locale"], c.want)
		}
		body := `{"profile_ids":["p1"]}`
		if c.query == "" {
			status, got = s.call("POST", "/api/v1/reasons", body, "Accept-Language", c.header)
			first, _ := got["reasons"].([]any)[0].(map[string]any)
			if reason, _ := first["reason"].(map[string]any); status != 200 || reason["locale"] != c.want {
				t.Errorf("many, with Accept-Language %q: %d in %v, want %s", c.header, status, reason["locale"], c.want)
			}
		}
	}
	if status, got := s.call("POST", "/api/v1/reasons", `{"profile_ids":["p1"],"locale":"<b>"}`); status != 422 || got["field"] != "locale" {
		t.Errorf("what is no language is answered %d %v", status, got)
	}
	for query, field := range map[string]string{"&locale=%3Cb%3E": "locale", "&colour=blue": "colour"} {
		if status, got := s.call("GET", path+query, ""); status != 422 || got["field"] != field {
			t.Errorf("%s is answered %d %v", query, status, got)
		}
	}
}
