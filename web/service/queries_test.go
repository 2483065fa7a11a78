package service

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/store/storetest"
	"wherefore/views"
	"wherefore/web/webtest"
)

// Every page and API route refuses what it does not read, by its name, and says
// what it does read. No page that was only asked for says that something was not saved.
func TestUnknownParametersAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	v := replica(t, storetest.URL(t))
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	admin := webtest.Visit(t, v.Store, server.URL, domain.Admin)
	source, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range regexp.MustCompile(`"(GET|POST) (/[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		method, path := m[1], strings.NewReplacer("{$}", "", "{network}", "facebook").Replace(m[2])
		path = regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "7")
		switch {
		case path == "/healthz", path == "/readyz", path == "/metrics", path == "/api/v1/openapi.json", strings.HasPrefix(path, "/static/"),
			path == "/sign-in", path == "/sign-out":
			continue // read no query, or are for those who are signed out
		}
		found++
		status, body := askWith(t, admin, method, path+"?colour=blue")
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "colour") || !strings.Contains(body, "There is no such parameter here; there are ") {
			t.Errorf("%s %s?colour=blue answers %d: %.300s", method, path, status, body)
		}
		if method == "GET" && strings.Contains(body, "saved") {
			t.Errorf("%s %s speaks of saving", method, path)
		}
	}
	if found < 60 {
		t.Errorf("only %d routes were asked", found)
	}
	if status, _ := askWith(t, admin, "GET", "/nowhere?colour=blue"); status != http.StatusNotFound {
		t.Errorf("an address without a page answers %d", status)
	}
}

// Every route that takes a form refuses a field that it does not know, by its name, and
// does nothing.
func TestUnknownFieldsAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	v := newService(t, storetest.Open(t, address), testToken) // whose workers write nothing meanwhile
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	admin := webtest.Visit(t, v.Store, server.URL, domain.Admin)
	event := storetest.Event(t, v.Store)
	found, err := v.Store.Event(t.Context(), event)
	if err != nil || found.ClusterID == 0 {
		t.Fatalf("the event is of cluster %d, %v", found.ClusterID, err)
	}
	before := written(t, storetest.DB(t, address))
	for _, path := range patternsOf(t, "POST") {
		if strings.HasPrefix(path, "/api/") {
			continue // takes JSON
		}
		path = strings.NewReplacer("/rulesets/7/", "/rulesets/facebook/", "/clusters/7/", "/clusters/"+found.ClusterID.String()+"/", "/events/7/", "/events/"+event+"/").Replace(path)
		answer, err := admin.HTTP.PostForm(server.URL+path, url.Values{"network": {"facebook"}, "colour": {"blue"}})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(body), "This form has no field “colour”; it has ") {
			t.Errorf("%s answers %d, %v: %.300s", path, answer.StatusCode, err, body)
		}
	}
	if after := written(t, storetest.DB(t, address)); after != before {
		t.Errorf("%d rows were written", after-before)
	}
}

// written counts the rows of all tables.
func written(t *testing.T, db *sql.DB) int {
	t.Helper()
	var rows int
	err := db.QueryRowContext(t.Context(), `SELECT sum((xpath('/row/rows/text()',
		query_to_xml(format('SELECT count(*) AS rows FROM %I', relname), false, true, '')))[1]::text::int)
		FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`).Scan(&rows)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// askWith sends a request with the session of a visitor and the tests' token.
func askWith(t *testing.T, v webtest.Visitor, method, path string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, v.URL+path, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	answer, err := v.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestBadValuesAreRefusedByName(t *testing.T) {
	t.Parallel()
	v := replica(t, storetest.URL(t))
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	admin := webtest.Visit(t, v.Store, server.URL, domain.Admin)
	for path, want := range map[string]string{
		"/?wall=2":                                      "“wall”</bdi>: <bdi>“2” can&#39;t be used; give one of 1.",
		"/disconnections?network=myspace":               "“network”</bdi>: <bdi>“myspace” can&#39;t be used; give one of facebook,",
		"/disconnections.csv?reason=odd":                "“reason”</bdi>: <bdi>“odd” can&#39;t be used; give a reason’s id such as",
		"/disconnections?cluster=x":                     "“cluster”</bdi>: <bdi>“x” can&#39;t be used; give a whole number",
		"/disconnections?source=nobody":                 "There is no source “nobody”.",
		"/disconnections?format=xml":                    "“format”</bdi>: <bdi>“xml” can&#39;t be used",
		"/disconnections?from=2026-11-20&to=2026-11-01": "must end after it begins",
		"/disconnections?page=nowhere":                  "“page”</bdi>: <bdi>This list has no such page.",
		"/clusters?sort=size":                           "“sort”</bdi>: <bdi>“size” can&#39;t be used; give one of profiles, events, recency.",
		"/clusters?network=x&network=facebook":          "“network”</bdi>: <bdi>Give it once, not 2 times.",
		"/trends?from=soon":                             "“from”</bdi>: <bdi>“soon” can&#39;t be used; give a day such as 2026-11-20",
		"/trends.csv?as=percent":                        "give one of count, share.",
		"/reasons?side=left":                            "“side”</bdi>: <bdi>“left” can&#39;t be used",
		"/audit?page=x":                                 "“page”</bdi>: <bdi>This list has no such page.",
		"/settings?done=nothing":                        "“done”</bdi>: <bdi>“nothing” can&#39;t be used",
		"/rulesets/facebook/next?do=explode":            "give one of retire, return, move, restore.",
		"/trends?%zz":                                   "is not encoded as forms are",
		"/api/v1/catalogue?locale=%21":                  `“!” can't be used; give a language such as fr, pt-BR or de_AT, or a list of them such as fr-CH, fr;q=0.9.","field":"locale"`,
		"/api/v1/reason":                                `"A profile’s id is needed.","field":"profile_id"`,
	} {
		status, body := askWith(t, admin, "GET", path)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, want) || strings.Contains(body, "Nothing was saved") {
			t.Errorf("%s answers %d without %q: %.1500s", path, status, want, body)
		}
	}
	signedOut := webtest.Visitor{T: t, URL: server.URL, HTTP: &http.Client{}}
	if status, _ := askWith(t, signedOut, "GET", "/sign-in?colour=blue"); status != http.StatusUnprocessableEntity {
		t.Errorf("the sign-in page answers %d", status)
	}
}

// Whatever a profile's id is, its page, its timeline and the API's answer are
// reached by the addresses that this program makes, through a real client.
func TestProfilesOfAnyIDAreReached(t *testing.T) {
	t.Parallel()
	v := newService(t, storetest.New(t), testToken)
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	reader := webtest.Visit(t, v.Store, server.URL, domain.Admin)
	for i, id := range []string{".", "..", "/", "//", "a/../b", "a/", "a b", "?", "#", "a?b=c#d", "%", "%2F", "%2e%2e", "%252e", ";", "a;b", "&", "+", "\\", "日本", "reason"} {
		event, err := json.Marshal(map[string]any{"id": fmt.Sprint(i), "profile_id": id, "network": "x", "error": "odd"})
		if err != nil {
			t.Fatal(err)
		}
		if body := webtest.Call(t, server.URL, testToken, "POST", "/api/v1/events", string(event)); !strings.Contains(body, `"accepted":1`) {
			t.Fatalf("%q can't be stored: %s", id, body)
		}
		inQuery := url.Values{"profile_id": {id}}.Encode()
		if body := webtest.Call(t, server.URL, testToken, "GET", "/api/v1/reason?"+inQuery, ""); !strings.Contains(body, `"outcome":"unparsed"`) {
			t.Errorf("the API says of %q %s", id, body)
		}
		for _, address := range []string{"/profile?" + url.Values{"id": {id}}.Encode(), string(views.ProfileURL(id))} {
			if status, body := askWith(t, reader, "GET", address); status != http.StatusOK || !strings.Contains(body, "State since") {
				t.Errorf("%q has no page at %s: %d", id, address, status)
			}
		}
		if status, body := askWith(t, reader, "GET", string(views.TimelineCSVURL(id))); status != http.StatusOK || !strings.Contains(body, ",disconnected,") {
			t.Errorf("%q has no timeline: %d %s", id, status, body)
		}
	}
}
