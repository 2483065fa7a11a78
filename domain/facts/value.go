package facts

import (
	"iter"
	"strconv"
	"strings"
)

// ValueKind is what a Value holds.
type ValueKind uint8

// The kinds of values.
const (
	NullValue ValueKind = iota
	BoolValue
	NumberValue
	StringValue
	ArrayValue
	ObjectValue
)

// Value is a decoded JSON-like tree: an error's body, whichever notation it came
// in. The zero Value is null. A Value is read-only and safe for concurrent use.
type Value struct {
	// The value and everything in it, in the order of the text: one slice holds
	// a whole tree, so that decoding allocates once instead of once per value.
	nodes []node
}

// node is one value of a tree.
type node struct {
	key  string // the member's name; empty in an array
	text string // a string's content, or the literal of a number or bool
	size int32  // how many nodes the value takes, itself included
	kind ValueKind
}

// Kind says what v holds.
func (v Value) Kind() ValueKind {
	if len(v.nodes) == 0 {
		return NullValue
	}
	return v.nodes[0].kind
}

// Text returns a string's content, the literal of a number or a bool, and "" for
// everything else.
func (v Value) Text() string {
	if len(v.nodes) == 0 {
		return ""
	}
	return v.nodes[0].text
}

// Get returns the member of that name, the last if there are several, or null
// when v is no object or has no such member.
func (v Value) Get(key string) Value {
	if v.Kind() != ObjectValue {
		return Value{}
	}
	found := 0
	for i := 1; i < len(v.nodes); i += int(v.nodes[i].size) {
		if v.nodes[i].key == key {
			found = i
		}
	}
	if found == 0 {
		return Value{}
	}
	return v.child(found)
}

// Index returns the element at i, counted from 0, or null when v is no array or
// is shorter.
func (v Value) Index(i int) Value {
	if v.Kind() != ArrayValue {
		return Value{}
	}
	for at := 1; at < len(v.nodes); at += int(v.nodes[at].size) {
		if i == 0 {
			return v.child(at)
		}
		i--
	}
	return Value{}
}

// Len counts the elements of an array or the members of an object; it is 0 for
// everything else.
func (v Value) Len() int {
	n := 0
	for at := 1; at < len(v.nodes); at += int(v.nodes[at].size) {
		n++
	}
	return n
}

// Members goes through an object's members in the order of the text. A name that
// comes twice is seen twice.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.Kind() != ObjectValue {
			return
		}
		for at := 1; at < len(v.nodes); at += int(v.nodes[at].size) {
			if !yield(v.nodes[at].key, v.child(at)) {
				return
			}
		}
	}
}

// Items goes through an array's elements.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != ArrayValue {
			return
		}
		for at := 1; at < len(v.nodes); at += int(v.nodes[at].size) {
			if !yield(v.child(at)) {
				return
			}
		}
	}
}

// Any returns v as plain Go values: nil, bool, int64 for a whole number that fits,
// float64 for other numbers, string, []any, and map[string]any (of two members of
// one name, the last).
func (v Value) Any() any {
	switch v.Kind() {
	case BoolValue:
		return v.Text() == "true"
	case NumberValue:
		return number(v.Text())
	case StringValue:
		return v.Text()
	case ArrayValue:
		list := make([]any, 0, v.Len())
		for item := range v.Items() {
			list = append(list, item.Any())
		}
		return list
	case ObjectValue:
		members := make(map[string]any, v.Len())
		for key, member := range v.Members() {
			members[key] = member.Any()
		}
		return members
	}
	return nil
}

// child returns the value whose nodes begin at i.
func (v Value) child(i int) Value {
	end := i + int(v.nodes[i].size)
	return Value{v.nodes[i:end:end]}
}

// fold is Get that disregards upper and lower case when no member has exactly
// that name: dumps and logs print "Code" and "MESSAGE" for code and message.
func (v Value) fold(key string) Value {
	if found := v.Get(key); len(found.nodes) > 0 {
		return found
	}
	for name, member := range v.Members() {
		if strings.EqualFold(name, key) {
			return member
		}
	}
	return Value{}
}

func number(literal string) any {
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		return n
	}
	f, _ := strconv.ParseFloat(literal, 64) // out of range: ±Inf, which is what it is
	return f
}
