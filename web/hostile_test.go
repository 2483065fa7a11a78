package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// hostileText is what anybody may send in any field: markup, quotes, letters
// that turn the line round, and a word that ends nowhere.
var hostileText = `"><script>alert(1)</script><img src=x onerror=alert(2)>'/../%2f;javascript:alert(3)` +
	"\u202edlrow\u2066\u200f \U0001F469\u200d\U0001F4BB" + strings.Repeat("W", 120)

// secretWords stand in the networks' answers only. Templates of clusters, which
// everybody may see, mask them.
const secretWords = "8c2f6a9e-4b1d-4e7a-9c3b-5d6e7f8a9b0c"

// hostileErrors are answers of networks that are out for trouble.
func hostileErrors() []any {
	say := secretWords + hostileText
	return []any{
		map[string]any{"error": map[string]any{"message": say, "code": 190, "error_subcode": 460, "type": "OAuthException"}},
		map[string]any{"error": map[string]any{"message": say, "code": hostileText, "error_subcode": hostileText, "type": hostileText}},
		map[string]any{hostileText: map[string]any{hostileText: say}},
		say,
		"<html><body onload=alert(4)><h1>" + say + "</h1><script>alert(5)</script></body></html>",
		"\x00\x01\x1b[31m " + say,
		strings.Repeat("[", 10_000) + " " + say,
		secretWords + " " + strings.Repeat("W", 200_000),
		"",
		json.RawMessage(`"\ud800 ` + secretWords + ` \u0000"`),
		nil,
	}
}

// visitor is somebody with a browser on a service.
type visitor struct {
	t    *testing.T
	url  string
	http *http.Client
}

// hostileService is a service that was told the worst in every field.
func hostileService(t *testing.T) (*service, string) {
	t.Helper()
	const token = "a-token-for-hostile-tests"
	v := newTestService(t, nil, "WHEREFORE_TOKEN="+token)
	server := httptest.NewServer(v.handler())
	t.Cleanup(server.Close)
	body, err := json.Marshal(hostileEvents())
	if err != nil {
		t.Fatal(err)
	}
	r, _ := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/api/v1/events", bytes.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	if !strings.Contains(string(answer), `"quarantined":0`) {
		t.Fatalf("not all was taken: %.2000s", answer)
	}
	return v, server.URL
}

func hostileEvents() []map[string]any {
	var events []map[string]any
	for i, answer := range hostileErrors() {
		for _, kind := range []string{"disconnected", "failed", "reconnected", "succeeded"} {
			id := kind + string(rune('a'+i)) + hostileText
			event := map[string]any{
				"id": id, "type": kind, "profile_id": string(rune('a'+i)) + hostileText, "network": "facebook",
				"operation": hostileText, "profile_name": hostileText, "owner_id": hostileText, "credential_id": hostileText,
			}
			if domain.EventType(kind).HasError() {
				event["error"] = answer
			}
			events = append(events, event)
		}
	}
	for _, odd := range []string{".", "..", "/", "a/../b", " ", "?#&", "%", "%2e%2e", "\u202e"} {
		events = append(events, map[string]any{"id": "odd" + odd, "profile_id": "p" + odd, "network": "x", "error": secretWords})
		if strings.TrimSpace(odd) != "" {
			events = append(events, map[string]any{"id": "only" + odd, "profile_id": odd, "network": "x", "error": secretWords})
		}
	}
	return events
}

// visit signs a new user of a role in.
func visit(t *testing.T, s *store.Store, address string, role domain.Role) visitor {
	t.Helper()
	const password = "correct horse battery"
	if _, err := s.AddUser(t.Context(), store.Actor{Name: "test"}, string(role), role, storetest.Hash(t, password)); err != nil {
		t.Fatal(err)
	}
	return signedInAs(t, address, string(role), password)
}

// signedInAs signs in a user that there is.
func signedInAs(t *testing.T, address, user, password string) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := visitor{t, address, &http.Client{Jar: jar}}
	res, err := v.http.PostForm(address+"/sign-in", url.Values{"user": {user}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return v
}

// get returns a page's status and, if it is one, its tree.
func (v visitor) get(path string) (int, []byte, *html.Node) {
	v.t.Helper()
	res, err := v.http.Get(v.url + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return res.StatusCode, body, nil
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, body, root
}

// walk follows links from the first page, a few of each kind, and calls see
// with each page.
func (v visitor) walk(see func(path string, status int, body []byte, page *html.Node)) {
	v.t.Helper()
	const ofEachKind = 12
	waiting, known, kinds := []string{"/"}, map[string]bool{"/": true}, map[string]int{}
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		status, body, page := v.get(path)
		see(path, status, body, page)
		if page == nil || status != http.StatusOK {
			continue
		}
		for _, link := range linksOf(page) {
			kind := kindOf(link)
			if !known[link] && kinds[kind] < ofEachKind {
				known[link] = true
				kinds[kind]++
				waiting = append(waiting, link)
			}
		}
	}
}

// linksOf lists the paths of our own that a page links to.
func linksOf(page *html.Node) []string {
	var links []string
	for n := range page.Descendants() {
		for _, a := range n.Attr {
			link, _, _ := strings.Cut(a.Val, "#")
			if n.Data == "a" && a.Key == "href" && strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "/static/") {
				links = append(links, link)
			}
		}
	}
	return links
}

// kindOf is a link's section and the names in its query.
func kindOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	kind := strings.SplitN(u.EscapedPath(), "/", 3)[1]
	for name := range u.Query() {
		kind += "&" + name
	}
	return kind
}

func TestHostileTextStaysTextOnEveryPage(t *testing.T) {
	t.Parallel()
	service, address := hostileService(t)
	seen := map[string]int{}
	visit(t, service.store, address, domain.Admin).walk(func(path string, status int, _ []byte, page *html.Node) {
		section := "/" + kindOf("/"+strings.TrimPrefix(strings.SplitN(path, "?", 2)[0], "/"))
		switch seen[section]++; section {
		case "/disconnections", "/events", "/profiles":
			if status != http.StatusOK {
				t.Errorf("%s answers %d", path, status)
			}
		}
		if status >= http.StatusInternalServerError {
			t.Errorf("%s answers %d", path, status)
		}
		if page != nil {
			checkHarmless(t, path, page)
		}
	})
	for _, section := range []string{"/disconnections", "/events", "/profiles"} {
		if seen[section] < 5 {
			t.Errorf("only %d pages of %s were read", seen[section], section)
		}
	}
}

func checkHarmless(t *testing.T, path string, page *html.Node) {
	t.Helper()
	for n := range page.Descendants() {
		switch {
		case n.Type == html.TextNode && strings.ContainsAny(n.Data, "\u202e\u2066\u200f\x00\x1b"):
			t.Errorf("%s shows unseen characters in %.80q", path, n.Data)
		case n.Type == html.ElementNode && (n.Data == "img" || n.Data == "script" && len(n.Attr) == 0):
			t.Errorf("%s has an element %s that somebody sent", path, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "href" && strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("%s has %s=%.60q", path, a.Key, a.Val)
			}
		}
	}
}

// Whatever a product manager opens, the network's own words are not in it.
func TestProductManagersReadNoRawErrors(t *testing.T) {
	t.Parallel()
	service, address := hostileService(t)
	pages := 0
	visit(t, service.store, address, domain.PM).walk(func(path string, _ int, body []byte, _ *html.Node) {
		if pages++; bytes.Contains(body, []byte(secretWords)) {
			at := bytes.Index(body, []byte(secretWords))
			t.Errorf("%s shows %q", path, body[max(0, at-120):at+20])
		}
	})
	if pages < 30 {
		t.Errorf("only %d pages were read", pages)
	}
}
