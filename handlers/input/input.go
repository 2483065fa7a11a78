// Package input reads what requests hold: the parameters of addresses and the fields
// of forms. A route knows its names, which routes.go lists; a name that it does not
// know, and a value that can't be meant, are refused at the name. Values are read once,
// and handlers take them with their types:
//
//	in := input.Of(r)
//	id := input.Cluster.In(in)
package input

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wherefore/domain"
)

// Values are what a request or a form holds.
type Values struct {
	texts url.Values
	read  map[string]any // by the name of the Field, or the prefix of the Fields
	err   error
}

// Err is what is wrong with the values, at the first name of which something is: an
// Invalid domain.Error, nil for nothing.
func (v Values) Err() error { return v.err }

// Texts are the values as they were sent, by name, to be kept.
func (v Values) Texts() url.Values { return maps.Clone(v.texts) }

type valuesKey struct{}

// Of is what a request holds. It must have passed Read.
func Of(r *http.Request) Values {
	v, _ := r.Context().Value(valuesKey{}).(Values)
	return v
}

// Read reads what a request holds, for Of. It fails as Invalid, at its name, with what
// the matched route does not know, and with what can't be meant by what it knows. An
// empty value is none: forms send the fields that nobody filled in. Mistakes of a form
// that its page shows beside the fields are left to the handler: see Values.Err.
func Read(r *http.Request) (*http.Request, error) {
	if method, _, _ := strings.Cut(r.Pattern, " "); method == r.Pattern {
		return r, nil // what takes any method is no page
	}
	// A semicolon stands for itself, as browsers have it: lists of languages hold some.
	r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return r, &domain.Error{Kind: domain.Invalid, Message: "What stands behind the “?” of the address is not well formed.", Cause: err}
	}
	v := parameters[r.Pattern].read(query, unknownParameter)
	if v.err != nil {
		return r, v.err
	}
	if r.Method == http.MethodPost {
		form := forms[r.Pattern]
		if v = form.names.read(r.PostForm, unknownField); v.err != nil && !form.shown {
			return r, v.err
		}
	}
	return r.WithContext(context.WithValue(r.Context(), valuesKey{}, v)), nil
}

// set is the names that an address or a form may hold.
type set []name

// name is a Field or Fields.
type name interface {
	title() string // for people
	is(name string) bool
	read(into map[string]any, name, text string) error
}

// form is the fields of a form.
type form struct {
	names set
	shown bool // its page shows what is wrong beside the fields
}

// read reads all that can be read; unknown refuses a name that is none of the set.
func (s set) read(texts url.Values, unknown func(s set, name string) error) Values {
	v := Values{texts: texts, read: map[string]any{}}
	for _, sent := range slices.Sorted(maps.Keys(texts)) {
		if err := s.readOne(v.read, sent, texts[sent], unknown); err != nil && v.err == nil {
			v.err = err
		}
	}
	return v
}

// Kept are values that were kept: what an earlier program kept and this one does not
// know is left out.
func (s set) Kept(texts url.Values) Values {
	v := s.read(texts, func(set, string) error { return nil })
	v.err = nil
	return v
}

func (s set) readOne(into map[string]any, sent string, texts []string, unknown func(s set, name string) error) error {
	i := slices.IndexFunc(s, func(n name) bool { return n.is(sent) })
	switch {
	case i < 0:
		return unknown(s, sent)
	case len(texts) > 1:
		return domain.InvalidField(sent, "Give it once, not %d times.", len(texts))
	case texts[0] == "":
		return nil
	}
	return s[i].read(into, sent, texts[0])
}

func unknownParameter(s set, name string) error {
	if len(s) == 0 {
		return domain.InvalidField(name, "There is no such parameter here; there are none.")
	}
	return domain.InvalidField(name, "There is no such parameter here; there are %s.", s.titles())
}

func unknownField(s set, name string) error {
	if len(s) == 0 {
		return domain.InvalidField(name, "This form has no field “%s”; it has none.", name)
	}
	return domain.InvalidField(name, "This form has no field “%s”; it has %s.", name, s.titles())
}

func (s set) titles() string {
	var titles []string
	for _, n := range s {
		titles = append(titles, n.title())
	}
	return strings.Join(titles, ", ")
}

// PathID is the number in a request's path that says what is asked for, 0 when it is
// none: nothing has that number.
func PathID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}
