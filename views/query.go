package views

import (
	"maps"
	"net/url"
	"slices"
)

// A Query is the part of an address after the "?": filters, order, place in a
// list. Its methods return a changed copy, so that one page can make many
// links from the query it was asked for. The zero Query is empty.
type Query struct{ values url.Values }

// QueryOf takes the query of a request.
func QueryOf(values url.Values) Query { return Query{values} }

// Get returns the first value under name, "" if there is none.
func (q Query) Get(name string) string { return q.values.Get(name) }

// With sets name to one value; "" takes it away, so that addresses hold nothing idle.
func (q Query) With(name, value string) Query {
	values := maps.Clone(q.values)
	if values == nil {
		values = url.Values{}
	}
	values.Del(name)
	if value != "" {
		values.Set(name, value)
	}
	return Query{values}
}

// Without takes names away.
func (q Query) Without(names ...string) Query {
	for _, name := range names {
		q = q.With(name, "")
	}
	return q
}

// Only keeps the named and takes all others away.
func (q Query) Only(names ...string) Query {
	kept := url.Values{}
	for name, values := range q.values {
		if slices.Contains(names, name) {
			kept[name] = values
		}
	}
	return Query{kept}
}

// FromForm makes of what a form sent what an address of ours has: without fields that
// nobody filled in, and with from and to for a period that is an interval.
func (q Query) FromForm() Query {
	for name, values := range q.values {
		if len(values) == 0 || values[0] == "" {
			q = q.Without(name)
		}
	}
	return withoutInterval(q)
}

// Empty reports whether nothing is asked for.
func (q Query) Empty() bool { return len(q.values) == 0 }

// suffix is what the query adds to a path.
func (q Query) suffix() string {
	if q.Empty() {
		return ""
	}
	return "?" + q.values.Encode()
}
