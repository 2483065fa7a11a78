package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"wherefore/domain"
)

type node = yaml.Node

// Problem is one thing wrong in a catalogue file.
type Problem struct {
	domain.Origin
	Entry string // "parser session-expired", empty at the top of a file
	Words string
}

func (p *Problem) Error() string {
	at := fmt.Sprintf("%s:%d: ", p.File, p.Line)
	if p.Entry != "" {
		at += p.Entry + ": "
	}
	return at + p.Words
}

// reader reads one file and goes on after a problem, so that one run names them all.
type reader struct {
	file     string
	entry    string
	problems *[]error
}

// within returns a reader whose problems name an entry.
func (r reader) within(entry string) reader {
	r.entry = entry
	return r
}

func (r reader) origin(n *node) domain.Origin { return domain.Origin{File: r.file, Line: n.Line} }

func (r reader) fail(n *node, format string, args ...any) {
	*r.problems = append(*r.problems, &Problem{r.origin(n), r.entry, fmt.Sprintf(format, args...)})
}

// document parses raw and returns its top node, nil after a problem.
func (r reader) document(raw []byte) *node {
	var doc node
	if err := yaml.Load(raw, &doc); err != nil {
		line, words := 1, err.Error()
		var at *yaml.LoadError
		if errors.As(err, &at) {
			line, words = max(1, at.Mark.Line), at.Message
		}
		r.fail(&node{Line: line}, "not YAML: %s", words)
		return nil
	}
	top := doc.Content[0]
	if alias := aliasIn(top); alias != nil {
		r.fail(alias, "write *%s out: what is shared between entries changes them together by accident", alias.Value)
		return nil
	}
	return top
}

func aliasIn(n *node) *node {
	if n.Kind == yaml.AliasNode {
		return n
	}
	for _, child := range n.Content {
		if alias := aliasIn(child); alias != nil {
			return alias
		}
	}
	return nil
}

// fields says how to read each key that a mapping may have.
type fields map[string]func(*node)

// mapping reads n by the table and reports keys that are unknown, double or missing.
func (r reader) mapping(n *node, table fields, required ...string) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "want a mapping, have %s", kindName(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		read, known := table[key.Value]
		switch {
		case !known:
			r.fail(key, "unknown key %q, want one of %s", key.Value, sorted(table))
		case seen[key.Value]:
			r.fail(key, "key %q stands here twice", key.Value)
		default:
			read(n.Content[i+1])
		}
		seen[key.Value] = true
	}
	for _, key := range required {
		if !seen[key] {
			r.fail(n, "%s is missing", key)
		}
	}
}

// list returns how to read a sequence, item by item.
func (r reader) list(each func(*node)) func(*node) {
	return func(n *node) {
		if n.Kind != yaml.SequenceNode {
			r.fail(n, "want a list, have %s", kindName(n))
			return
		}
		for _, item := range n.Content {
			each(item)
		}
	}
}

// text returns how to read a string that is not blank.
func (r reader) text(dst *string) func(*node) {
	return func(n *node) {
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || strings.TrimSpace(n.Value) == "" {
			r.fail(n, "want a text, have %s", kindName(n))
			return
		}
		*dst = strings.TrimSpace(n.Value)
	}
}

// texts returns how to read a list of texts, or a single one.
func (r reader) texts(dst *[]string) func(*node) {
	one := func(n *node) {
		var s string
		r.text(&s)(n)
		*dst = append(*dst, s)
	}
	return func(n *node) {
		if n.Kind == yaml.ScalarNode {
			one(n)
			return
		}
		r.list(one)(n)
	}
}

// valueOf returns the value of a key of a mapping, nil if it has none.
func valueOf(n *node, key string) *node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func kindName(n *node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "nothing"
	case n.ShortTag() == "!!str" && strings.TrimSpace(n.Value) == "":
		return "an empty text"
	}
	return fmt.Sprintf("%q (%s)", n.Value, strings.TrimPrefix(n.ShortTag(), "!!"))
}

func sorted(table fields) string {
	return strings.Join(slices.Sorted(maps.Keys(table)), ", ")
}
