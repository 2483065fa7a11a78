package ui

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// render parses what a part writes, as a browser would inside a body.
func render(t *testing.T, c templ.Component) *html.Node {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader("<!DOCTYPE html><title>t</title><body>" + b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// each finds the elements with a name, in order; "*" finds all.
func each(root *html.Node, name string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (name == "*" || n.Data == name) {
			found = append(found, n)
		}
	}
	return found
}

// the finds the one element with a name.
func the(t *testing.T, root *html.Node, name string) *html.Node {
	t.Helper()
	found := each(root, name)
	if len(found) != 1 {
		t.Fatalf("%d elements %s, want one", len(found), name)
	}
	return found[0]
}

// byID finds the element with an id, nil if there is none.
func byID(root *html.Node, id string) *html.Node {
	for _, n := range each(root, "*") {
		if attr(n, "id") == id {
			return n
		}
	}
	return nil
}

// attr returns an attribute's value, "" when it is empty or absent.
func attr(n *html.Node, name string) string {
	value, _ := lookup(n, name)
	return value
}

func lookup(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// text is all text in an element, its white space as it stands.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// words are those of the text, elements apart from each other.
func words(n *html.Node) string {
	var all []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			all = append(all, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(all, " ")
}

// currents lists the aria-current of elements.
func currents(nodes []*html.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, attr(n, "aria-current"))
	}
	return out
}
