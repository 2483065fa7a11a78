package parse

import (
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"wherefore/domain/facts"
)

// input is what one evaluation works on.
type input struct {
	facts.Facts
	body    ref.Val // CEL's form of Body, made when first asked for
	failure error   // why the last part that failed did
}

// A source is a text that conditions look at.
type source interface {
	name() string // as evidence shows it: "code", "body.error.type"
	// text returns the source's content; false when it is absent or no text.
	text(in *input) (string, bool)
}

// fact is a source that is always there.
type fact uint8

const (
	format fact = iota
	code
	subcode
	kind
	message
	factCount
)

// factNames also names what only the index looks up.
var factNames = [...]string{"format", "code", "subcode", "type", "message", statusIn: "status", literalIn: "message", guardIn: "guard"}

func factNamed(name string) (fact, bool) {
	for f, n := range factNames[:factCount] {
		if n == name {
			return fact(f), true
		}
	}
	return 0, false
}

func (f fact) name() string { return factNames[f] }

func (f fact) text(in *input) (string, bool) { return f.of(in), true }

func (f fact) of(in *input) string {
	switch f {
	case format:
		return string(in.Format)
	case code:
		return in.Code
	case subcode:
		return in.Subcode
	case kind:
		return in.Type
	}
	return in.Message
}

// statusSource is the HTTP status as text, for evidence.
type statusSource struct{}

func (statusSource) name() string { return "status" }

func (statusSource) text(in *input) (string, bool) { return strconv.Itoa(in.Status), in.Status != 0 }

// lowered is a source with its ASCII letters in lower case.
type lowered struct{ source }

func (l lowered) text(in *input) (string, bool) {
	s, ok := l.source.text(in)
	return lowerASCII(s), ok
}

// plain returns the source under any change of case.
func plain(s source) source {
	if l, ok := s.(lowered); ok {
		return plain(l.source)
	}
	return s
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// step is one step into a body: a key, or an index counted from 0.
type step struct {
	key     string
	index   int
	isIndex bool
}

// bodyPath is a part of the body.
type bodyPath []step

// pathOf reads body.a["b"][0]; false for any other expression.
func pathOf(e ast.Expr) (bodyPath, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return nil, e.AsIdent() == "body"
	case ast.SelectKind:
		s := e.AsSelect()
		path, ok := pathOf(s.Operand())
		return append(path, step{key: s.FieldName()}), ok && !s.IsTestOnly()
	case ast.CallKind:
		return pathOfIndex(e.AsCall())
	}
	return nil, false
}

func pathOfIndex(call ast.CallExpr) (bodyPath, bool) {
	if call.FunctionName() != "_[_]" || call.Args()[1].Kind() != ast.LiteralKind {
		return nil, false
	}
	path, ok := pathOf(call.Args()[0])
	switch at := call.Args()[1].AsLiteral().(type) {
	case types.String:
		return append(path, step{key: string(at)}), ok
	case types.Int:
		return append(path, step{index: int(at), isIndex: true}), ok
	}
	return nil, false
}

func (p bodyPath) name() string {
	var b strings.Builder
	b.WriteString("body")
	for _, s := range p {
		if s.isIndex {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		} else {
			b.WriteString("." + s.key)
		}
	}
	return b.String()
}

func (p bodyPath) text(in *input) (string, bool) {
	v, ok := p.value(in)
	return v.Text(), ok && v.Kind() == facts.StringValue
}

// value walks the path; false when a step is not there.
func (p bodyPath) value(in *input) (facts.Value, bool) {
	v := in.Body
	for _, s := range p {
		var ok bool
		if s.isIndex {
			ok = v.Kind() == facts.ArrayValue && s.index >= 0 && s.index < v.Len()
			v = v.Index(s.index)
		} else {
			v, ok = member(v, s.key)
		}
		if !ok {
			return facts.Value{}, false
		}
	}
	return v, true
}

// member is Get that tells an absent member from a null one.
func member(v facts.Value, key string) (facts.Value, bool) {
	for name, m := range v.Members() {
		if name == key {
			return m, true
		}
	}
	return facts.Value{}, false
}

// shown returns a source's content for people: a number in a body is shown,
// too, and letters keep their case.
func shown(s source, in *input) string {
	s = plain(s)
	if path, ok := s.(bodyPath); ok {
		v, _ := path.value(in)
		return v.Text()
	}
	text, _ := s.text(in)
	return text
}
