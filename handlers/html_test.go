package handlers_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// pageOf reads the answer of a page and fails unless it has the status.
func pageOf(t *testing.T, w *httptest.ResponseRecorder, status int) *html.Node {
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

// byID finds the element with an id, nil if there is none.
func byID(root *html.Node, id string) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && attribute(n, "id") == id {
			return n
		}
	}
	return nil
}

// links are the addresses in an element, in order.
func links(n *html.Node) []string {
	var all []string
	for _, a := range inside(n, "a") {
		all = append(all, attribute(a, "href"))
	}
	return all
}

// rows are the words of a table's rows, cell by cell.
func rows(table *html.Node) [][]string {
	var all [][]string
	for _, body := range inside(table, "tbody") {
		for _, tr := range inside(body, "tr") {
			var cells []string
			for cell := range tr.ChildNodes() {
				if cell.Type == html.ElementNode {
					cells = append(cells, reads(cell))
				}
			}
			all = append(all, cells)
		}
	}
	return all
}
