package demo

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wherefore/domain"
	"wherefore/web/service"
	"wherefore/web/webtest"
)

// Every number on the pages that count leads to the rows that it counts, and the list
// has so many. In a column of figures only what is none, and what no list could show,
// leads nowhere.
func TestNumbersLeadToTheRowsTheyCount(t *testing.T) {
	t.Parallel()
	v, _ := demoService(t)
	server := httptest.NewServer(v.Handler())
	t.Cleanup(server.Close)
	if err := service.EnsureUser(t.Context(), v.Store, "anyone", domain.Admin, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	browser := webtest.SignedInAs(t, server.URL, "anyone", "correct horse battery")
	totals := map[string]int{}
	for _, page := range []string{
		"/", "/clusters", "/clusters?network=facebook&period=24h", "/clusters?period=all&state=all", "/trends", "/trends?network=facebook&period=7d",
		"/trends?by=network&period=24h&type=disconnected", "/trends?category=reconnect&by=network", "/trends?side=network&by=reason&period=90d",
		"/reasons", "/reasons?network=facebook", "/affected", "/affected?network=tiktok&type=disconnected",
	} {
		_, _, root := browser.Get(page)
		perColumn := map[string]int{}
		for _, n := range numbersOn(root) {
			switch perColumn[n.label]++; {
			case n.leads == "":
				ofSide := n.label == "Total" && strings.Contains(page, "side=")
				if n.value > 0 && !unlisted.MatchString(n.label) && !ofSide {
					t.Errorf("%s: %d under %q leads nowhere", page, n.value, n.label)
				}
				continue
			case perColumn[n.label] > 12: // the others of the column are made alike
				continue
			case strings.HasPrefix(n.leads, "#"):
				n.leads = page + n.leads
			}
			if _, seen := totals[n.leads]; !seen {
				totals[n.leads] = countAt(t, browser, n.leads)
			}
			if totals[n.leads] != n.value {
				t.Errorf("%s: %d under %q leads to %s, which has %d", page, n.value, n.label, n.leads, totals[n.leads])
			}
		}
	}
	if len(totals) < 200 {
		t.Errorf("only %d links followed", len(totals))
	}
}

// unlisted are the columns whose figures no list has: which events lacked a field is
// counted and not kept, and a chart's "others" are several reasons, as is the total of
// those of a side.
var unlisted = regexp.MustCompile(`^(In events|Of|\d+ others)$`)

// figure is a whole number on a page, and where it leads.
type figure struct {
	label string // of its column
	value int
	leads string
}

var wholeNumber = regexp.MustCompile(`^[0-9]{1,3}(,?[0-9]{3})*$`)

// numbersOn are the whole numbers in columns of figures, and those that stand big above.
func numbersOn(root *html.Node) []figure {
	var all []figure
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "table":
			all = append(all, numbersIn(n)...)
		case n.Data == "dd" && attr(n, "class") == "stat-value":
			all = append(all, figureOf(n, textOf(n.Parent))...)
		}
	}
	return all
}

func numbersIn(table *html.Node) []figure {
	var labels []string
	var all []figure
	for row := range table.Descendants() {
		if row.Type != html.ElementNode || row.Data != "tr" {
			continue
		}
		column := 0
		for cell := range row.ChildNodes() {
			if cell.Type != html.ElementNode {
				continue
			}
			if row.Parent.Data == "thead" {
				labels = append(labels, textOf(cell))
			} else if strings.Contains(attr(cell, "class"), "num") {
				all = append(all, figureOf(cell, labels[column])...)
			}
			column++
		}
	}
	return all
}

func figureOf(n *html.Node, label string) []figure {
	text, leads := textOf(n), ""
	for a := range n.Descendants() {
		if a.Type == html.ElementNode && a.Data == "a" {
			text, leads = textOf(a), attr(a, "href")
		}
	}
	if !wholeNumber.MatchString(text) {
		return nil
	}
	return []figure{{label, firstNumber(text), leads}}
}

// firstNumber is the first whole number in a text, -1 without one.
func firstNumber(text string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(regexp.MustCompile(`[0-9][0-9,]*`).FindString(text), ",", ""))
	if err != nil {
		return -1
	}
	return n
}

// countAt is how many rows an address leads to: those of the table in the element that
// it names, or what the heading of the list says.
func countAt(t *testing.T, browser webtest.Visitor, address string) int {
	t.Helper()
	path, id, _ := strings.Cut(address, "#")
	status, _, root := browser.Get(path)
	if status != http.StatusOK {
		t.Fatalf("%s answers %d", path, status)
	}
	if id != "" {
		return rowsIn(root, id)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && attr(n, "class") == "heading-total" {
			return firstNumber(textOf(n))
		}
	}
	return -1
}

// rowsIn counts the rows of the table in an element of the page.
func rowsIn(root *html.Node, id string) int {
	rows := 0
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == id {
			for row := range n.Descendants() {
				if row.Type == html.ElementNode && row.Data == "tr" && row.Parent.Data == "tbody" {
					rows++
				}
			}
		}
	}
	return rows
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
