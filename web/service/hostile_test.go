package service

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/store/storetest"
	"wherefore/web/webtest"
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

// hostileService is a service that was told the worst in every field.
func hostileService(t *testing.T) (*Service, string) {
	t.Helper()
	const token = "a-token-for-hostile-tests"
	v := newService(t, storetest.New(t), token)
	server := httptest.NewServer(v.Handler())
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

// walk follows links from the first page, so many of each kind, and calls see
// with each page.
func walk(v webtest.Visitor, ofEachKind int, see func(path string, status int, body []byte, page *html.Node)) {
	v.T.Helper()
	waiting, known, kinds := []string{"/"}, map[string]bool{"/": true}, map[string]int{}
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		status, body, page := v.Get(path)
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
	v, address := hostileService(t)
	seen := map[string]int{}
	walk(webtest.Visit(t, v.Store, address, domain.Admin), 12, func(path string, status int, _ []byte, page *html.Node) {
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
	v, address := hostileService(t)
	pages := 0
	walk(webtest.Visit(t, v.Store, address, domain.PM), 12, func(path string, _ int, body []byte, _ *html.Node) {
		if pages++; bytes.Contains(body, []byte(secretWords)) {
			at := bytes.Index(body, []byte(secretWords))
			t.Errorf("%s shows %q", path, body[max(0, at-120):at+20])
		}
	})
	if pages < 30 {
		t.Errorf("only %d pages were read", pages)
	}
}
