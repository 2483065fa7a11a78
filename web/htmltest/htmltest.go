// Package htmltest finds things in the HTML of pages, for tests.
package htmltest

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page reads the answer of a page and fails unless it has the status.
func Page(t testing.TB, w *httptest.ResponseRecorder, status int) *html.Node {
	t.Helper()
	if w.Code != status {
		t.Fatalf("answers %d, want %d: %s", w.Code, status, w.Body)
	}
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Inside lists the elements of a name under a node.
func Inside(root *html.Node, name string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			found = append(found, n)
		}
	}
	return found
}

// ByID finds the element with an id, nil if there is none.
func ByID(root *html.Node, id string) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && Attribute(n, "id") == id {
			return n
		}
	}
	return nil
}

// Section is the element with an id; the test fails if there is none.
func Section(t testing.TB, page *html.Node, id string) *html.Node {
	t.Helper()
	n := ByID(page, id)
	if n == nil {
		t.Fatalf("the page has no %s: %s", id, Text(page))
	}
	return n
}

// Attribute is an element's attribute, "" if it has none.
func Attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// has reports whether an element has an attribute, whatever its value.
func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// Text is the text of a node, with single spaces.
func Text(n *html.Node) string {
	var words []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			words = append(words, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(words, " ")
}

// Link is the address of the first link with a text, "" if there is none.
func Link(root *html.Node, text string) string {
	for _, a := range Inside(root, "a") {
		if Text(a) == text {
			return Attribute(a, "href")
		}
	}
	return ""
}

// Links are the addresses in an element, in order.
func Links(n *html.Node) []string {
	var all []string
	for _, a := range Inside(n, "a") {
		all = append(all, Attribute(a, "href"))
	}
	return all
}

// Detail is the text beside a term of a list of details, "" if there is none.
// detail is what a page says of a term, "" if it does not.
func Detail(page *html.Node, term string) string {
	for _, line := range Inside(page, "div") {
		terms := Inside(line, "dt")
		if len(terms) == 1 && Text(terms[0]) == term {
			return Text(Inside(line, "dd")[0])
		}
	}
	return ""
}

// Total is what the heading of a list says that it counts, "" if it says nothing.
func Total(page *html.Node) string {
	for _, p := range Inside(page, "p") {
		if Attribute(p, "class") == "heading-total" {
			return Text(p)
		}
	}
	return ""
}

// Row is the text of the first table row that begins with a text, "" if none does.
func Row(root *html.Node, text string) string {
	for _, row := range Inside(root, "tr") {
		if words := Text(row); strings.HasPrefix(words, text) {
			return words
		}
	}
	return ""
}

// Rows are the texts of a table's rows, cell by cell.
func Rows(table *html.Node) [][]string {
	var all [][]string
	for _, body := range Inside(table, "tbody") {
		for _, tr := range Inside(body, "tr") {
			var cells []string
			for cell := range tr.ChildNodes() {
				if cell.Type == html.ElementNode {
					cells = append(cells, Text(cell))
				}
			}
			all = append(all, cells)
		}
	}
	return all
}

// RowCount counts the rows of the page's first table.
func RowCount(page *html.Node) int {
	for _, table := range Inside(page, "table") {
		return len(Inside(Inside(table, "tbody")[0], "tr"))
	}
	return 0
}

// Form is the form of a page as a browser would send it: without the search that
// stands above each page, and without fields that have no name.
func Form(root *html.Node) map[string]string {
	if main := ByID(root, "main"); main != nil {
		root = main
	}
	form := map[string]string{}
	for _, in := range Inside(root, "input") {
		if kind := Attribute(in, "type"); (kind == "radio" || kind == "checkbox") && !has(in, "checked") {
			continue
		}
		form[Attribute(in, "name")] = Attribute(in, "value")
	}
	delete(form, "")
	for _, area := range Inside(root, "textarea") {
		form[Attribute(area, "name")] = ""
		for text := range area.ChildNodes() {
			form[Attribute(area, "name")] += text.Data
		}
	}
	for _, list := range Inside(root, "select") {
		for i, option := range Inside(list, "option") {
			if i == 0 || has(option, "selected") {
				form[Attribute(list, "name")] = Attribute(option, "value")
			}
		}
	}
	return form
}
