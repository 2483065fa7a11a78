package views

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/static"
	"wherefore/views/ui"
)

func render(t *testing.T, page templ.Component) *html.Node {
	t.Helper()
	var b strings.Builder
	if err := page.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "<!doctype html>") {
		t.Errorf("begins with %.30q", b.String())
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func each(root *html.Node, name string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (name == "*" || n.Data == name) {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	var all []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			all = append(all, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(all, " ")
}

var ada = Viewer{Name: "Ada <b>", Role: "admin"}

// pages are whole pages in their states.
func pages() map[string]templ.Component {
	hostile := `"><script>alert(1)</script>`
	all := map[string]templ.Component{
		"layout":          Layout(Page{Title: "Clusters", Section: SectionClusters, Viewer: ada, Lookup: hostile, Flash: ui.FlashProps{Text: hostile}}),
		"sign in":         SignIn(SignInProps{}),
		"sign in refused": SignIn(SignInProps{User: hostile, Back: hostile, Error: "The user or the password is not right."}),
		"defect":          Error(ErrorProps{Request: hostile, Viewer: ada}),
	}
	for kind := range advices {
		all["error "+string(kind)] = Error(ErrorProps{Kind: kind, Field: hostile, Message: hostile, Viewer: ada})
		all["signed out "+string(kind)] = Error(ErrorProps{Kind: kind, Field: hostile, Message: hostile})
	}
	return all
}

// The policy of the site refuses inline style, inline script and handlers.
func TestPagesObeyTheContentPolicy(t *testing.T) {
	for name, page := range pages() {
		t.Run(name, func(t *testing.T) {
			for _, n := range each(render(t, page), "*") {
				if n.Data == "style" || n.Data == "script" && (attr(n, "src") == "" || n.FirstChild != nil) {
					t.Errorf("an inline %s", n.Data)
				}
				for _, a := range n.Attr {
					if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
						t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
					}
				}
			}
		})
	}
}

func TestPagesHaveOneOfEach(t *testing.T) {
	for name, page := range pages() {
		t.Run(name, func(t *testing.T) {
			root := render(t, page)
			for _, element := range []string{"title", "h1", "main"} {
				if n := len(each(root, element)); n != 1 {
					t.Errorf("%d elements %s", n, element)
				}
			}
			if attr(each(root, "html")[0], "lang") != "en" {
				t.Error("the page does not say its language")
			}
		})
	}
}

func TestPagesNameAssetsThatAreServed(t *testing.T) {
	for _, n := range each(render(t, Layout(Page{Title: "t", Viewer: ada})), "*") {
		for _, address := range []string{attr(n, "src"), attr(n, "href")} {
			if !strings.HasPrefix(address, static.Root) {
				continue
			}
			w := httptest.NewRecorder()
			static.Handler().ServeHTTP(w, httptest.NewRequest("GET", address, nil))
			if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d %s", address, w.Code, w.Header().Get("Cache-Control"))
			}
		}
	}
}

func TestSkipLinkLeadsToTheContent(t *testing.T) {
	root := render(t, Layout(Page{Title: "Clusters", Viewer: ada}))
	if first := each(each(root, "body")[0], "a")[0]; attr(first, "href") != "#main" || attr(each(root, "main")[0], "id") != "main" {
		t.Errorf("the first link leads to %q", attr(first, "href"))
	}
}

func TestNavigationFollowsTheRole(t *testing.T) {
	for role, want := range map[domain.Role]string{
		"engineer": "Overview Disconnections Clusters Parsers Profiles Trends Reasons Sources Quarantine",
		"support":  "Overview Disconnections Profiles Trends Reasons",
		"pm":       "Overview Disconnections Profiles Trends Reasons",
		"admin":    "Overview Disconnections Clusters Parsers Profiles Trends Reasons Sources Quarantine Audit Settings",
	} {
		var sections, current []string
		root := render(t, Layout(Page{Title: "t", Section: SectionProfiles, Viewer: Viewer{Name: "x", Role: role}}))
		for _, item := range each(each(root, "nav")[0], "li") {
			for _, a := range each(item, "a") {
				sections = append(sections, words(a))
				if attr(a, "aria-current") == "page" {
					current = append(current, words(a))
				}
			}
		}
		if got := strings.Join(sections, " "); got != want {
			t.Errorf("%s sees %s", role, got)
		}
		if !slices.Equal(current, []string{"Profiles"}) {
			t.Errorf("%s is at %v", role, current)
		}
	}
}

func TestSignOutIsAPost(t *testing.T) {
	for _, form := range each(render(t, Layout(Page{Title: "t", Viewer: ada})), "form") {
		if attr(form, "action") == "/sign-out" && attr(form, "method") == "post" {
			return
		}
	}
	t.Error("no form to sign out")
}

func TestHTMXConfigIsRead(t *testing.T) {
	var config map[string]any
	if err := json.Unmarshal([]byte(htmxConfig), &config); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"allowEval", "includeIndicatorStyles", "allowScriptTags"} {
		if config[name] != false {
			t.Errorf("%s is %v", name, config[name])
		}
	}
}

func TestSignInKeepsTheUserAndNotThePassword(t *testing.T) {
	values := map[string]string{}
	for _, input := range each(render(t, SignIn(SignInProps{User: "ada", Back: "/clusters", Error: "no"})), "input") {
		values[attr(input, "name")] = attr(input, "value")
	}
	if values["user"] != "ada" || values["back"] != "/clusters" || values["password"] != "" {
		t.Errorf("%v", values)
	}
}

func TestEveryKindOfErrorHasItsOwnAdvice(t *testing.T) {
	seen := map[string]domain.Kind{}
	for _, kind := range []domain.Kind{domain.NotFound, domain.Conflict, domain.Invalid, domain.Unauthorized,
		domain.Forbidden, domain.TooLarge, domain.TooSlow, domain.Unavailable, ""} {
		title := words(each(render(t, Error(ErrorProps{Kind: kind})), "h1")[0])
		if other, is := seen[title]; is {
			t.Errorf("%q and %q are both %q", kind, other, title)
		}
		seen[title] = kind
	}
}
