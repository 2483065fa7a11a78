package handlers_test

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
	"wherefore/handlers"
	"wherefore/handlers/reports"
	"wherefore/store"
	"wherefore/store/storetest"
)

type reportPages = reports.Pages

// dashboard has all pages over one store.
type dashboard struct {
	*handlers.Dashboard
	*reportPages

	Store   *store.Store
	Engine  *explain.Engine
	Catalog *catalog.Catalog
}

// newDashboard returns a dashboard on a fresh database, with facebook's
// built-in parsers live, and a site that serves its pages.
func newDashboard(t *testing.T) (*dashboard, *site) {
	t.Helper()
	words, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	layouts := map[domain.Network]*facts.Layout{}
	for _, entry := range words.Networks() {
		if layouts[entry.Network], err = facts.NewLayout(entry.Layout); err != nil {
			t.Fatal(err)
		}
	}
	d := &dashboard{Store: storetest.New(t), Engine: explain.NewEngine(layouts), Catalog: words}
	d.Dashboard = &handlers.Dashboard{Store: d.Store, Engine: d.Engine, Catalog: d.Catalog}
	d.reportPages = &reports.Pages{Store: d.Store, Engine: d.Engine, Catalog: d.Catalog}
	var specs []domain.ParserSpec
	var parsers []*parse.Parser
	for _, entry := range words.Network(domain.Facebook).Parsers {
		p, err := parse.NewParser(entry.ParserSpec)
		if err != nil {
			t.Fatal(err)
		}
		specs, parsers = append(specs, entry.ParserSpec), append(parsers, p)
	}
	version := storetest.Builtins(t, d.Store, domain.Facebook, specs...)
	ruleset, err := parse.NewRuleset(domain.Facebook, version, parsers)
	if err != nil {
		t.Fatal(err)
	}
	d.Engine.Swap(ruleset)
	return d, newSite(t, d.Store, oneKey, false)
}

// serve adds a page to the site, for everyone who is signed in.
func (s *site) serve(pattern string, h handlers.Func) {
	sessions := handlers.NewSessions(s.store, oneKey, false)
	adapter := handlers.Adapter{Log: slog.New(slog.DiscardHandler), Page: handlers.ErrorPage}
	s.handler.(*http.ServeMux).Handle(pattern, sessions.Identify(adapter.Handle(handlers.ReadForm(handlers.Require(handlers.Everyone, h)))))
}

// signInAs signs in as a new user of a role, named like it.
func (s *site) signInAs(t *testing.T, role domain.Role) {
	t.Helper()
	addUser(t, s.store, string(role), role)
	s.signIn(t, string(role))
}

// open gets a page that must be there.
func (s *site) open(t *testing.T, path string) *html.Node {
	t.Helper()
	w := s.get(path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d: %s", path, w.Code, w.Body)
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// inside lists the elements of a name under a node.
func inside(root *html.Node, name string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			found = append(found, n)
		}
	}
	return found
}

// reads is the text of a node, with single spaces.
func reads(n *html.Node) string {
	var words []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			words = append(words, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(words, " ")
}

// leadsTo is where the first link with a text leads, "" if there is none.
func leadsTo(root *html.Node, text string) string {
	for _, a := range inside(root, "a") {
		if reads(a) == text {
			i := slices.IndexFunc(a.Attr, func(attr html.Attribute) bool { return attr.Key == "href" })
			return a.Attr[i].Val
		}
	}
	return ""
}

// rowOf is the text of the first table row that begins with a text.
func rowOf(root *html.Node, text string) string {
	for _, row := range inside(root, "tr") {
		if words := reads(row); strings.HasPrefix(words, text) {
			return words
		}
	}
	return ""
}
