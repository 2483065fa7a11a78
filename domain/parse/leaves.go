package parse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"wherefore/domain/facts"
)

// textIs is == and in on a text.
type textIs struct {
	of     source
	values []types.String
}

func (n textIs) holds(in *input) truth {
	s, ok := n.of.text(in)
	if !ok {
		return in.noText(n.of)
	}
	return truthOf(slices.Contains(n.values, types.String(s)))
}

func (n textIs) explain(in *input, into *evidence) { into.whole(in, n.of) }
func (n textIs) sources() []source                 { return []source{n.of} }

// bodyIs is == and in on a part of the body, which may be of any kind.
type bodyIs struct {
	of     bodyPath
	values []ref.Val
}

func (n bodyIs) holds(in *input) truth {
	v, ok := n.of.value(in)
	if !ok {
		return in.noText(n.of)
	}
	return truthOf(slices.ContainsFunc(n.values, func(want ref.Val) bool { return equal(v, want) }))
}

func (n bodyIs) explain(in *input, into *evidence) { into.whole(in, n.of) }
func (n bodyIs) sources() []source                 { return []source{n.of} }

// equal is CEL's equality of a part of the body and a constant.
func equal(v facts.Value, want ref.Val) bool {
	switch want := want.(type) {
	case types.String:
		return v.Kind() == facts.StringValue && v.Text() == string(want)
	case types.Bool:
		return v.Kind() == facts.BoolValue && (v.Text() == "true") == bool(want)
	case types.Null:
		return v.Kind() == facts.NullValue
	}
	return v.Kind() == facts.NumberValue &&
		types.DefaultTypeAdapter.NativeToValue(v.Any()).Equal(want) == types.True
}

// statusIs is == and in on the status.
type statusIs struct{ values []types.Int }

func (n statusIs) holds(in *input) truth {
	return truthOf(slices.Contains(n.values, types.Int(in.Status)))
}

func (n statusIs) explain(in *input, into *evidence) { into.whole(in, statusSource{}) }
func (n statusIs) sources() []source                 { return []source{statusSource{}} }

// compare is <, <=, > and >= between a number of the input and a constant.
type compare struct {
	of       source
	number   func(*input) int64
	operator string
	with     int64
}

func (n compare) holds(in *input) truth {
	have := n.number(in)
	switch n.operator {
	case "_<_":
		return truthOf(have < n.with)
	case "_<=_":
		return truthOf(have <= n.with)
	case "_>_":
		return truthOf(have > n.with)
	case "_>=_":
		return truthOf(have >= n.with)
	}
	return truthOf(have == n.with)
}

func (n compare) explain(in *input, into *evidence) { into.mention(in, n.sources()) }
func (n compare) sources() []source                 { return []source{n.of} }

func statusNumber(in *input) int64 { return int64(in.Status) }

func sizeOf(f fact) func(*input) int64 {
	return func(in *input) int64 { return int64(utf8.RuneCountInString(f.of(in))) }
}

// textHas is contains, startsWith and endsWith.
type textHas struct {
	of   source
	test string
	find func(s, part string) int // where part stands, negative for nowhere
	part string
}

func (n textHas) holds(in *input) truth {
	s, ok := n.of.text(in)
	if !ok {
		return in.noText(n.of)
	}
	return truthOf(n.find(s, n.part) >= 0)
}

func (n textHas) explain(in *input, into *evidence) {
	s, _ := n.of.text(in)
	at := n.find(s, n.part)
	into.part(in, n.of, at, at+len(n.part))
}

func (n textHas) sources() []source { return []source{n.of} }

var finders = map[string]func(s, part string) int{
	"contains": strings.Index,
	"startsWith": func(s, part string) int {
		if strings.HasPrefix(s, part) {
			return 0
		}
		return -1
	},
	"endsWith": func(s, part string) int {
		if strings.HasSuffix(s, part) {
			return len(s) - len(part)
		}
		return -1
	},
}

// matches is matches with a constant pattern.
type matches struct {
	of source
	re *regexp.Regexp
}

func (n matches) holds(in *input) truth {
	s, ok := n.of.text(in)
	if !ok {
		return in.noText(n.of)
	}
	return truthOf(n.re.MatchString(s))
}

func (n matches) explain(in *input, into *evidence) {
	s, _ := n.of.text(in)
	at := n.re.FindStringIndex(s)
	into.part(in, n.of, at[0], at[1])
}

func (n matches) sources() []source { return []source{n.of} }

// isThere is has() of a part of the body.
type isThere struct{ of bodyPath }

func (n isThere) holds(in *input) truth {
	_, ok := n.of.value(in)
	return truthOf(ok)
}

func (n isThere) explain(in *input, into *evidence) { into.mention(in, n.sources()) }
func (n isThere) sources() []source                 { return []source{n.of} }

// noText records that a part of the body is absent or of another kind.
func (in *input) noText(s source) truth {
	in.failure = missingError{s}
	return fails
}

// missingError is made into words only when somebody reads it.
type missingError struct{ of source }

func (e missingError) Error() string {
	return fmt.Sprintf("%s is not there, or of another kind", e.of.name())
}
