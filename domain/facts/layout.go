package facts

import (
	"slices"
	"strconv"
	"strings"

	"wherefore/domain"
)

// Layout is a compiled LayoutSpec: where a network's facts stand. It is
// read-only and safe for concurrent use.
type Layout struct {
	shapes []shape
	inner  []shape // what the shapes hold, for dumps that leave the outer objects off
	text   []textPattern
	ignore []string
	uses   map[string]use // of the names that are printed in front of facts
}

// A shape holds the paths of each fact of one JSON shape.
type shape struct {
	code, subcode, kind, message []path
}

// A path leads from an object to a fact.
type path []step

// A step is a member's name or, if that is empty, an index.
type step struct {
	name  string
	index int
}

// NewLayout compiles spec. An error of kind Invalid names the path or pattern at fault.
func NewLayout(spec LayoutSpec) (*Layout, error) {
	l := &Layout{ignore: spec.IgnoreCodes}
	for _, s := range spec.JSON {
		compiled, err := newShape(s)
		if err != nil {
			return nil, err
		}
		l.shapes = append(l.shapes, compiled)
	}
	l.inner = insides(l.shapes)
	l.uses = uses(l.shapes)
	for _, expression := range spec.Text {
		p, err := newTextPattern(expression)
		if err != nil {
			return nil, err
		}
		l.text = append(l.text, p)
	}
	return l, nil
}

func newShape(spec ShapeSpec) (s shape, err error) {
	for _, part := range []struct {
		from []string
		to   *[]path
	}{
		{spec.Code, &s.code}, {spec.Subcode, &s.subcode},
		{spec.Type, &s.kind}, {spec.Message, &s.message},
	} {
		for _, written := range part.from {
			p, err := newPath(written)
			if err != nil {
				return shape{}, err
			}
			*part.to = append(*part.to, p)
		}
	}
	return s, nil
}

// newPath reads "errors[0].code".
func newPath(written string) (path, error) {
	var p path
	for part := range strings.SplitSeq(written, ".") {
		name, indexes, _ := strings.Cut(part, "[")
		if name == "" && (indexes == "" || len(p) > 0) {
			return nil, domain.Errorf(domain.Invalid, "The path %q has an empty name.", written)
		}
		if name != "" {
			p = append(p, step{name: name})
		}
		for indexes != "" {
			digits, rest, closed := strings.Cut(indexes, "]")
			n, err := strconv.Atoi(digits)
			if err != nil || n < 0 || !closed || rest != "" && rest[0] != '[' {
				return nil, domain.Errorf(domain.Invalid, "The path %q has an index that is no number in brackets.", written)
			}
			p = append(p, step{index: n})
			indexes = strings.TrimPrefix(rest, "[")
		}
	}
	return p, nil
}

// from follows the path from v.
func (p path) from(v Value) Value {
	for _, s := range p {
		if s.name == "" {
			v = v.Index(s.index)
		} else {
			v = v.fold(s.name)
		}
	}
	return v
}

// read takes the facts of the shape out of v.
func (s *shape) read(v Value, ignore []string) Facts {
	return Facts{
		Code:    firstWord(v, s.code, ignore, true),
		Subcode: firstWord(v, s.subcode, ignore, true),
		Type:    firstWord(v, s.kind, ignore, false),
		Message: firstMessage(v, s.message),
	}
}

// firstWord returns the first of the paths' values that can be a code or a type:
// one word, or a number if these count, that does not stand for success.
func firstWord(v Value, paths []path, ignore []string, numbers bool) string {
	for _, p := range paths {
		found := p.from(v)
		if kind := found.Kind(); kind != StringValue && kind != NumberValue {
			continue
		}
		word := strings.TrimSpace(found.Text())
		if isWord(word) && (numbers || !isNumber(word)) && !slices.Contains(ignore, word) {
			return word
		}
	}
	return ""
}

// maxWord is the length in bytes of the longest code or type; the longest known
// are the problem URLs of X.
const maxWord = 200

// isWord reports whether s can be a code or a type. A slash is for addresses only:
// else it is a media type or a path.
func isWord(s string) bool {
	return s != "" && s != "0" && len(s) <= maxWord && !strings.ContainsAny(s, " \t\r\n{[\"") &&
		(strings.IndexByte(s, '/') < 0 || strings.Contains(s, "://"))
}

func isNumber(s string) bool { return digitsEnd(s, 0) == len(s) }

func firstMessage(v Value, paths []path) string {
	for _, p := range paths {
		found := p.from(v)
		if found.Kind() != StringValue {
			continue
		}
		if text := strings.TrimSpace(found.Text()); text != "" {
			return text
		}
	}
	return ""
}
