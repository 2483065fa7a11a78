package catalog

import (
	"regexp"
	"slices"

	"wherefore/domain/facts"
)

// layout reads the section facts.
func (r reader) layout(n *node) facts.LayoutSpec {
	var spec facts.LayoutSpec
	r.mapping(n, fields{
		"json": r.list(func(n *node) { spec.JSON = append(spec.JSON, r.shape(n)) }),
		"text": r.list(func(n *node) {
			var pattern string
			r.text(&pattern)(n)
			r.checkPattern(n, pattern)
			spec.Text = append(spec.Text, pattern)
		}),
		"ignore": r.list(func(n *node) { spec.IgnoreCodes = append(spec.IgnoreCodes, n.Value) }),
	})
	return spec
}

// shape reads one JSON shape.
func (r reader) shape(n *node) facts.ShapeSpec {
	var s facts.ShapeSpec
	r.mapping(n, fields{
		"code":    r.paths(&s.Code),
		"subcode": r.paths(&s.Subcode),
		"type":    r.paths(&s.Type),
		"message": r.paths(&s.Message),
	})
	if len(s.Code)+len(s.Subcode)+len(s.Type)+len(s.Message) == 0 {
		r.fail(n, "a shape needs a path to some fact")
	}
	return s
}

// pathForm allows in a key everything but what separates keys.
var pathForm = regexp.MustCompile(`^([^.\[\]\s]+|\[\d+\])(\[\d+\]|\.[^.\[\]\s]+)*$`)

// paths returns how to read a dotted path or a list of them.
func (r reader) paths(dst *[]string) func(*node) {
	return func(n *node) {
		r.texts(dst)(n)
		for _, p := range *dst {
			if p != "" && !pathForm.MatchString(p) {
				r.fail(n, "%q is not a path like error.code or errors[0].code", p)
			}
		}
	}
}

// checkPattern reports a pattern that is not RE2 or that captures no fact.
func (r reader) checkPattern(n *node, pattern string) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		r.fail(n, "%v", err)
		return
	}
	facts := 0
	for _, group := range re.SubexpNames() {
		switch {
		case group == "":
		case slices.Contains([]string{"code", "subcode", "type", "message"}, group):
			facts++
		default:
			r.fail(n, "group %q is none of code, subcode, type, message", group)
		}
	}
	if facts == 0 {
		r.fail(n, "the pattern has no group named code, subcode, type or message")
	}
}
